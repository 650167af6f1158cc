import { type ClientId, type Parsed, parseForeignId, type Username } from '@stagedoor/access';
import { parseJsonObject } from '@stagedoor/tokens';
import type { NamedTargets } from '../named-targets.ts';

/** One login of a person with one client: all tokens that come of it, until it ends, are its own. */
export type Login = {
  /** The `sid` of its tokens. */
  readonly sid: string;
  readonly clientId: ClientId;
  readonly username: Username;
  /** Of the user's password when he logged in: a changed password ends the login. */
  readonly credentialVersion: string;
  /** The issuer identifier of the form that it began at. */
  readonly issuer: string;
  /** What was asked for, in the words of the request: what of it is allowed is looked up whenever tokens are issued. */
  readonly named: NamedTargets;
  /** Seconds since the epoch (`auth_time`). */
  readonly authenticatedAt: number;
  /**
   * What a public client's refresh tokens are bound to, as their tokens' `cnf` says it in JSON (RFC 9449 section 5, RFC 8705
   * section 4); null for any other client, which shows who it is whenever it comes.
   */
  readonly boundTo: string | null;
  /** Milliseconds; nothing prolongs it. */
  readonly endsAt: number;
};

/** Whether an ID token belongs to it (OpenID Connect Core section 3.1.2.1). */
export function wantsIdToken({ scope }: NamedTargets): boolean {
  return scope?.split(' ').includes('openid') === true;
}

/** What `JSON.stringify` made of a login, perhaps by an older version. */
export function readLogin(json: string): Parsed<Login> {
  const parsed = parseJsonObject(json);
  if (!parsed.ok) return parsed;
  const { sid, credentialVersion, issuer, authenticatedAt, boundTo, endsAt } = parsed.value;
  const clientId = parseForeignId('clientId', parsed.value.clientId);
  const username = parseForeignId('username', parsed.value.username);
  const named = namedOf(parsed.value.named);
  if (!clientId.ok || !username.ok || named === null) return { ok: false, problem: 'names nobody or nothing' };
  if (typeof sid !== 'string' || typeof credentialVersion !== 'string' || typeof issuer !== 'string')
    return { ok: false, problem: 'lacks a text' };
  if (
    typeof authenticatedAt !== 'number' ||
    typeof endsAt !== 'number' ||
    (boundTo !== null && typeof boundTo !== 'string')
  )
    return { ok: false, problem: 'lacks a number' };
  return {
    ok: true,
    value: {
      sid,
      clientId: clientId.value,
      username: username.value,
      credentialVersion,
      issuer,
      named,
      authenticatedAt,
      boundTo,
      endsAt,
    },
  };
}

function namedOf(value: unknown): NamedTargets | null {
  if (typeof value !== 'object' || value === null || !('resources' in value)) return null;
  const { audience, scope, resources } = value as {
    readonly audience?: unknown;
    readonly scope?: unknown;
    readonly resources: unknown;
  };
  if (!Array.isArray(resources) || !resources.every((one) => typeof one === 'string')) return null;
  if (audience !== undefined && typeof audience !== 'string') return null;
  if (scope !== undefined && typeof scope !== 'string') return null;
  return { audience, scope, resources };
}
