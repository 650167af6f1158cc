import { type Fetch, FetchFailure, fetchDocument } from './fetch-document.ts';

/** `issuer` is where its metadata is asked for. */
export type NamedIssuer = { readonly issuer: string; readonly aliases?: readonly string[] };

/**
 * Where an issuer publishes its keys, from its own metadata: OpenID Connect Discovery section 4 first, RFC 8414 section 3
 * where there is none. The document must name exactly the issuer that was asked for (RFC 8414 section 3.3), or an alias that
 * was configured for it: an issuer behind a proxy has but one name for itself. An https issuer must not send us to http.
 * Rejects with `FetchFailure`.
 */
export async function discoverJwksUri(
  fetch: Fetch,
  { issuer, aliases = [] }: NamedIssuer,
  signal: AbortSignal,
): Promise<string> {
  const [openid, oauth] = metadataUrls(issuer);
  const document = await fetchDocument(fetch, openid, signal).catch((cause: unknown) => {
    if (cause instanceof FetchFailure && cause.status === 404) return fetchDocument(fetch, oauth, signal);
    throw cause;
  });
  if (![issuer, ...aliases].some((name) => name === document.issuer))
    throw new FetchFailure(openid, 'the document is of another issuer');
  const jwksUri = document.jwks_uri;
  if (typeof jwksUri !== 'string' || !isKeyAddress(jwksUri))
    throw new FetchFailure(openid, 'the document has no usable jwks_uri');
  if (isHttps(issuer) && !isHttps(jwksUri)) throw new FetchFailure(openid, 'the jwks_uri is not https');
  return jwksUri;
}

/** An http(s) URL without credentials in it. */
export function isKeyAddress(text: string): boolean {
  const url = URL.parse(text);
  return (
    url !== null &&
    (url.protocol === 'https:' || url.protocol === 'http:') &&
    url.username === '' &&
    url.password === ''
  );
}

function isHttps(url: string): boolean {
  return new URL(url).protocol === 'https:';
}

function metadataUrls(issuer: string): readonly [string, string] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  return [
    `${origin}${path}/.well-known/openid-configuration`,
    `${origin}/.well-known/oauth-authorization-server${path}`,
  ];
}
