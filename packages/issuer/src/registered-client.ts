import { type Audience, type ClientId, SCOPE_AUDIENCES, SCOPES, type Scope } from '@stagedoor/access';
import type { AssertionKey } from '@stagedoor/tokens';
import type { ClientLogin } from './authorizing/client-login.ts';
import type { ClientClaims } from './client-claims.ts';
import type { SecretScheme } from './tables.ts';
import type { TokenBinding } from './token-bindings.ts';

/** A client as everybody may see it. Times are milliseconds since the epoch; `expires` is null for one that does not. */
export type RegisteredClient = {
  readonly clientId: ClientId;
  readonly name: string;
  /** In the order of the table of scopes; never empty. */
  readonly scopes: readonly Scope[];
  /** Of services elsewhere, beyond what the scopes allow; a token has one where it asked for it by name. */
  readonly audiences: readonly string[];
  /** Stand in each of its tokens as they are (`client-claims.ts`). */
  readonly claims: ClientClaims;
  readonly created: number;
  readonly expires: number | null;
  /** How long its tokens live; null where they live as long as everybody's. */
  readonly tokenLifetimeSeconds: number | null;
  /** One way, for good. */
  readonly authentication: ClientAuthentication;
  /** What all its tokens are bound to, whether it asks for that or not. Without it, those are that it proves a key for. */
  readonly bindTokens: TokenBinding;
  /** Null for one that no person logs in with. */
  readonly login: ClientLogin | null;
};

/** How a client shows who it is. */
export type ClientAuthentication =
  | { readonly kind: 'secret' }
  /** `private_key_jwt`: RFC 7638 thumbprints of its keys. */
  | { readonly kind: 'keys'; readonly thumbprints: readonly string[] }
  /** `self_signed_tls_client_auth`: SHA-256 thumbprints of its certificates. */
  | { readonly kind: 'certificate'; readonly thumbprints: readonly string[] }
  /** `tls_client_auth`: the subject that a trusted CA gives it, as RFC 4514 writes it. */
  | { readonly kind: 'certificate-subject'; readonly subject: string }
  /** Public: it has nothing, and gets tokens of people alone, by PKCE. */
  | { readonly kind: 'none' };

export type StoredSecret = {
  readonly scheme: SecretScheme;
  /** SHA-256 in base64url, or the slow hash in its own text form. */
  readonly digest: string;
  readonly created: number;
  readonly ends: number | null;
};

export type ClientWithSecrets = {
  readonly client: RegisteredClient;
  readonly secrets: readonly StoredSecret[];
  readonly keys: readonly AssertionKey[];
};

/** The audiences that scopes allow, in the order of the table of scopes (contract, "Clients, scopes, audiences"). */
export function audiencesOfScopes(scopes: readonly Scope[]): readonly Audience[] {
  return inTableOrder(scopes).flatMap((scope) => SCOPE_AUDIENCES[scope]);
}

/** What its tokens may be for: what its scopes allow, and its own. */
export function audiencesOf(client: RegisteredClient): readonly string[] {
  return [...audiencesOfScopes(client.scopes), ...client.audiences];
}

export function inTableOrder(scopes: readonly Scope[]): readonly Scope[] {
  return SCOPES.filter((scope) => scopes.includes(scope));
}
