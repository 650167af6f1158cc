import type { AssertionKey, AssertionKeySource } from './client-assertion.ts';
import { Secret, type SecretSource } from './secret.ts';

/** How a client shows the issuer who it is; one method in a request (RFC 6749 section 2.3). */
export type ClientAuthentication =
  /** RFC 6749 section 2.3.1: in the body (`client_secret_post`) or in the header (`client_secret_basic`). */
  | { readonly kind: 'secret'; readonly secret: SecretSource; readonly sentIn: 'body' | 'header' }
  /** RFC 7523 section 2.2, a new assertion for each request. */
  | { readonly kind: 'assertion'; readonly key: AssertionKeySource }
  /** RFC 8705 section 2: the connection shows the certificate, the request only names the client. */
  | { readonly kind: 'certificate' };

/** The certificate that connections show now. */
export type CertificateSource = {
  /** `x5t#S256` of RFC 8705 section 3.1: a token that is bound to another one is worth nothing any more. */
  readonly thumbprint: () => string | Promise<string>;
};

/** Everything that makes a token what it is. */
export type TokenRequest = {
  /** Absolute; https, or http on loopback. */
  readonly endpoint: URL;
  readonly clientId: string;
  readonly authentication: ClientAuthentication;
  /** What connections to the issuer and to the API show, if they do. */
  readonly certificate?: CertificateSource;
  readonly audience?: string;
  /** RFC 6749 section 3.3, separated by spaces. */
  readonly scope?: string;
  /** RFC 8707, each an absolute URI. */
  readonly resources?: readonly string[];
};

/**
 * What tells tokens apart, but for the secret, key or certificate: tokens with different keys are different tokens. It has no secret in it.
 * A list in JSON cannot be read in two ways, unlike joined texts.
 */
export function tokenKey(request: TokenRequest): string {
  const { endpoint, clientId, authentication, audience = null, scope = null, resources = [] } = request;
  return JSON.stringify([endpoint.href, clientId, authentication.kind, audience, scope, resources]);
}

/** True where the two show the same: a wrong secret gets nothing of what the right one got. */
export function showsTheSame(one: TokenRequest, other: TokenRequest): boolean {
  if (one.certificate !== other.certificate) return false;
  const [by, otherBy] = [one.authentication, other.authentication];
  if (by.kind === 'secret') return otherBy.kind === 'secret' && by.secret.isSameAs(otherBy.secret);
  if (by.kind === 'assertion') return otherBy.kind === 'assertion' && by.key === otherBy.key;
  return otherBy.kind === 'certificate';
}

/** What a client shows as it is now; compared to see whether it has changed since a token was given or refused. */
export type Evidence = {
  readonly by: Secret | AssertionKey | undefined;
  readonly thumbprint: string | undefined;
};

/** @param anew where it is looked for again, though nothing says that it has changed */
export async function evidenceOf(
  { authentication, certificate }: TokenRequest,
  anew: boolean = false,
): Promise<Evidence> {
  const thumbprint = await certificate?.thumbprint();
  switch (authentication.kind) {
    case 'secret':
      return { by: await authentication.secret.read(anew), thumbprint };
    case 'assertion':
      return { by: await authentication.key.read(anew), thumbprint };
    case 'certificate':
      return { by: undefined, thumbprint };
  }
}

export function isSameEvidence(one: Evidence, other: Evidence): boolean {
  if (one.thumbprint !== other.thumbprint) return false;
  return one.by instanceof Secret && other.by instanceof Secret ? one.by.equals(other.by) : one.by === other.by;
}
