import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import { type Dispatcher, Dispatcher1Wrapper, fetch, request } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { authorizedFetch, fixedSecret, renewedBearer, TokenManager } from '../../src/index.ts';
import {
  authorizedDispatcher,
  credentialsFromEnvironment,
  type DispatcherSettings,
  openTransport,
  type Transport,
} from '../../src/node/index.ts';
import { Api } from '../api.ts';
import { MovableClock } from '../movable-clock.ts';
import { granted, TokenEndpoint } from '../token-endpoint.ts';

let api: Api;
let issuer: TokenEndpoint;
let clock: MovableClock;
let transport: Transport;
/** Answers that the API holds back, in the order of their calls. */
let held: (() => void)[];

beforeEach(async () => {
  [api, issuer] = await Promise.all([Api.start(), TokenEndpoint.start()]);
  [clock, transport, held] = [new MovableClock(), openTransport({}), []];
});
afterEach(async () => {
  for (const release of held) release();
  await transport.close();
  await Promise.all([api.stop(), issuer.stop()]);
});

function dispatcherWith(settings: Partial<DispatcherSettings> = {}): Dispatcher {
  const authentication = { kind: 'secret', secret: fixedSecret('s3cret'), sentIn: 'body' } as const;
  const token = new TokenManager({ clock }).tokenFor({ endpoint: issuer.url, clientId: 'worker', authentication });
  return authorizedDispatcher(renewedBearer(token), { origins: [api.origin], transport, ...settings });
}

const carried = () => api.seen.map(({ headers }) => headers.authorization);
const holdBack = () => {
  api.holds = () => new Promise((resolve) => held.push(resolve));
};
const seen = (calls: number) => until(() => api.seen.length === calls);

async function statusOf(call: Promise<Dispatcher.ResponseData>): Promise<number> {
  const { statusCode, body } = await call;
  await body.dump();
  return statusCode;
}

describe('a call through the dispatcher', () => {
  it('carries the token, over what the caller wrote and in any form that he wrote it', async () => {
    const dispatcher = dispatcherWith();
    const forms: NonNullable<Dispatcher.RequestOptions['headers']>[] = [
      { Authorization: 'Bearer old', 'x-mine': 'kept' },
      ['authorization', 'Bearer old', 'x-mine', 'kept'],
      new Map([
        ['AUTHORIZATION', 'Bearer old'],
        ['x-mine', 'kept'],
      ]),
      { 'x-mine': ['kept'], authorization: undefined },
    ];
    for (const headers of forms)
      expect(await statusOf(request(`${api.origin}/v2/jobs`, { dispatcher, headers, method: 'POST', body: '1' }))).toBe(
        200,
      );
    expect(new Set(carried())).toEqual(new Set(['Bearer token-1']));
    expect(new Set(api.seen.map(({ headers }) => headers['x-mine']))).toEqual(new Set(['kept']));
    expect((await fetch(`${api.origin}/v2/topology`, { dispatcher })).status).toBe(200);
  });

  it('waits without a header: what it carries is decided when its turn has come', async () => {
    holdBack();
    const dispatcher = dispatcherWith({ connections: 1 });
    const first = statusOf(request(`${api.origin}/first`, { dispatcher }));
    await seen(1);
    const second = statusOf(request(`${api.origin}/second`, { dispatcher }));
    clock.move(299_000);
    held.shift()?.();
    expect(await first).toBe(200);
    await seen(2);
    held.shift()?.();
    expect(await second).toBe(200);
    expect(carried()).toEqual(['Bearer token-1', 'Bearer token-2']);
  });

  it('goes out with as many others as there may be at once, and not with more', async () => {
    holdBack();
    const dispatcher = dispatcherWith({ connections: 3 });
    const calls = Array.from({ length: 10 }, () => statusOf(request(api.origin, { dispatcher })));
    for (let done = 0; done < 10; done += 1) {
      await seen(Math.min(done + 3, 10));
      expect(held.length).toBeLessThanOrEqual(3);
      held.shift()?.();
    }
    expect(new Set(await Promise.all(calls))).toEqual(new Set([200]));
    expect(issuer.seen).toHaveLength(1);
  });

  it('has a token with as much life as all calls of this dispatcher need', async () => {
    const dispatcher = dispatcherWith({ need: { minimumLife: 60_000 } });
    await statusOf(request(api.origin, { dispatcher }));
    clock.move(245_000);
    await statusOf(request(api.origin, { dispatcher }));
    expect(carried()).toEqual(['Bearer token-1', 'Bearer token-2']);
  });

  it('may be one of the fetch of Node, which has an older undici, through the wrapper that undici has for it', async () => {
    const dispatcher = dispatcherWith();
    const [bare, wrapped]: object[] = [{ dispatcher }, { dispatcher: new Dispatcher1Wrapper(dispatcher) }];
    await expect(globalThis.fetch(api.origin, bare)).rejects.toMatchObject({
      cause: { message: expect.stringContaining('Dispatcher1Wrapper') },
    });
    expect((await globalThis.fetch(api.origin, wrapped)).status).toBe(200);
    expect(carried()).toEqual(['Bearer token-1']);
  });

  it('is one that the environment configures', async () => {
    const environment = {
      CAMUNDA_REST_ADDRESS: api.origin,
      CAMUNDA_BASIC_AUTH_USERNAME: 'demo',
      CAMUNDA_BASIC_AUTH_PASSWORD: 'demo',
    };
    const credentials = credentialsFromEnvironment(environment);
    const dispatcher = credentials.dispatcherFor('orchestration', { connections: 2 });
    expect(await statusOf(request(`${api.origin}/v2/topology`, { dispatcher }))).toBe(200);
    expect(carried()).toEqual([`Basic ${btoa('demo:demo')}`]);
    await credentials.close();
  });
});

