import type { Clock } from './clock.ts';
import { TokenAnswerError, TokenUnavailableError } from './errors.ts';
import { networkCause } from './network-cause.ts';
import { asOneLine } from './one-line.ts';
import { readAtMost } from './read-at-most.ts';
import type { Fetch } from './request-token.ts';
import { retryAfterOf } from './retry-after.ts';

const LONGEST_DOCUMENT = 256 * 1_024;

type About = { readonly issuer: string | undefined; readonly document: URL };
type Asking = { readonly fetch: Fetch; readonly clock: Clock; readonly timeout: number };

/** What an issuer says of its tokens in its metadata. */
export type DiscoveredIssuer = {
  readonly tokenEndpoint: URL;
  /** For connections with a certificate of the client, where the issuer has them apart (RFC 8705 section 5). */
  readonly tokenEndpointForCertificates: URL;
  /** Where it takes a client's secret. RFC 8414 section 2: in the header, where it does not say. */
  readonly takesSecretIn: 'body' | 'header';
};

/**
 * Reads the metadata of an issuer (OpenID Connect Discovery section 4, or RFC 8414 section 3).
 *
 * @param about.document where the metadata is; without one it is looked for below the issuer
 * @throws TokenUnavailableError where nobody answers
 * @throws TokenAnswerError where the document is another issuer's, or names no endpoint
 */
export async function discoverIssuer(about: About, { fetch, clock, timeout }: Asking): Promise<DiscoveredIssuer> {
  const { issuer, document } = about;
  const giveUp = new AbortController();
  const calledOff = clock.after(timeout, () => giveUp.abort());
  let text: string;
  try {
    const headers = { accept: 'application/json' };
    const response = await fetch(document, { headers, redirect: 'manual', credentials: 'omit', signal: giveUp.signal });
    text = await readAtMost(response, LONGEST_DOCUMENT, document);
    if (!response.ok) {
      const retryAfter = retryAfterOf(response.headers, clock.wall());
      const options = retryAfter === undefined ? {} : { retryAfter };
      throw new TokenUnavailableError(`${document.href} answered ${response.status}`, options);
    }
  } catch (error) {
    if (error instanceof TokenAnswerError || error instanceof TokenUnavailableError) throw error;
    throw new TokenUnavailableError(`${document.href} cannot be reached`, { cause: networkCause(error) });
  } finally {
    calledOff();
  }
  return issuerIn(document, text, issuer);
}

function issuerIn(document: URL, text: string, issuer: string | undefined): DiscoveredIssuer {
  const metadata = objectIn(parse(text));
  if (metadata === undefined) throw new TokenAnswerError(`${document.href} is no metadata of an issuer`);
  // Section 4.3: who answers for another issuer could have secrets sent anywhere.
  if (issuer !== undefined && metadata.issuer !== issuer)
    throw new TokenAnswerError(
      `${document.href} speaks for issuer \`${asOneLine(String(metadata.issuer))}\`, not for \`${issuer}\``,
    );
  const tokenEndpoint = urlIn(metadata.token_endpoint);
  if (tokenEndpoint === undefined) throw new TokenAnswerError(`${document.href} names no token endpoint`);
  const alias = urlIn(objectIn(metadata.mtls_endpoint_aliases)?.token_endpoint);
  const methods = metadata.token_endpoint_auth_methods_supported;
  return {
    tokenEndpoint,
    tokenEndpointForCertificates: alias ?? tokenEndpoint,
    takesSecretIn: Array.isArray(methods) && methods.includes('client_secret_post') ? 'body' : 'header',
  };
}

function urlIn(value: unknown): URL | undefined {
  return (typeof value === 'string' ? URL.parse(value) : null) ?? undefined;
}

function objectIn(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null ? { ...value } : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
