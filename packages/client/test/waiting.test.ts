import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fixedSecret, type RenewalSettings, Secret, type SecretSource, TokenManager } from '../src/index.ts';
import type { AskForToken, Replaced } from '../src/request-token.ts';
import { MovableClock } from './movable-clock.ts';
import { granted, refused, TokenEndpoint } from './token-endpoint.ts';

const MINUTE = 60_000;

let issuer: TokenEndpoint;
let clock: MovableClock;

beforeEach(async () => {
  issuer = await TokenEndpoint.start();
  clock = new MovableClock();
});
afterEach(() => issuer.stop());

function tokenWith(settings: Partial<RenewalSettings> = {}, secret: SecretSource = fixedSecret('s3cret')) {
  const authentication = { kind: 'secret', secret, sentIn: 'body' } as const;
  const manager = new TokenManager({ clock, random: () => 0.5, ...settings });
  return manager.tokenFor({ endpoint: issuer.url, clientId: 'worker', authentication });
}

/** A secret that is looked at by this function. */
function secretBy(read: SecretSource['read']): SecretSource {
  const source: SecretSource = { read, isSameAs: (other) => other === source };
  return source;
}

const unavailable = () => ({ status: 503, body: '' });

describe('renewing ahead', () => {
  it.each([
    [0, 225_000],
    [1, 255_000],
  ])('is jittered: where chance says %d it begins %d ms after the request', async (chance, at) => {
    const token = tokenWith({ random: () => chance });
    await token.get();
    clock.move(at - 1);
    token.atHand();
    await settled();
    expect(issuer.seen).toHaveLength(1);
    clock.move(1);
    token.atHand();
    await until(() => issuer.seen.length === 2);
  });

  it('that is refused is told to nobody before the old token has expired, and then to everybody', async () => {
    const token = tokenWith();
    await token.get();
    issuer.answers(() => refused('unauthorized_client'));
    clock.move(250_000);
    expect((await token.get()).value).toBe('token-1');
    await until(() => issuer.seen.length === 2);
    await settled();
    expect((await token.get()).value).toBe('token-1');
    clock.move(50_000);
    await expect(token.get()).rejects.toMatchObject({ error: 'unauthorized_client' });
    expect(issuer.seen).toHaveLength(2);
  });
});

describe('a caller who has gone', () => {
  it('gets nothing, not even what is at hand', async () => {
    const token = tokenWith();
    await token.get();
    await expect(token.get({ signal: AbortSignal.abort(new Error('gone')) })).rejects.toThrow('gone');
  });

  it('while a secret was read costs no request', async () => {
    let goOn: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (goOn = resolve));
    let reads = 0;
    const slow = secretBy(async () => {
      reads += 1;
      if (reads > 3) await gate;
      return new Secret(`${reads}`);
    });
    issuer.answers(() => refused('invalid_client'));
    const token = tokenWith({}, slow);
    reads = -9;
    await expect(token.get()).rejects.toMatchObject({ error: 'invalid_client' });
    const before = issuer.seen.length;
    reads = 3;
    const hangingUp = new AbortController();
    const gone = token.get({ signal: hangingUp.signal });
    hangingUp.abort(new Error('gone'));
    goOn();
    await expect(gone).rejects.toThrow('gone');
    expect(issuer.seen).toHaveLength(before);
  });

  it('and one who was served leave no timer and no listener behind', async () => {
    const token = tokenWith();
    const { signal } = new AbortController();
    await token.get({ signal });
    clock.move(5 * MINUTE);
    issuer.answers((_request, count) => (count > 2 ? granted('back') : unavailable()));
    const waiting = token.get({ signal });
    await until(() => issuer.seen.length === 2 && clock.next === 375);
    clock.move(375);
    await waiting;
    await settled();
    expect(clock.next).toBeUndefined();
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('while the issuer wanted a pause leaves no timer behind, which would keep his process alive', async () => {
    issuer.answers(() => ({ status: 429, headers: { 'retry-after': '30' }, body: '' }));
    const hangingUp = new AbortController();
    const gone = tokenWith().get({ signal: hangingUp.signal });
    await until(() => clock.next === 30_000);
    hangingUp.abort(new Error('gone'));
    await expect(gone).rejects.toThrow('gone');
    expect(clock.next).toBeUndefined();
    expect(getEventListeners(hangingUp.signal, 'abort')).toEqual([]);
  });
});

describe('pauses', () => {
  it('are never nothing, whatever chance says', async () => {
    issuer.answers(unavailable);
    const told = tokenWith({ random: () => 0 }).get({ patience: 100 });
    await expect(told).rejects.toMatchObject({ retryAfter: 250 });
  });

  it('are short again once there was a token', async () => {
    issuer.answers((_request, count) => (count === 4 ? granted('between', { expires_in: 5 }) : unavailable()));
    const token = tokenWith();
    for (const pause of [375, 750, 1_500]) {
      await expect(token.get({ patience: 1 })).rejects.toMatchObject({ retryAfter: pause });
      clock.move(pause);
    }
    await token.get();
    clock.move(5_000);
    await expect(token.get({ patience: 1 })).rejects.toMatchObject({ retryAfter: 375 });
  });

  it.each([
    ['0', 500],
    ['-5', 500],
    ['1.5', 500],
    ['2', 2_000],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 500],
    ['Fri, 31 Dec 9999 23:59:59 GMT', 10 * MINUTE],
    ['9'.repeat(400), 10 * MINUTE],
    ['soon', 375],
    ['120, 60', 375],
    [' ', 375],
  ])('are neither nothing nor days where the issuer says `%s`', async (said, pause) => {
    issuer.answers(() => ({ status: 503, headers: { 'retry-after': said }, body: '' }));
    await expect(tokenWith().get({ patience: 1 })).rejects.toMatchObject({ retryAfter: pause });
    expect(issuer.seen).toHaveLength(1);
  });

  it.each([
    [408, ''],
    [429, ''],
    [500, ''],
    [400, { error: 'slow_down' }],
    [400, { error: 'temporarily_unavailable' }],
    [401, { error: 'server_error' }],
  ])('follow %d %j, which is no refusal', async (status, body) => {
    issuer.answers((_request, count) => (count > 1 ? granted('back') : { status, body }));
    const token = tokenWith();
    await expect(token.get({ patience: 1 })).rejects.toMatchObject({ code: 'TOKEN_UNAVAILABLE' });
    clock.move(MINUTE);
    expect((await token.get()).value).toBe('back');
  });

  it('follow a request that nobody answers in time, which is given up and made again', async () => {
    issuer.answers((_request, count) => (count > 1 ? granted('at-last') : new Promise(() => undefined)));
    const token = tokenWith().get();
    await until(() => issuer.seen.length === 1);
    clock.move(10_000);
    await until(() => clock.next === 375);
    clock.move(375);
    expect((await token).value).toBe('at-last');
  });

  it('follow a token that had expired when it arrived', async () => {
    issuer.answers((_request, count) => {
      if (count > 1) return granted('in-time');
      clock.move(5_000);
      return granted('late', { expires_in: 5 });
    });
    const token = tokenWith({ timeout: MINUTE });
    await expect(token.get({ patience: 5_100 })).rejects.toThrow(/had expired when it arrived/);
    clock.move(MINUTE);
    expect((await token.get()).value).toBe('in-time');
  });
});