describe('a 401 to a call through the dispatcher', () => {
  beforeEach(() => {
    api.answers = ({ headers }) => ({ status: headers.authorization === 'Bearer token-1' ? 401 : 200 });
  });

  it('costs one token for all calls that had the same, and each is made once more', async () => {
    const dispatcher = dispatcherWith();
    const calls = Array.from({ length: 50 }, () =>
      request(api.origin, { dispatcher, method: 'POST', body: Buffer.from('again') }),
    );
    expect(new Set(await Promise.all(calls.map(statusOf)))).toEqual(new Set([200]));
    expect(issuer.seen).toHaveLength(2);
    expect(api.seen).toHaveLength(100);
    expect(new Set(api.seen.map(({ body }) => body))).toEqual(new Set(['again']));
  });

  it('is handed on where the body was a stream, and the token is dropped all the same', async () => {
    const dispatcher = dispatcherWith();
    const body = Readable.from(['once']);
    expect(await statusOf(request(api.origin, { dispatcher, method: 'POST', body }))).toBe(401);
    expect(await statusOf(request(api.origin, { dispatcher }))).toBe(200);
    expect(carried()).toEqual(['Bearer token-1', 'Bearer token-2']);
  });

  it('is handed on where a new token fares no better', async () => {
    api.answers = () => ({ status: 401 });
    const dispatcher = dispatcherWith();
    for (let call = 0; call < 5; call += 1) expect(await statusOf(request(api.origin, { dispatcher }))).toBe(401);
    expect(issuer.seen).toHaveLength(2);
    expect(api.seen).toHaveLength(6);
  });
});

