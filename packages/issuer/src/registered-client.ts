import { type Audience, type ClientId, SCOPE_AUDIENCES, SCOPES, type Scope } from '@stagedoor/access';
import type { SecretScheme } from './tables.ts';

/** A client as everybody may see it. Times are milliseconds since the epoch; `expires` is null for one that does not. */
export type RegisteredClient = {
  readonly clientId: ClientId;
  readonly name: string;
  /** In the order of the table of scopes; never empty. */
  readonly scopes: readonly Scope[];
  readonly created: number;
  readonly expires: number | null;
};

export type StoredSecret = {
  readonly scheme: SecretScheme;
  /** SHA-256 in base64url, or the slow hash in its own text form. */
  readonly digest: string;
  readonly created: number;
  readonly ends: number | null;
};

export type ClientWithSecrets = { readonly client: RegisteredClient; readonly secrets: readonly StoredSecret[] };

/** The audiences that scopes allow, in the order of the table of scopes (contract, "Clients, scopes, audiences"). */
export function audiencesOfScopes(scopes: readonly Scope[]): readonly Audience[] {
  return inTableOrder(scopes).flatMap((scope) => SCOPE_AUDIENCES[scope]);
}

export function inTableOrder(scopes: readonly Scope[]): readonly Scope[] {
  return SCOPES.filter((scope) => scopes.includes(scope));
}
