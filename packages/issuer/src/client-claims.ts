import type { Parsed } from '@stagedoor/access';
import { parseJsonObject } from '@stagedoor/tokens';

export type ClientClaims = Readonly<Record<string, unknown>>;

/** With the most audiences that fit into a scope, the token still fits into a header. */
const MAX_BYTES = 4_096;
const MAX_CLAIMS = 32;
const NAME = /^[A-Za-z][A-Za-z0-9_.:/-]{0,127}$/;

/** What the issuer says itself: RFC 9068 section 2.2, RFC 7800, Keycloak's `azp` and `typ`. */
const ISSUED = ['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'client_id', 'azp', 'scope', 'scp', 'typ', 'cnf'];
/** What says how or for whom somebody logged in, by which a client would pass for a person (OpenID Connect Core, RFC 8693). */
const OF_PEOPLE = [
  ...['auth_time', 'nonce', 'acr', 'amr', 'at_hash', 'c_hash', 's_hash', 'sid', 'session_state', 'act', 'may_act'],
  ...['events', 'sub_id', 'preferred_username', 'username', 'upn', 'unique_name', 'email', 'email_verified', 'oid'],
];
/** By which verifiers elsewhere tell tokens of clients from those of users, and name the client. */
const MARKS = ['idtyp', 'gty', 'token_use', 'appid', 'cid', 'clientId'];
const RESERVED: ReadonlySet<string> = new Set([...ISSUED, ...OF_PEOPLE, ...MARKS]);

/**
 * Reads the claims of a client's own: one JSON object, as Camunda 8.6 has it for components,
 * `{"permissions": {"operate-api": ["read:*"]}}`. They are for services elsewhere; here a mapping rule may match them, and
 * nothing else reads them. `problem` completes "the claims …" and repeats no value. Not checked: what the values mean.
 */
export function readClientClaims(text: string): Parsed<ClientClaims> {
  if (Buffer.byteLength(text) > MAX_BYTES) return { ok: false, problem: 'are longer than 4 kB' };
  const parsed = parseJsonObject(text);
  if (!parsed.ok) return { ok: false, problem: 'are not one JSON object in which every member is named once' };
  const names = Object.keys(parsed.value);
  if (names.length > MAX_CLAIMS) return { ok: false, problem: `are more than ${MAX_CLAIMS}` };
  if (!names.every((name) => NAME.test(name)))
    return { ok: false, problem: 'have a name with other characters than letters, digits, and _ . : / -' };
  const reserved = names.find(isReserved);
  if (reserved !== undefined) return { ok: false, problem: `have ${reserved}, which is not theirs to say` };
  return parsed;
}

/** Names that begin with our own are kept for what tokens may say of themselves later. */
function isReserved(name: string): boolean {
  return RESERVED.has(name) || /^stagedoor/i.test(name);
}
