import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { basic } from '../program/credentials.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';

const LOGINS = ['/api/login', '/login'] as const;
const DEMO = { username: 'demo', password: 'demo' };

let program: Program;
beforeAll(async () => {
  program = await startProgram({ args: [...FREE_PORTS, '--method', 'basic', '--memory'] });
});
afterAll(() => program.stop());

type Login = {
  readonly cookies: readonly string[];
  readonly lines: readonly string[];
  readonly csrf: string | null;
  readonly status: number;
};

/** Logs in; `cookies` are `name=value`, the session's own first. */
async function logIn(
  path: string,
  headers: Record<string, string> = {},
  fields: Record<string, string> = DEMO,
): Promise<Login> {
  const answer = await fetch(`${program.rest}${path}`, { method: 'POST', headers, body: new URLSearchParams(fields) });
  const lines = answer.headers.getSetCookie();
  return {
    status: answer.status,
    lines,
    cookies: lines.map((line) => line.split(';', 1)[0] ?? ''),
    csrf: answer.headers.get('x-csrf-token'),
  };
}

async function opens(cookie: string): Promise<boolean> {
  return (await fetch(`${program.rest}/v2/topology`, { headers: { cookie } })).status === 200;
}

/** An unsafe request that a session may make: a search of nothing in particular. */
async function search(headers: Record<string, string>): Promise<{ status: number; code: unknown }> {
  const answer = await fetch(`${program.rest}/v1/process-instances/search`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: '{}',
  });
  const body: unknown = await answer.json();
  return {
    status: answer.status,
    code: typeof body === 'object' && body !== null && 'code' in body ? body.code : undefined,
  };
}

const FOREIGN = [
  [{ origin: 'http://evil.example' }],
  [{ origin: 'null' }],
  [{ origin: 'http://localhost:1' }],
  [{ 'sec-fetch-site': 'cross-site' }],
  [{ origin: 'http://evil.example', referer: 'http://localhost/' }],
] as const;

describe.each(LOGINS)('a log-in at %s', (path) => {
  it.each(FOREIGN)('of a page of another origin is refused: %o', async (headers) => {
    const { status, lines } = await logIn(path, headers);
    expect([status, lines]).toEqual([403, []]);
  });

  it('is refused with a Referer of this origin beside a foreign one, which exempts nothing', async () => {
    const { status } = await logIn(path, { origin: 'http://evil.example', referer: `${program.rest}/` });
    expect(status).toBe(403);
  });

  it('never continues a session that came with it, and ends that one', async () => {
    const first = await logIn(path);
    const planted = first.cookies[0] ?? '';
    expect(await opens(planted)).toBe(true);
    const second = await logIn(path, { cookie: planted });
    expect(second.cookies[0]).not.toBe(planted);
    expect(await opens(second.cookies[0] ?? '')).toBe(true);
    expect(await opens(planted)).toBe(false);
  });

  it('ends the session that came with it although the password was wrong', async () => {
    const { cookies } = await logIn(path);
    const { status, lines } = await logIn(path, { cookie: cookies[0] ?? '' }, { ...DEMO, password: 'wrong' });
    expect([status, lines, await opens(cookies[0] ?? '')]).toEqual([401, [], false]);
  });

  it('takes no session id from its caller', async () => {
    const name = path === '/login' ? 'camunda-session' : 'OPERATE-SESSION';
    const { cookies } = await logIn(path, { cookie: `${name}=chosen` });
    expect(cookies[0]).not.toBe(`${name}=chosen`);
    expect(await opens(`${name}=chosen`)).toBe(false);
  });

  it('gives a cookie that scripts cannot read and other sites do not send', async () => {
    const { lines } = await logIn(path);
    expect(lines[0]).toMatch(/^(?:OPERATE-SESSION|camunda-session)=[\w.~-]+; Path=\/; HttpOnly; SameSite=Lax$/);
  });
});

