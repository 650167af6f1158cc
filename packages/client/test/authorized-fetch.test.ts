import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type AuthorizedFetch,
  type Authorizer,
  anonymous,
  authorizedFetch,
  basic,
  fixedSecret,
  renewedBearer,
  suppliedToken,
  TokenManager,
} from '../src/index.ts';
import { Api } from './api.ts';
import { MovableClock } from './movable-clock.ts';
import { TokenEndpoint } from './token-endpoint.ts';

let api: Api;
let issuer: TokenEndpoint;
let clock: MovableClock;
let bearer: Authorizer;

beforeEach(async () => {
  [api, issuer] = await Promise.all([Api.start(), TokenEndpoint.start()]);
  clock = new MovableClock();
  const authentication = { kind: 'secret', secret: fixedSecret('s3cret'), sentIn: 'body' } as const;
  const request = { endpoint: issuer.url, clientId: 'worker', authentication };
  bearer = renewedBearer(new TokenManager({ clock }).tokenFor(request));
});
afterEach(() => Promise.all([api.stop(), issuer.stop()]));

function fetchWith(authorizer: Authorizer): AuthorizedFetch {
  return authorizedFetch(authorizer, { origins: [api.origin] });
}

function carried(): (string | undefined)[] {
  return api.seen.map(({ headers }) => headers.authorization);
}

describe('what a call carries', () => {
  it('is nothing, a name and password in UTF-8, a given token, or one that is fetched', async () => {
    for (const authorizer of [
      anonymous,
      basic('käthe', fixedSecret('pä:ss')),
      suppliedToken(fixedSecret('given')),
      bearer,
    ])
      await fetchWith(authorizer)(`${api.origin}/v2/topology`);
    const typed = `Basic ${Buffer.from('käthe:pä:ss').toString('base64')}`;
    expect(carried()).toEqual([undefined, typed, 'Bearer given', 'Bearer token-1']);
  });

  it('replaces what the caller wrote, and leaves the rest of the call alone', async () => {
    const headers = { authorization: 'Bearer old', 'x-mine': 'kept' };
    const response = await fetchWith(bearer)(`${api.origin}/v2/jobs?x=1`, { method: 'POST', body: 'text', headers });
    expect(await response.text()).toBe('answer to /v2/jobs?x=1');
    expect(api.seen[0]).toMatchObject({ path: '/v2/jobs?x=1', body: 'text', headers: { 'x-mine': 'kept' } });
    expect(carried()).toEqual(['Bearer token-1']);
  });

  it('is refused where a name cannot be carried, or a token has a line break', async () => {
    expect(() => basic('a:b', fixedSecret('c'))).toThrow(/colon/);
    expect(() => basic('', fixedSecret('c'))).toThrow(/empty/);
    const smuggling = fetchWith(suppliedToken(fixedSecret('x\r\nx-forwarded-for: 1')));
    await expect(smuggling(api.origin)).rejects.toMatchObject({ code: 'CREDENTIALS_UNUSABLE' });
    expect(api.seen).toHaveLength(0);
  });
});

describe('where credentials go', () => {
  it.each([
    ['another host', () => 'http://evil.example.com/v2/topology'],
    ['another port', () => 'http://127.0.0.1:9/v2/topology'],
    ['another scheme', () => api.origin.replace('http:', 'https:')],
    ['a host that begins alike', () => `${api.origin}.evil.example.com/`],
    ['a name before an @', () => `${api.origin.replace('http://', 'http://x@')}9/`],
  ])('is never %s', async (_what, url) => {
    await expect(fetchWith(bearer)(url())).rejects.toThrow();
    expect(issuer.seen).toHaveLength(0);
    expect(api.seen).toHaveLength(0);
  });

  it.each([301, 302, 303, 307, 308])('is not where a redirect leads: %d', async (status) => {
    const foreign = await Api.start();
    try {
      api.answers = () => ({ status, headers: { location: `${foreign.origin}/v2/topology` } });
      const call = fetchWith(bearer)(`${api.origin}/v2/topology`);
      await expect(call).rejects.toMatchObject({ code: 'ORIGIN_FOREIGN' });
      expect(foreign.seen).toHaveLength(0);
    } finally {
      await foreign.stop();
    }
  });

  it('is not where a redirect leads when the caller asks to follow it', async () => {
    api.answers = ({ path }) => (path === '/a' ? { status: 302, headers: { location: '/b' } } : { status: 200 });
    await expect(fetchWith(bearer)(`${api.origin}/a`, { redirect: 'follow' })).rejects.toThrow(/do not follow/);
    expect(api.seen.map(({ path }) => path)).toEqual(['/a']);
  });
});

