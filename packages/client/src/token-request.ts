import type { AssertionKey, AssertionKeySource } from './client-assertion.ts';
import { Secret, type SecretSource } from './secret.ts';

/** How a client shows the issuer who it is; one method in a request (RFC 6749 section 2.3). */
export type ClientAuthentication =
  /** RFC 6749 section 2.3.1: in the body (`client_secret_post`) or in the header (`client_secret_basic`). */
  | { readonly kind: 'secret'; readonly secret: SecretSource; readonly sentIn: 'body' | 'header' }
  /** RFC 7523 section 2.2, a new assertion for each request. */
  | { readonly kind: 'assertion'; readonly key: AssertionKeySource }
  /** RFC 8705: the connection carries the certificate; `thumbprint` of it (`x5t#S256`) tells tokens of different ones apart. */
  | { readonly kind: 'certificate'; readonly thumbprint: () => string };

/** Everything that makes a token what it is. */
export type TokenRequest = {
  /** Absolute; https, or http on loopback. */
  readonly endpoint: URL;
  readonly clientId: string;
  readonly authentication: ClientAuthentication;
  readonly audience?: string;
  /** RFC 6749 section 3.3, separated by spaces. */
  readonly scope?: string;
  /** RFC 8707, each an absolute URI. */
  readonly resources?: readonly string[];
};

/**
 * What tells tokens apart, but for the secret or key: tokens with different keys are different tokens. It has no secret in it.
 * A list in JSON cannot be read in two ways, unlike joined texts.
 */
export function tokenKey(request: TokenRequest): string {
  const { endpoint, clientId, authentication, audience = null, scope = null, resources = [] } = request;
  const binding = authentication.kind === 'certificate' ? authentication.thumbprint() : null;
  return JSON.stringify([endpoint.href, clientId, authentication.kind, binding, audience, scope, resources]);
}

/** True where the two show the same: a wrong secret gets nothing of what the right one got. */
export function isSameAuthentication(one: ClientAuthentication, other: ClientAuthentication): boolean {
  if (one.kind === 'secret') return other.kind === 'secret' && one.secret.isSameAs(other.secret);
  if (one.kind === 'assertion') return other.kind === 'assertion' && one.key === other.key;
  return other.kind === 'certificate' && one.thumbprint() === other.thumbprint();
}

/** What a client shows as it is now; compared to see whether it has changed since it was refused. */
export type Evidence = Secret | AssertionKey | string;

export async function evidenceOf({ authentication }: TokenRequest): Promise<Evidence> {
  switch (authentication.kind) {
    case 'secret':
      return authentication.secret.read();
    case 'assertion':
      return authentication.key.read();
    case 'certificate':
      return authentication.thumbprint();
  }
}

export function isSameEvidence(one: Evidence, other: Evidence): boolean {
  return one instanceof Secret && other instanceof Secret ? one.equals(other) : one === other;
}