describe('a token that the API refused', () => {
  it('may be followed by another that is refused, half a minute later', async () => {
    const token = tokenWith();
    expect(token.reject(await token.get())).toBe(true);
    expect(token.reject(await token.get())).toBe(false);
    clock.move(30_000);
    expect(token.reject(await token.get())).toBe(true);
    expect((await token.get()).value).toBe('token-3');
  });

  it('is named to whoever is asked for another, and once that is there no more', async () => {
    const named: (string | undefined)[] = [];
    const ask: AskForToken = async (_request, _asking, replaced: Replaced | undefined) => {
      named.push(replaced?.rejected === true ? replaced.token.value : undefined);
      const obtained = clock.monotonic();
      const token = { value: `token-${named.length}`, obtained, expires: obtained + 300_000, scope: undefined };
      return { outcome: { kind: 'token', token }, skew: undefined };
    };
    const token = tokenWith({ ask });
    token.reject(await token.get());
    await token.get();
    clock.move(300_000);
    await token.get();
    expect(named).toEqual([undefined, 'token-1', undefined]);
  });
});

describe('a token that somebody on this host had already', () => {
  const old = (left: () => number): AskForToken => {
    let count = 0;
    return async () => {
      count += 1;
      const expires = clock.monotonic() + left();
      const token = { value: `token-${count}`, obtained: expires - 300_000, expires, scope: undefined };
      return { outcome: { kind: 'token', token }, skew: undefined };
    };
  };

  it('is too old for a poll of 30 s, and is replaced before the poll starts', async () => {
    let left = 4_000;
    const ask = old(() => {
      const given = left;
      left = 300_000;
      return given;
    });
    const token = tokenWith({ ask });
    expect((await token.get({ minimumLife: 30_000 })).value).toBe('token-2');
  });

  it('is taken where there is none but old ones, after one more attempt', async () => {
    const token = tokenWith({ ask: old(() => 4_000) });
    expect((await token.get({ minimumLife: 30_000 })).value).toBe('token-2');
    expect((await token.get()).value).toBe('token-2');
  });

  it('serves a need that is no number as it serves none', async () => {
    const token = tokenWith({ ask: old(() => 4_000) });
    await token.get();
    expect((await token.get({ minimumLife: Number.NaN })).value).toBe('token-1');
    clock.move(2_000);
    expect((await token.get({ minimumLife: Number.NaN })).value).not.toBe('token-1');
  });
});

describe('a secret that was refused', () => {
  it('is looked for once more, though nothing said that it had changed', async () => {
    let looked = false;
    const stale = secretBy((anew) => {
      looked ||= anew === true;
      return new Secret(looked ? 'new' : 'old');
    });
    issuer.answers(({ body }) => (body.get('client_secret') === 'new' ? granted('good') : refused('invalid_client')));
    expect((await tokenWith({}, stale).get()).value).toBe('good');
    expect(issuer.seen).toHaveLength(2);
  });

  it('and is another one each time it is looked at is not asked about for ever', async () => {
    let looks = 0;
    const restless = secretBy(() => {
      looks += 1;
      return new Secret(`${looks}`);
    });
    issuer.answers(() => refused('invalid_client'));
    await expect(tokenWith({}, restless).get()).rejects.toMatchObject({ error: 'invalid_client' });
    expect(issuer.seen.length).toBeLessThan(6);
  });
});

describe('an assertion that is refused', () => {
  it('is not signed once more where the clocks agree', async () => {
    const usages: ('sign' | 'verify')[] = ['sign', 'verify'];
    const { privateKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, usages);
    const key = { privateKey, algorithm: 'ES256', known: {} } as const;
    const authentication = { kind: 'assertion', key: { read: () => key } } as const;
    issuer.answers(() => refused('invalid_client'));
    const manager = new TokenManager({ clock });
    const token = manager.tokenFor({ endpoint: issuer.url, clientId: 'worker', authentication });
    await expect(token.get()).rejects.toMatchObject({ error: 'invalid_client' });
    expect(issuer.seen).toHaveLength(1);
  });
});

/** Real input and output happen between steps of the clock. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