describe('a request of the caller', () => {
  it('is followed by no redirect, though it asks for that, and is refused where it is for elsewhere', async () => {
    api.answers = ({ path }) => (path === '/a' ? { status: 302, headers: { location: '/b' } } : { status: 200 });
    const call = fetchWith(bearer);
    await expect(call(new Request(`${api.origin}/a`, { redirect: 'follow' }))).rejects.toThrow(/do not follow/);
    await expect(call(new Request('http://evil.example.com/'))).rejects.toMatchObject({ code: 'ORIGIN_FOREIGN' });
    await expect(call(new URL('http://evil.example.com/'))).rejects.toMatchObject({ code: 'ORIGIN_FOREIGN' });
    expect(api.seen.map(({ path }) => path)).toEqual(['/a']);
  });

  it('ends with its signal, whatever the credentials are waiting for', async () => {
    const hangingUp = new AbortController();
    const never: Authorizer = { authorize: () => new Promise(() => undefined) };
    const calls = [
      fetchWith(never)(new Request(api.origin, { signal: hangingUp.signal })),
      fetchWith(never)(api.origin, { signal: hangingUp.signal }),
    ];
    hangingUp.abort(new Error('gone'));
    for (const call of calls) await expect(call).rejects.toThrow('gone');
    await expect(fetchWith(never)(api.origin, { signal: AbortSignal.abort() })).rejects.toThrow();
    expect(api.seen).toHaveLength(0);
  });

  it('has what it carries over its own headers, in each of the forms that they may have', async () => {
    const forms: NonNullable<RequestInit['headers']>[] = [
      { Authorization: 'Bearer old', 'x-mine': 'kept' },
      [
        ['AUTHORIZATION', 'Bearer old'],
        ['x-mine', 'kept'],
      ],
      new Headers({ authorization: 'Bearer old', 'x-mine': 'kept' }),
    ];
    for (const headers of forms) await fetchWith(bearer)(api.origin, { headers });
    expect(new Set(carried())).toEqual(new Set(['Bearer token-1']));
    for (const { headers } of api.seen) expect(headers['x-mine']).toBe('kept');
  });
});

describe('an answer that is no redirect', () => {
  it('is handed on: 304 leads nowhere', async () => {
    api.answers = () => ({ status: 304 });
    expect((await fetchWith(bearer)(api.origin)).status).toBe(304);
  });
});

