import { createServer } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AuthorizedFetch, authorizedFetch, fixedSecret, Secret, type SecretSource } from '../../src/index.ts';
import { cookieSession, credentialsFromEnvironment } from '../../src/node/index.ts';
import { Api } from '../api.ts';
import { MovableClock } from '../movable-clock.ts';

const MINUTE = 60_000;

let api: Api;
let clock: MovableClock;
/** What the login answers. */
let login: Api['answers'];

beforeEach(async () => {
  [api, clock] = [await Api.start(), new MovableClock()];
  login = () => ({ status: 204, headers: { 'set-cookie': `s=${logins()}` } });
  api.answers = (call) => (call.path === '/login' ? login(call) : { status: 200 });
});
afterEach(() => api.stop());

const logins = () => api.seen.filter(({ path }) => path === '/login').length;

function caller(password: SecretSource = fixedSecret('canary')): AuthorizedFetch {
  const session = cookieSession({ address: new URL(`${api.origin}/login`), username: 'demo', password, clock });
  return authorizedFetch(session, { origins: [api.origin] });
}

describe('a login that gets no session', () => {
  it('is not tried again before the pause that the API wants is over', async () => {
    login = () => ({ status: 429, headers: { 'retry-after': '30' } });
    const call = caller();
    await expect(call(api.origin)).rejects.toMatchObject({ code: 'LOGIN_UNAVAILABLE', retryAfter: 30_000 });
    clock.move(29_000);
    await expect(call(api.origin)).rejects.toMatchObject({ code: 'LOGIN_UNAVAILABLE', retryAfter: 1_000 });
    expect(logins()).toBe(1);
    login = () => ({ status: 204, headers: { 'set-cookie': 's=1' } });
    clock.move(1_000);
    expect((await call(api.origin)).status).toBe(200);
  });

  it('is tried once a second at most where the API says nothing', async () => {
    login = () => ({ status: 503 });
    const call = caller();
    for (let calls = 0; calls < 10; calls += 1)
      await expect(call(api.origin)).rejects.toMatchObject({ code: 'LOGIN_UNAVAILABLE' });
    expect(logins()).toBe(1);
    clock.move(1_000);
    await expect(call(api.origin)).rejects.toThrow(/answered 503/);
    expect(logins()).toBe(2);
  });

  it.each([401, 403])('is refused by %d for five minutes, or until the password is another', async (status) => {
    let password = 'old';
    const source: SecretSource = { read: () => new Secret(password), isSameAs: () => false };
    login = ({ body }) =>
      body.includes('password=new') ? { status: 204, headers: { 'set-cookie': 's=1' } } : { status };
    const call = caller(source);
    for (let calls = 0; calls < 3; calls += 1)
      await expect(call(api.origin)).rejects.toMatchObject({ code: 'LOGIN_REFUSED' });
    expect(logins()).toBe(1);
    clock.move(5 * MINUTE);
    await expect(call(api.origin)).rejects.toMatchObject({ code: 'LOGIN_REFUSED' });
    expect(logins()).toBe(2);
    password = 'new';
    expect((await call(api.origin)).status).toBe(200);
  });

  it.each<[string, ReturnType<Api['answers']>]>([
    ['no cookie', { status: 200 }],
    ['only cookies that end', { status: 204, headers: { 'set-cookie': ['a=; Max-Age=0', '=b', ';'] } }],
  ])('is none where it gives %s', async (_what, answer) => {
    login = () => answer;
    await expect(caller()(api.origin)).rejects.toThrow(/gave no cookie/);
    expect(api.seen.map(({ path }) => path)).toEqual(['/login']);
  });

  it('is given up where nobody answers in time, and shows no password', async () => {
    api.holds = () => new Promise(() => undefined);
    const call = caller()(api.origin).catch((error: unknown) => error);
    while (logins() === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    clock.move(10_000);
    const told = await call;
    expect(told).toMatchObject({ code: 'LOGIN_UNAVAILABLE' });
    expect(inspect(told, { depth: 9, showHidden: true })).not.toContain('canary');
  });
});

describe('a login that is answered by what is no HTTP', () => {
  it('shows nothing of that answer', async () => {
    const broken = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () =>
        socket.end('HTTP/1.1 204 No Content\r\nset-cookie: s=canary\r\nbad header\r\n\r\ncanary'),
      );
    });
    await new Promise<void>((resolve) => broken.listen(0, '127.0.0.1', resolve));
    const bound = broken.address();
    const address = new URL(`http://127.0.0.1:${typeof bound === 'object' ? bound?.port : ''}/login`);
    const session = cookieSession({ address, username: 'demo', password: fixedSecret('canary'), clock });
    const told: unknown = await Promise.resolve(session.authorize()).catch((error: unknown) => error);
    expect(told).toMatchObject({ code: 'LOGIN_UNAVAILABLE' });
    expect(inspect(told, { depth: 9, showHidden: true })).not.toContain('canary');
    await new Promise((resolve) => broken.close(resolve));
  });
});

describe('a session', () => {
  it('that the API refuses is begun anew once in half a minute, and not for each call', async () => {
    api.answers = (call) => (call.path === '/login' ? login(call) : { status: 401 });
    const call = caller();
    for (let calls = 0; calls < 5; calls += 1) expect((await call(api.origin)).status).toBe(401);
    expect(logins()).toBe(2);
    clock.move(30_000);
    expect((await call(api.origin)).status).toBe(401);
    expect(logins()).toBe(3);
  });

  it('that another call has replaced meanwhile is not replaced once more', async () => {
    const session = cookieSession({
      address: new URL(`${api.origin}/login`),
      username: 'demo',
      password: fixedSecret('demo'),
      clock,
    });
    const [one, other] = [await session.authorize(), await session.authorize()];
    expect(one.rejected()).toBe(true);
    const next = await session.authorize();
    clock.move(31_000);
    expect(other.rejected()).toBe(true);
    expect((await session.authorize()).headers).toEqual(next.headers);
    expect(logins()).toBe(2);
  });

  it('is one for all APIs that have the same login', async () => {
    const credentials = credentialsFromEnvironment({
      CAMUNDA_REST_ADDRESS: api.origin,
      CAMUNDA_COOKIE_AUTH_USERNAME: 'demo',
      CAMUNDA_COOKIE_AUTH_PASSWORD: 'demo',
    });
    for (const name of ['orchestration', 'zeebe', 'operate'] as const) await credentials.fetchFor(name)(api.origin);
    expect(logins()).toBe(1);
    await credentials.close();
  });

  it('ends for the caller who hangs up, and for nobody else', async () => {
    let goOn: () => void = () => undefined;
    api.holds = ({ path }) => (path === '/login' ? new Promise((resolve) => (goOn = resolve)) : undefined);
    const call = caller();
    const hangingUp = new AbortController();
    const gone = call(api.origin, { signal: hangingUp.signal });
    const staying = call(api.origin);
    while (logins() === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    hangingUp.abort(new Error('gone'));
    await expect(gone).rejects.toThrow('gone');
    goOn();
    expect((await staying).status).toBe(200);
    expect(logins()).toBe(1);
  });
});
