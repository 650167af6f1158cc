import type { IncomingMessage } from 'node:http';
import type { Caller } from '@stagedoor/access';
import { readBody } from '../read-body.ts';
import type { Page } from './login-page.ts';

/** What a person's browser is answered: a page, or the way to another one. */
export type BrowserAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

const MAX_QUERY_LENGTH = 8_192;
const FORM = 'application/x-www-form-urlencoded';

/** The parameters of a request that may come as a query or as a form; null where they are neither, or too long. */
export async function queryOf(request: IncomingMessage): Promise<string | null> {
  if (request.method === 'POST' && !isForm(request)) return null;
  const query =
    request.method === 'POST'
      ? Buffer.from(await readBody(request)).toString('utf8')
      : (/\?(.*)$/s.exec(request.url ?? '')?.[1] ?? '');
  return query.length > MAX_QUERY_LENGTH ? null : query;
}

export function isForm({ headers }: IncomingMessage): boolean {
  return headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() === FORM;
}

/** The value of a cookie; null where it is missing, or there twice: another port of this host may have set one. */
export function readCookie({ headers: { cookie = '' } }: IncomingMessage, name: string): string | null {
  const values = cookie
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`));
  const [only, another] = values;
  return only === undefined || another !== undefined ? null : only.slice(name.length + 1);
}

export function callerOf({ socket }: IncomingMessage, address: string): Caller {
  return {
    address,
    onGone: (listener) => {
      // One that closed before anybody asked will not close again.
      if (socket.destroyed) queueMicrotask(listener);
      socket.once('close', listener);
      return () => socket.removeListener('close', listener);
    },
  };
}

export function written(
  status: number,
  { html, policy }: Page,
  headers: Readonly<Record<string, string>> = {},
): BrowserAnswer {
  return {
    status,
    headers: {
      'cache-control': 'no-store',
      'content-type': 'text/html;charset=utf-8',
      'content-security-policy': policy,
      ...headers,
    },
    body: html,
  };
}