describe('a 401', () => {
  it('drops the token that it was given for, and the call is made once more with another', async () => {
    api.answers = ({ headers }) => ({ status: headers.authorization === 'Bearer token-1' ? 401 : 200 });
    const response = await fetchWith(bearer)(`${api.origin}/v2/jobs`, { method: 'POST', body: 'again' });
    expect(response.status).toBe(200);
    expect(carried()).toEqual(['Bearer token-1', 'Bearer token-2']);
    expect(api.seen.map(({ body }) => body)).toEqual(['again', 'again']);
  });

  it('costs one token for a thousand calls that had the same', async () => {
    api.answers = ({ headers }) => ({ status: headers.authorization === 'Bearer token-1' ? 401 : 200 });
    const calls = Array.from({ length: 1_000 }, () => fetchWith(bearer)(`${api.origin}/v2/topology`));
    const statuses = (await Promise.all(calls)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(issuer.seen).toHaveLength(2);
  });

  it('is handed on when a new token fares no better, and costs no token per call', async () => {
    api.answers = () => ({ status: 401 });
    const call = fetchWith(bearer);
    for (let calls = 0; calls < 20; calls += 1) expect((await call(`${api.origin}/v2/topology`)).status).toBe(401);
    expect(issuer.seen).toHaveLength(2);
    expect(api.seen).toHaveLength(21);
  });

  it('is handed on at once where there is nothing else to carry', async () => {
    api.answers = () => ({ status: 401 });
    expect((await fetchWith(basic('demo', fixedSecret('demo')))(api.origin)).status).toBe(401);
    expect(api.seen).toHaveLength(1);
  });

  it('is handed on where the body was a stream, which cannot be sent again; the token is dropped all the same', async () => {
    api.answers = ({ headers }) => ({ status: headers.authorization === 'Bearer token-1' ? 401 : 200 });
    const body = new Blob(['once']).stream();
    const init: RequestInit & { duplex: 'half' } = { method: 'POST', body, duplex: 'half' };
    expect((await fetchWith(bearer)(`${api.origin}/v2/jobs`, init)).status).toBe(401);
    expect((await fetchWith(bearer)(`${api.origin}/v2/jobs`)).status).toBe(200);
    expect(carried()).toEqual(['Bearer token-1', 'Bearer token-2']);
  });

  it('is handed on where the body comes piece by piece from elsewhere', async () => {
    api.answers = () => ({ status: 401 });
    async function* pieces() {
      yield new TextEncoder().encode('once');
    }
    const init: object = { method: 'POST', body: pieces(), duplex: 'half' };
    expect((await fetchWith(bearer)(api.origin, init)).status).toBe(401);
    expect(api.seen).toHaveLength(1);
  });

  it('is not read to its end before the second attempt', async () => {
    const cancelled: unknown[] = [];
    const endless = () => new ReadableStream({ cancel: (why) => void cancelled.push(why) });
    const answers = [new Response(endless(), { status: 401 }), new Response('second')];
    const call = authorizedFetch(bearer, {
      origins: [api.origin],
      fetch: async () => answers.shift() ?? Response.error(),
    });
    expect(await (await call(api.origin)).text()).toBe('second');
    expect(cancelled).toHaveLength(1);
  });

  it('of a request is answered with its copy: body, headers and method are the same', async () => {
    api.answers = ({ headers }) => ({ status: headers.authorization === 'Bearer token-1' ? 401 : 200 });
    const headers = { authorization: 'Bearer old', 'x-mine': 'kept' };
    const request = new Request(`${api.origin}/v2/jobs`, { method: 'PUT', body: 'again', headers });
    expect((await fetchWith(bearer)(request)).status).toBe(200);
    expect(carried()).toEqual(['Bearer token-1', 'Bearer token-2']);
    for (const call of api.seen) expect(call).toMatchObject({ body: 'again', headers: { 'x-mine': 'kept' } });
  });

  it('is followed by no redirect of the second attempt either', async () => {
    const again = { status: 307, headers: { location: 'https://elsewhere.example/' } };
    api.answers = ({ headers }) => (headers.authorization === 'Bearer token-1' ? { status: 401 } : again);
    await expect(fetchWith(bearer)(api.origin)).rejects.toThrow(/do not follow/);
  });

  it('is no reason to try again for a 403', async () => {
    api.answers = () => ({ status: 403 });
    expect((await fetchWith(bearer)(api.origin)).status).toBe(403);
    expect(issuer.seen).toHaveLength(1);
  });
});

describe('a call that says what it needs', () => {
  it('has a token that outlives its poll', async () => {
    const call = fetchWith(bearer);
    await call(api.origin);
    clock.move(280_000);
    await call(api.origin, { tokenNeed: { minimumLife: 60_000 } });
    expect(carried()).toEqual(['Bearer token-1', 'Bearer token-2']);
  });

  it('is told when the issuer has no token in time, and then nothing is sent', async () => {
    issuer.answers(() => ({ status: 429, headers: { 'retry-after': '60' }, body: '' }));
    const call = fetchWith(bearer)(api.origin, { tokenNeed: { patience: 10 } });
    await expect(call).rejects.toMatchObject({ code: 'TOKEN_UNAVAILABLE', retryAfter: 60_000 });
    expect(api.seen).toHaveLength(0);
  });

  it('ends when its caller hangs up', async () => {
    issuer.answers(() => new Promise(() => undefined));
    const hangingUp = new AbortController();
    const call = expect(fetchWith(bearer)(api.origin, { signal: hangingUp.signal })).rejects.toThrow();
    hangingUp.abort();
    await call;
    expect(api.seen).toHaveLength(0);
  });
});