describe('the answer that a caller is given', () => {
  /** Everything that a caller is told, in its order. */
  async function toldOf(dispatcher: Dispatcher, origin: string): Promise<readonly string[]> {
    const told: string[] = [];
    await new Promise<void>((resolve) => {
      dispatcher.dispatch(
        { origin, path: '/', method: 'GET' },
        {
          onRequestStart: () => void told.push('start'),
          onResponseStart: (_controller, status) => void told.push(`${status}`),
          onResponseData: (_controller, chunk) => void told.push(chunk.toString()),
          onResponseEnd: () => {
            told.push('end');
            resolve();
          },
          onResponseError: (_controller, { message }) => {
            told.push(message);
            resolve();
          },
        },
      );
    });
    return told;
  }

  it('is the second one alone, where the first was a 401', async () => {
    api.answers = ({ headers }) => ({ status: headers.authorization === 'Bearer token-1' ? 401 : 200 });
    expect(await toldOf(dispatcherWith(), api.origin)).toEqual(['start', '200', 'answer to /', 'end']);
    expect(api.seen).toHaveLength(2);
  });

  it('is a 401 after two attempts, whatever the credentials promise', async () => {
    api.answers = () => ({ status: 401 });
    const authorize = () => ({ headers: { authorization: 'Bearer hopeful' }, rejected: () => true });
    const dispatcher = authorizedDispatcher({ authorize }, { origins: [api.origin], transport });
    expect(await toldOf(dispatcher, api.origin)).toEqual(['start', '401', 'answer to /', 'end']);
    expect(api.seen).toHaveLength(2);
    expect((await authorizedFetch({ authorize }, { origins: [api.origin] })(api.origin)).status).toBe(401);
    expect(api.seen).toHaveLength(4);
  });

  it('is the second one though the first, a 401, breaks off', async () => {
    let calls = 0;
    const breaking = createServer((_request, response) => {
      calls += 1;
      if (calls > 1) return void response.end('whole');
      response.writeHead(401, { 'content-length': '500' }).write('half');
      setImmediate(() => response.destroy());
    });
    await new Promise<void>((resolve) => breaking.listen(0, '127.0.0.1', resolve));
    const bound = breaking.address();
    const origin = `http://127.0.0.1:${typeof bound === 'object' ? bound?.port : ''}`;
    expect(await toldOf(dispatcherWith({ origins: [origin] }), origin)).toEqual(['start', '200', 'whole', 'end']);
    breaking.closeAllConnections();
    await new Promise((resolve) => breaking.close(resolve));
  });
});

describe('nothing leaves by the dispatcher', () => {
  it.each([
    ['another host', () => 'http://evil.example.com/'],
    ['another port', () => 'http://127.0.0.1:9/'],
    ['another scheme', () => api.origin.replace('http:', 'https:')],
  ])('to %s', async (_what, url) => {
    await expect(request(url(), { dispatcher: dispatcherWith() })).rejects.toMatchObject({ code: 'ORIGIN_FOREIGN' });
    expect(issuer.seen).toHaveLength(0);
  });

  it('to where a redirect leads', async () => {
    const foreign = await Api.start();
    api.answers = () => ({ status: 307, headers: { location: foreign.origin } });
    const call = fetch(api.origin, { dispatcher: dispatcherWith() });
    await expect(call).rejects.toMatchObject({ cause: { code: 'ORIGIN_FOREIGN' } });
    expect(foreign.seen).toHaveLength(0);
    await foreign.stop();
  });

  it('without a token: the call fails as the issuer failed', async () => {
    issuer.answers(() => ({ status: 429, headers: { 'retry-after': '60' }, body: '' }));
    const call = request(api.origin, { dispatcher: dispatcherWith({ need: { patience: 10 } }) });
    await expect(call).rejects.toMatchObject({ code: 'TOKEN_UNAVAILABLE', retryAfter: 60_000 });
    expect(api.seen).toHaveLength(0);
  });

  it('of a caller who hangs up before his turn, be it that he waits for a token or for others', async () => {
    let answer: () => void = () => undefined;
    issuer.answers(() => new Promise((resolve) => (answer = () => resolve(granted('late')))));
    const dispatcher = dispatcherWith({ connections: 1 });
    const [forToken, forOthers] = [new AbortController(), new AbortController()];
    const first = request(api.origin, { dispatcher, signal: forToken.signal });
    const second = request(api.origin, { dispatcher, signal: forOthers.signal });
    const third = statusOf(request(`${api.origin}/third`, { dispatcher }));
    await until(() => issuer.seen.length === 1);
    forOthers.abort(new Error('gone'));
    await expect(second).rejects.toThrow('gone');
    forToken.abort(new Error('gone, too'));
    await expect(first).rejects.toThrow('gone, too');
    answer();
    expect(await third).toBe(200);
    expect(api.seen.map(({ path }) => path)).toEqual(['/third']);
    await expect(request(api.origin, { dispatcher, signal: AbortSignal.abort() })).rejects.toThrow();
  });
});

