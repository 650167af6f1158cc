import type { ClientId } from '@stagedoor/access';
import type { ColumnType, Kysely } from 'kysely';
import type { TokenBinding } from './token-bindings.ts';

/** Milliseconds since the epoch. PostgreSQL's driver gives 64-bit integers as text, SQLite's gives numbers: readers say `Number(…)`. */
type Moment = ColumnType<number | string, number, number>;
type MomentOrNull = ColumnType<number | string | null, number | null, number | null>;

/**
 * How a secret is stored: SHA-256 for those that were made here (32 random bytes need no slow hash), a slow hash for those
 * that a person chose.
 */
export type SecretScheme = 'sha256' | 'slow';

export type SpentKind = 'assertion' | 'token';

/** The tables of this package. Ids have their types because nothing but this package writes them, and it parses them first. */
export type IssuerTables = {
  issuer_clients: {
    client_id: ClientId;
    name: string;
    /** A JSON array of scope names. */
    scopes: string;
    created: Moment;
    expires: MomentOrNull;
    /** Null: what the issuer gives everybody. */
    token_lifetime_seconds: MomentOrNull;
    /** Null: to nothing. */
    bind_tokens: TokenBinding | null;
    /** A JSON array of audiences of its own; null where it has none. */
    audiences: string | null;
    /** A JSON object of claims of its own; null where it has none. */
    claims: string | null;
  };
  /** One secret, or two while one takes over from the other; `ends` is when that is over. */
  issuer_client_secrets: {
    client_id: ClientId;
    digest: string;
    scheme: SecretScheme;
    created: Moment;
    ends: MomentOrNull;
  };
  /** The keys of a client that authenticates with `private_key_jwt`: a JWK set as `writeAssertionKeys` writes it. */
  issuer_client_keys: { client_id: ClientId; keys: string };
  /** The certificates of a client that authenticates with them, or their subject, as `writeRegistration` writes it. */
  issuer_client_certificates: { client_id: ClientId; registration: string };
  /** The clients that people log in with: JSON of their redirect URIs, and 1 for one that has nothing to authenticate itself with. */
  issuer_client_logins: { client_id: ClientId; login: string; is_public: number };
  /** The logins of people that are not over: JSON of each, and digests of its refresh token (`authorizing/logins.ts`). */
  issuer_logins: { sid: string; login: string; handle: string; refresh_digest: string; ends: Moment };
  /** What cannot be used again: assertions that were, tokens that were revoked. Kept until nobody would take them anyway. */
  issuer_spent_ids: { kind: SpentKind; client_id: ClientId; id: string; ends: Moment };
  /** Ids of deleted clients, for good: tokens, grants and logs may still name them. */
  issuer_retired_clients: { client_id: ClientId; retired: Moment };
  /** Counts the changes of clients and their secrets. */
  issuer_meta: { name: 'epoch'; value: ColumnType<number | string, number, number> };
};

export type IssuerDatabase = Kysely<IssuerTables>;