describe('a session', () => {
  it.each(FOREIGN)('of /api/login changes nothing for a page of another origin: %o', async (headers) => {
    const { cookies } = await logIn('/api/login');
    expect(await search({ cookie: cookies[0] ?? '' })).toMatchObject({ status: 200 });
    expect(await search({ cookie: cookies[0] ?? '', ...headers })).toEqual({ status: 403, code: 'ORIGIN_REFUSED' });
  });

  it('of /login needs its CSRF token for unsafe requests', async () => {
    const { cookies, csrf } = await logIn('/login');
    const cookie = cookies[0] ?? '';
    expect(await search({ cookie })).toEqual({ status: 403, code: 'CSRF_MISSING' });
    expect(await search({ cookie, 'x-csrf-token': '' })).toEqual({ status: 403, code: 'CSRF_MISSING' });
    expect(await search({ cookie, 'x-csrf-token': csrf ?? '' })).toMatchObject({ status: 200 });
  });

  it('takes no CSRF token of another session, from header or cookie', async () => {
    const [mine, theirs] = [await logIn('/login'), await logIn('/login')];
    const cookie = mine.cookies[0] ?? '';
    expect(await search({ cookie, 'x-csrf-token': theirs.csrf ?? '' })).toEqual({ status: 403, code: 'CSRF_MISSING' });
    expect(await search({ cookie: `${cookie}; X-CSRF-TOKEN=${mine.csrf}` })).toEqual({
      status: 403,
      code: 'CSRF_MISSING',
    });
    const planted = `${cookie}; X-CSRF-TOKEN=${theirs.csrf}`;
    expect(await search({ cookie: planted, 'x-csrf-token': theirs.csrf ?? '' })).toEqual({
      status: 403,
      code: 'CSRF_MISSING',
    });
  });

  it('is not continued where another port of this host has set a cookie of its name beside it', async () => {
    const { cookies } = await logIn('/api/login');
    const attackers = await logIn('/api/login');
    const both = `${attackers.cookies[0]}; ${cookies[0]}`;
    expect(await opens(both)).toBe(false);
  });

  it.each([
    ['shortened', (value: string) => value.slice(0, -1)],
    ['changed', (value: string) => `${value.slice(0, -3)}${value.endsWith('AAA') ? 'BBB' : 'AAA'}`],
    ['moved to the other name', (value: string) => value.replace('OPERATE-SESSION', 'camunda-session')],
    ['empty', () => 'OPERATE-SESSION='],
  ])('is refused with a cookie that was %s', async (_, tamper) => {
    const { cookies } = await logIn('/api/login');
    const cookie = cookies[0] ?? '';
    expect([await opens(cookie), await opens(tamper(cookie))]).toEqual([true, false]);
  });

  it('of another program is nobody here', async () => {
    const other = await startProgram({ args: [...FREE_PORTS, '--method', 'basic', '--memory'] });
    const answer = await fetch(`${other.rest}/api/login`, { method: 'POST', body: new URLSearchParams(DEMO) });
    const cookie = answer.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '';
    expect(await opens(cookie)).toBe(false);
    await other.stop();
  });

  it('is no help to an Authorization header that does not verify', async () => {
    const { cookies } = await logIn('/api/login');
    for (const headers of [
      basic('demo', 'wrong'),
      { authorization: 'Bearer x' },
      { authorization: 'Negotiate x' },
      { authorization: '' },
    ]) {
      const answer = await fetch(`${program.rest}/v2/topology`, { headers: { ...headers, cookie: cookies[0] ?? '' } });
      expect([headers, answer.status]).toEqual([headers, 401]);
    }
  });

  it('neither comes from Basic nor goes with it', async () => {
    const { cookies } = await logIn('/login');
    const answer = await fetch(`${program.rest}/v1/process-instances/search`, {
      method: 'POST',
      headers: { ...basic('demo', 'demo'), cookie: cookies[0] ?? '', 'content-type': 'application/json' },
      body: '{}',
    });
    expect([answer.status, answer.headers.getSetCookie(), answer.headers.get('x-csrf-token')]).toEqual([200, [], null]);
  });
});

describe('a password in a query', () => {
  it('is taken where the page of 8.6 sends it, and nowhere else', async () => {
    const query = '?username=demo&password=demo';
    expect((await fetch(`${program.rest}/api/login${query}`, { method: 'POST' })).status).toBe(204);
    expect((await fetch(`${program.rest}/login${query}`, { method: 'POST' })).status).toBe(401);
    expect((await fetch(`${program.rest}/v2/topology${query}`)).status).toBe(401);
  });
});
