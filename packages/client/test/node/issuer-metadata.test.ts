import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Credentials, credentialsFromEnvironment } from '../../src/node/index.ts';
import { Api } from '../api.ts';
import { MovableClock } from '../movable-clock.ts';
import { type Answer, granted, TokenEndpoint } from '../token-endpoint.ts';

const METADATA = '/.well-known/openid-configuration';

let api: Api;
let issuer: TokenEndpoint;
let clock: MovableClock;
const opened: Credentials[] = [];

beforeEach(async () => {
  [api, issuer] = await Promise.all([Api.start(), TokenEndpoint.start()]);
  clock = new MovableClock();
});
afterEach(() => Promise.all([api.stop(), issuer.stop(), ...opened.splice(0).map((one) => one.close())]));

/** Answers of the metadata in turn, the last one for ever; undefined is what they should be. */
function metadataAre(...answers: readonly (Answer | undefined)[]): void {
  const good = { status: 200, body: { issuer: issuer.url.origin, token_endpoint: issuer.url.href } };
  const turns = [...answers];
  issuer.answers(({ path }) => {
    if (path !== METADATA) return granted('found');
    return (turns.length > 1 ? turns.shift() : turns[0]) ?? good;
  });
}

function caller(at: string = issuer.url.origin) {
  const environment = {
    CAMUNDA_REST_ADDRESS: api.origin,
    CAMUNDA_CLIENT_ID: 'worker',
    CAMUNDA_CLIENT_SECRET: 's3cret',
    CAMUNDA_ISSUER_URL: at,
  };
  const found = credentialsFromEnvironment(environment, { clock, broker: false });
  opened.push(found);
  return found.fetchFor('orchestration');
}

const asked = () => issuer.seen.filter(({ path }) => path === METADATA).length;
const unavailable = { status: 503, body: '' };

describe('an issuer that cannot say yet where its tokens are', () => {
  it('is waited for by all together, with growing pauses', async () => {
    metadataAre(unavailable, unavailable, undefined);
    const call = caller();
    const calls = Array.from({ length: 50 }, () => call(api.origin));
    for (const pause of [500, 1_000]) {
      await until(() => clock.next === pause);
      clock.move(pause);
    }
    expect(new Set((await Promise.all(calls)).map(({ status }) => status))).toEqual(new Set([200]));
    expect(asked()).toBe(3);
  });

  it('is not asked by each call that has no patience, and tells each when asking may help', async () => {
    metadataAre(unavailable);
    const call = caller();
    for (let calls = 0; calls < 20; calls += 1)
      await expect(call(api.origin, { tokenNeed: { patience: 10 } })).rejects.toMatchObject({
        code: 'TOKEN_UNAVAILABLE',
        retryAfter: 500,
      });
    expect(asked()).toBe(1);
    expect(api.seen).toHaveLength(0);
  });

  it('is obeyed when it asks for more time', async () => {
    metadataAre({ status: 429, headers: { 'retry-after': '40' }, body: '' }, undefined);
    const call = caller();
    await expect(call(api.origin, { tokenNeed: { patience: 10 } })).rejects.toMatchObject({ retryAfter: 40_000 });
    clock.move(39_000);
    await expect(call(api.origin, { tokenNeed: { patience: 10 } })).rejects.toMatchObject({ retryAfter: 1_000 });
    expect(asked()).toBe(1);
    clock.move(1_000);
    expect((await call(api.origin)).status).toBe(200);
  });

  it('is not asked for a caller who has gone', async () => {
    const call = caller();
    const sent = vi.spyOn(globalThis, 'fetch');
    await expect(call(api.origin, { signal: AbortSignal.abort(new Error('gone')) })).rejects.toThrow('gone');
    expect(sent).not.toHaveBeenCalled();
    sent.mockRestore();
  });
});

describe('what is no metadata', () => {
  it('is told at once, without a request for each call, and looked at again later', async () => {
    metadataAre({ status: 200, body: '<html>' }, undefined);
    const call = caller();
    for (let calls = 0; calls < 5; calls += 1)
      await expect(call(api.origin)).rejects.toMatchObject({ code: 'TOKEN_ANSWER_UNREADABLE' });
    expect(asked()).toBe(1);
    clock.move(500);
    expect((await call(api.origin)).status).toBe(200);
  });
});

/** Real input and output happen between steps of the clock. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}
