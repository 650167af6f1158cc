import type { OpenDoor } from './open-door.ts';
import { type Answer, cookieOf, FORM_TYPE, headerOf } from './raw-http.ts';

export type Header = readonly [string, string];

export const cookie = (...pairs: readonly (readonly [string, string])[]): Header => [
  'Cookie',
  pairs.map(([name, value]) => `${name}=${value}`).join('; '),
];

/** Both logins take a form; that of 8.6 also takes the query. */
export function logIn(
  { send }: OpenDoor,
  form: 'operate' | 'camunda',
  username = 'demo',
  password = 'demo',
  headers: readonly Header[] = [],
): Promise<Answer> {
  const body = new URLSearchParams({ username, password }).toString();
  return send({
    method: 'POST',
    path: form === 'operate' ? '/api/login' : '/login',
    headers: [FORM_TYPE, ...headers],
    body,
  });
}

/** A session of the 8.6 form: its cookie alone is enough. */
export async function operateSession(open: OpenDoor, username?: string, password?: string): Promise<Header> {
  return cookie(['OPERATE-SESSION', cookieOf(await logIn(open, 'operate', username, password), 'OPERATE-SESSION')]);
}

export async function camundaSession(
  open: OpenDoor,
  username?: string,
  password?: string,
): Promise<{ session: Header; csrf: Header }> {
  const answer = await logIn(open, 'camunda', username, password);
  return {
    session: cookie(['camunda-session', cookieOf(answer, 'camunda-session')]),
    csrf: ['X-CSRF-TOKEN', headerOf(answer, 'x-csrf-token') ?? ''],
  };
}

/** How the topology answers, which asks for nothing but authentication. */
export async function statusOf({ send }: OpenDoor, ...headers: readonly Header[]): Promise<number> {
  return (await send({ path: '/v2/topology', headers })).status;
}
