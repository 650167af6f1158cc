import { type ClientId, parseForeignId, type Username } from '@stagedoor/access';
import type { ClientRegistry } from '../client-registry.ts';
import type { Logins } from './logins.ts';
import type { People } from './people.ts';

/** What the token of a user has, and no client's: its value is his name. */
export const USER_MARK = 'username';

type Claims = Readonly<Record<string, unknown>>;

/** Whether a user's token, which is good by itself, is still to be taken. Answers at once: it is asked on every API request. */
export type UserTokenRule = (username: Username, claims: Claims) => boolean;

/**
 * A user's token lives as long as his login (`sid`), his client, and his password. Not checked here: its signature, its time,
 * and whom it names.
 */
export function userTokenRule(parts: {
  readonly registry: ClientRegistry;
  readonly logins: Logins;
  readonly people: People;
  readonly isRevoked: (clientId: ClientId, tokenId: string) => boolean;
}): UserTokenRule {
  return (username, { sid, jti }) => {
    const login = typeof sid === 'string' ? parts.logins.find(sid) : null;
    if (login === null || login.username !== username || typeof jti !== 'string') return false;
    if (!parts.registry.isRegistered(login.clientId) || parts.isRevoked(login.clientId, jti)) return false;
    return parts.people.user(username)?.credentialVersion === login.credentialVersion;
  };
}

/** Whose token this is by its claims; null where they do not say. */
export function clientIdOf({ client_id }: Claims): ClientId | null {
  const parsed = parseForeignId('clientId', client_id);
  return parsed.ok ? parsed.value : null;
}
