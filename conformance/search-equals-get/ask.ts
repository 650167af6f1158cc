import type { PasswordVerifier } from '@stagedoor/access';
import type { OpenDoor } from '../../packages/gateway/test/open-door.ts';
import { basic, JSON_TYPE } from '../../packages/gateway/test/raw-http.ts';

export type Answer = { readonly status: number; readonly json: unknown };
export type Ask = (path: string, body?: unknown) => Promise<Answer>;

/** Everybody's password is his name: hashing is tested elsewhere, and takes its time. */
export function trustful(door: () => OpenDoor): PasswordVerifier {
  return {
    verify(username, password) {
      const user = door().door.snapshot().user(username);
      return user !== undefined && password === username ? { kind: 'verified', user } : { kind: 'refused' };
    },
  };
}

/** Asks as a user: a GET, or a POST where there is a body. */
export function asUser({ send }: Pick<OpenDoor, 'send'>, username: string): Ask {
  const as = basic(username, username);
  return async (path, body) => {
    const answer =
      body === undefined
        ? await send({ path, headers: [as] })
        : await send({ method: 'POST', path, headers: [as, JSON_TYPE], body: JSON.stringify(body) });
    const [type = ''] = answer.headers.get('content-type') ?? [];
    return { status: answer.status, json: type.includes('json') ? JSON.parse(answer.body) : null };
  };
}

export function itemsOf({ json }: Answer): readonly Readonly<Record<string, unknown>>[] {
  return (json as { readonly items: readonly Readonly<Record<string, unknown>>[] }).items;
}
