import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AuthorizedFetch, authorizedFetch, fixedSecret, renewedBearer, TokenManager } from '../src/index.ts';
import { cookieSession } from '../src/node/index.ts';
import type { Fetch } from '../src/request-token.ts';
import { Api } from './api.ts';
import { MovableClock } from './movable-clock.ts';
import { granted, TokenEndpoint } from './token-endpoint.ts';

const MINUTE = 60_000;
const SOON = 250;

let api: Api;
let issuer: TokenEndpoint;
let clock: MovableClock;
/** Token requests that have not been answered to the end. */
let underWay = 0;

beforeEach(async () => {
  [api, issuer] = await Promise.all([Api.start(), TokenEndpoint.start()]);
  clock = new MovableClock();
});
afterEach(() => Promise.all([api.stop(), issuer.stop()]));

function caller(): AuthorizedFetch {
  const authentication = { kind: 'secret', secret: fixedSecret('s3cret'), sentIn: 'body' } as const;
  const manager = new TokenManager({ clock, fetch: watched });
  const token = manager.tokenFor({ endpoint: issuer.url, clientId: 'worker', authentication });
  return authorizedFetch(renewedBearer(token), { origins: [api.origin] });
}

const watched: Fetch = async (input, init) => {
  underWay += 1;
  try {
    const response = await fetch(input, init);
    return new Response(await response.arrayBuffer(), response);
  } finally {
    underWay -= 1;
  }
};

/** Lets time pass until that has come about. It stands while a token request is on its way. */
async function passing<T>(awaited: Promise<T>): Promise<T> {
  let isOver = false;
  const over = awaited.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    if (underWay === 0) clock.move(SOON);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return over;
}

describe('a minute without an issuer', () => {
  it('is sat out by a hundred workers, who go on by themselves and have not asked a dozen times together', async () => {
    const back = clock.monotonic() + MINUTE;
    issuer.answers(() => (clock.monotonic() < back ? { status: 503, body: '' } : granted('back')));
    const call = caller();
    const need = { patience: 3 * MINUTE };
    const calls = Array.from({ length: 100 }, () => call(`${api.origin}/v2/jobs/activation`, { tokenNeed: need }));
    const statuses = (await passing(Promise.all(calls))).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(issuer.seen.length).toBeGreaterThan(3);
    expect(issuer.seen.length).toBeLessThanOrEqual(12);
  });

  it('is not noticed while the token lives, and delays no call', async () => {
    const call = caller();
    await call(api.origin);
    issuer.answers(() => ({ status: 429, headers: { 'retry-after': '30' }, body: '' }));
    clock.move(245_000);
    for (let second = 0; second < 50; second += 1) {
      expect((await call(api.origin, { tokenNeed: { patience: 0 } })).status).toBe(200);
      clock.move(1_000);
    }
    // At once, and once more when the thirty seconds that it asked for were over.
    expect(issuer.seen).toHaveLength(3);
  });

  it('ends for those who come back to it where there was nobody at all', async () => {
    const { url } = issuer;
    const call = caller();
    await issuer.stop();
    await expect(call(api.origin, { tokenNeed: { patience: 100 } })).rejects.toMatchObject({
      code: 'TOKEN_UNAVAILABLE',
      message: expect.stringContaining(`${url.href} cannot be reached`),
    });
    expect(api.seen).toHaveLength(0);
    issuer = await TokenEndpoint.start(Number(url.port));
    clock.move(MINUTE);
    expect((await call(api.origin)).status).toBe(200);
  });
});

describe('a clock of this machine', () => {
  it.each([
    ['five minutes slow', -5 * MINUTE],
    ['five minutes fast', 5 * MINUTE],
  ])('that is %s neither fails a call nor costs a token request', async (_what, wrongBy) => {
    clock.wrongBy = wrongBy;
    const call = caller();
    for (let minute = 0; minute < 4; minute += 1) {
      expect((await call(api.origin)).status).toBe(200);
      clock.move(59_000);
    }
    expect(issuer.seen).toHaveLength(1);
  });

  it('may be set right, or wrong, while tokens are in use', async () => {
    const call = caller();
    for (const wrongBy of [0, 5 * MINUTE, -60 * MINUTE, 0]) {
      clock.wrongBy = wrongBy;
      expect((await call(api.origin)).status).toBe(200);
    }
    expect(issuer.seen).toHaveLength(1);
  });

  it('is not what the date in a Retry-After is counted by', async () => {
    clock.wrongBy = -5 * MINUTE;
    issuer.answers(() => {
      const now = Math.floor(Date.now() / 1_000) * 1_000;
      const headers = { date: new Date(now).toUTCString(), 'retry-after': new Date(now + 30_000).toUTCString() };
      return { status: 503, headers, body: '' };
    });
    const told = await caller()(api.origin, { tokenNeed: { patience: 0 } }).catch((error: unknown) => error);
    expect(told).toMatchObject({ code: 'TOKEN_UNAVAILABLE' });
    expect(Math.abs(Number((told as { retryAfter?: unknown }).retryAfter) - 30_000)).toBeLessThan(2_000);
  });
});

describe('a session', () => {
  const session = () =>
    cookieSession({
      address: new URL(`${api.origin}/login`),
      username: 'demo',
      password: fixedSecret('demo'),
      clock,
    });

  it('that ends under fifty calls is begun anew once', async () => {
    let valid = 0;
    api.answers = ({ path, headers }) => {
      if (path === '/login') return { status: 204, headers: { 'set-cookie': `s=${++valid}` } };
      return { status: headers.cookie === `s=${valid}` ? 200 : 401 };
    };
    const call = authorizedFetch(session(), { origins: [api.origin] });
    await call(`${api.origin}/v2/topology`);
    valid = 7;
    const calls = Array.from({ length: 50 }, () => call(`${api.origin}/v2/topology`));
    expect(new Set((await Promise.all(calls)).map(({ status }) => status))).toEqual(new Set([200]));
    expect(valid).toBe(8);
  });

  it('is not sought where the login redirects: name and password do not follow', async () => {
    const foreign = await Api.start();
    api.answers = () => ({ status: 307, headers: { location: `${foreign.origin}/login` } });
    const call = authorizedFetch(session(), { origins: [api.origin] });
    await expect(call(`${api.origin}/v2/topology`)).rejects.toMatchObject({ code: 'LOGIN_UNAVAILABLE' });
    expect(foreign.seen).toHaveLength(0);
    expect(api.seen.map(({ path }) => path)).toEqual(['/login']);
    await foreign.stop();
  });

  it('is never begun with a password in the clear over a network', () => {
    const address = new URL('http://api.example.com/login');
    expect(() => cookieSession({ address, username: 'demo', password: fixedSecret('demo') })).toThrow(/in the clear/);
  });
});
