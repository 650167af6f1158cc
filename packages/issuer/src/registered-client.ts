import { type Audience, type ClientId, SCOPE_AUDIENCES, SCOPES, type Scope } from '@stagedoor/access';
import type { AssertionKey } from '@stagedoor/tokens';
import type { SecretScheme } from './tables.ts';

/** A client as everybody may see it. Times are milliseconds since the epoch; `expires` is null for one that does not. */
export type RegisteredClient = {
  readonly clientId: ClientId;
  readonly name: string;
  /** In the order of the table of scopes; never empty. */
  readonly scopes: readonly Scope[];
  readonly created: number;
  readonly expires: number | null;
  /** How long its tokens live; null where they live as long as everybody's. */
  readonly tokenLifetimeSeconds: number | null;
  /**
   * RFC 7638 thumbprints of the keys it authenticates with (`private_key_jwt`); empty for one that has a secret. It is one or
   * the other for good.
   */
  readonly keyThumbprints: readonly string[];
};

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

export function inTableOrder(scopes: readonly Scope[]): readonly Scope[] {
  return SCOPES.filter((scope) => scopes.includes(scope));
}