describe('the queue of a dispatcher', () => {
  it('says that the next call would wait, and when one would not any more', async () => {
    holdBack();
    const dispatcher = dispatcherWith({ connections: 1 });
    const drained: string[] = [];
    dispatcher.on('drain', ({ origin }) => drained.push(origin));
    const call = { origin: api.origin, path: '/', method: 'GET' } as const;
    const over = Promise.withResolvers<void>();
    const goesOn = dispatcher.dispatch(call, { onRequestStart: () => undefined, onResponseEnd: () => over.resolve() });
    expect(goesOn).toBe(false);
    await seen(1);
    expect(drained).toEqual([]);
    held.shift()?.();
    await over.promise;
    expect(drained).toEqual([api.origin]);
    expect(dispatcherWith().dispatch(call, { onRequestStart: () => undefined })).toBe(true);
    await seen(2);
  });

  it('has an end: one call more than may wait fails at once, and the others go on', async () => {
    holdBack();
    const dispatcher = dispatcherWith({ connections: 1, waiting: 2 });
    const calls = [1, 2, 3].map(() => statusOf(request(api.origin, { dispatcher })));
    await expect(request(api.origin, { dispatcher })).rejects.toMatchObject({
      code: 'QUEUE_FULL',
      message: `2 calls to ${api.origin} wait already`,
    });
    for (let done = 1; done <= 3; done += 1) {
      await seen(done);
      held.shift()?.();
    }
    expect(await Promise.all(calls)).toEqual([200, 200, 200]);
  });

  it('has no place that is kept for callers who have gone', async () => {
    holdBack();
    const dispatcher = dispatcherWith({ connections: 1, waiting: 1 });
    const first = statusOf(request(api.origin, { dispatcher }));
    for (let caller = 0; caller < 5; caller += 1) {
      const hangingUp = new AbortController();
      const gone = request(api.origin, { dispatcher, signal: hangingUp.signal });
      hangingUp.abort(new Error('gone'));
      await expect(gone).rejects.toThrow('gone');
    }
    const last = statusOf(request(`${api.origin}/last`, { dispatcher }));
    for (const done of [1, 2]) {
      await seen(done);
      held.shift()?.();
    }
    expect(await Promise.all([first, last])).toEqual([200, 200]);
  });

  it('is ten thousand calls long where nobody says how long it is', async () => {
    holdBack();
    const dispatcher = dispatcherWith({ connections: 1 });
    const calls = Array.from({ length: 10_002 }, () => request(api.origin, { dispatcher }));
    const ends = Promise.allSettled(calls);
    await expect(calls.at(-1)).rejects.toMatchObject({ code: 'QUEUE_FULL' });
    await dispatcher.destroy();
    expect((await ends).filter(({ status }) => status === 'rejected')).toHaveLength(10_002);
  });
});

describe('the end of a dispatcher', () => {
  it('is waited for until its calls have ended, and later ones are refused', async () => {
    holdBack();
    const dispatcher = dispatcherWith({ connections: 1 });
    const calls = [1, 2].map(() => statusOf(request(api.origin, { dispatcher })));
    await seen(1);
    let isClosed = false;
    const closed = dispatcher.close().then(() => {
      isClosed = true;
    });
    await expect(request(api.origin, { dispatcher })).rejects.toMatchObject({ code: 'UND_ERR_CLOSED' });
    held.shift()?.();
    await seen(2);
    expect(isClosed).toBe(false);
    held.shift()?.();
    expect(await Promise.all(calls)).toEqual([200, 200]);
    await closed;
  });

  it('is that of its calls where it is destroyed', async () => {
    holdBack();
    const dispatcher = dispatcherWith({ connections: 1 });
    const calls = [1, 2].map(() => request(api.origin, { dispatcher }));
    const ends = Promise.allSettled(calls);
    await seen(1);
    await dispatcher.destroy();
    expect((await ends).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(api.seen).toHaveLength(1);
  });
});

/** Real input and output happen between steps of the clock. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}
