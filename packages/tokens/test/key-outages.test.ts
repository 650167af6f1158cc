import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TokenVerdict } from '@stagedoor/access';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createTokenVerifier,
  type Fetch,
  type RemoteKeySource,
  type RemoteKeySourceOptions,
  remoteKeySource,
} from '../src/index.ts';
import {
  foreignPolicy,
  ISSUER,
  jwkOf,
  type MovableClock,
  movableClock,
  rsaKey,
  sign,
  type TestKey,
} from './foreign-issuer.ts';

const KEYS = 'https://issuer.example/keys';
const MORE = 'https://issuer.example/more';
const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;

const first = rsaKey('first');
const second = rsaKey('second');

let clock: MovableClock;
let published: Map<string, readonly TestKey[] | 'down'>;
let headers: Record<string, string>;
let fetched: string[];
let problems: string[];

const fetchPublished: Fetch = async (url) => {
  fetched.push(url);
  const keys = published.get(url) ?? 'down';
  if (keys === 'down') throw new TypeError('connection refused');
  return new Response(JSON.stringify({ keys: keys.map((key) => jwkOf(key)) }), { headers });
};

beforeEach(() => {
  clock = movableClock();
  published = new Map([[KEYS, [first]]]);
  headers = {};
  fetched = [];
  problems = [];
});

function sourceOf(more: Partial<RemoteKeySourceOptions> = {}): RemoteKeySource {
  return remoteKeySource({
    from: { jwksUri: KEYS },
    clock,
    fetch: fetchPublished,
    deadline: () => new AbortController().signal,
    onProblem: (problem) => problems.push(problem),
    ...more,
  });
}

/** Verifies a token of a day; a token with the same number is the same, and may be remembered. */
function verifierOf(source: RemoteKeySource) {
  const verifier = createTokenVerifier({ policies: [foreignPolicy(source)], clock });
  const exp = clock.now() / 1000 + 30 * 86_400;
  return async (key: TestKey, number: number): Promise<TokenVerdict> => {
    const token = sign({ iss: ISSUER, client_id: 'c', aud: 'orchestration-api', exp, jti: number }, key);
    return verifier.verify({ token, api: 'orchestration', method: 'GET', url: '/' });
  };
}

describe('an outage', () => {
  it('of ten minutes fails no request whose key is known, be its token new or remembered', async () => {
    const verify = verifierOf(sourceOf());
    expect(await verify(first, 0)).toMatchObject({ kind: 'verified' });
    published.set(KEYS, 'down');
    for (let at = 0; at < 10 * MINUTE; at += 5 * SECOND) {
      clock.move(5 * SECOND);
      expect(await verify(first, 0)).toMatchObject({ kind: 'verified' });
      expect(await verify(first, at)).toMatchObject({ kind: 'verified' });
    }
    // One attempt per cooldown from the time on at which the set would have been renewed.
    expect(fetched.length).toBeLessThanOrEqual(32);
    expect(fetched.length).toBeGreaterThan(20);
  });

  it('that lasts longer than the grace ends what the keys vouch for, also for a token just remembered', async () => {
    const source = sourceOf({ graceMilliseconds: HOUR });
    const verify = verifierOf(source);
    await verify(first, 1);
    published.set(KEYS, 'down');
    clock.move(HOUR - 1);
    await source.prefetch();
    expect(await verify(first, 1)).toMatchObject({ kind: 'verified' });
    clock.move(1);
    expect(await verify(first, 1)).toMatchObject({ kind: 'unavailable' });
    expect(await verify(first, 2)).toMatchObject({ kind: 'unavailable' });
  });

  it('recovers by itself after its grace', async () => {
    const verify = verifierOf(sourceOf({ graceMilliseconds: MINUTE }));
    await verify(first, 1);
    published.set(KEYS, 'down');
    clock.move(10 * MINUTE);
    expect(await verify(first, 1)).toMatchObject({ kind: 'unavailable' });
    published.set(KEYS, [first]);
    clock.move(10 * SECOND);
    expect(await verify(first, 1)).toMatchObject({ kind: 'verified' });
  });

  it('has a grace of an hour where nothing else is said, and of a day at most', async () => {
    for (const [graceMilliseconds, ends] of [
      [undefined, HOUR],
      [365 * 24 * HOUR, 24 * HOUR],
    ] as const) {
      published.set(KEYS, [first]);
      const source = sourceOf(graceMilliseconds === undefined ? {} : { graceMilliseconds });
      await source.prefetch();
      published.set(KEYS, 'down');
      clock.move(ends - 1);
      await source.prefetch();
      expect(source.find('first', 'RS256')).toMatchObject({ kind: 'keys' });
      clock.move(1);
      expect(await source.find('first', 'RS256')).toMatchObject({ kind: 'unavailable' });
    }
  });

  it('without any grace leaves no key', async () => {
    const source = sourceOf({ graceMilliseconds: 0 });
    await source.prefetch();
    published.set(KEYS, 'down');
    await source.prefetch();
    expect(await source.find('first', 'RS256')).toMatchObject({ kind: 'unavailable' });
  });

  it('of an additional set ends the keys of that set alone', async () => {
    published.set(MORE, [second]);
    const source = sourceOf({ additionalJwksUris: [MORE], graceMilliseconds: MINUTE });
    const verify = verifierOf(source);
    expect(await verify(second, 1)).toMatchObject({ kind: 'verified' });
    published.set(MORE, 'down');
    clock.move(MINUTE);
    await source.prefetch();
    expect(await verify(second, 1)).toMatchObject({ kind: 'unavailable' });
    expect(await verify(first, 2)).toMatchObject({ kind: 'verified' });
  });
});

describe('kids that nobody published', () => {
  it('never delay the renewal, however many come', async () => {
    const source = sourceOf();
    const verify = verifierOf(source);
    expect(await verify(first, 0)).toMatchObject({ kind: 'verified' });
    clock.move(295 * SECOND);
    await source.find('just before', 'RS256');
    published.set(KEYS, [second]);
    for (let passed = 0; passed < 11; passed += 1) {
      clock.move(SECOND);
      await Promise.all(Array.from({ length: 1_000 }, (_, index) => source.find(`${passed} ${index}`, 'RS256')));
    }
    expect(await verify(first, 0)).toMatchObject({ code: 'TOKEN_KEY_UNKNOWN' });
    expect(fetched).toHaveLength(3);
  });

  it('cause no more than one attempt in ten seconds over a long time', async () => {
    const source = sourceOf();
    await source.prefetch();
    for (let at = 0; at < 100; at += 1) {
      clock.move(SECOND);
      expect(await source.find(`kid ${at}`, 'RS256')).toEqual({ kind: 'unknown' });
    }
    expect(fetched).toHaveLength(11);
  });

  it('are looked for again after half a minute only, where it is the same one', async () => {
    const source = sourceOf();
    await source.prefetch();
    for (let at = 0; at < 90; at += 1) {
      expect(await source.find('gone', 'RS256')).toEqual({ kind: 'unknown' });
      clock.move(SECOND);
    }
    expect(fetched).toHaveLength(3);
  });

  it('are forgotten when the set changes: the one that is published now verifies at once', async () => {
    const source = sourceOf();
    await source.prefetch();
    expect(await source.find('second', 'RS256')).toEqual({ kind: 'unknown' });
    published.set(KEYS, [first, second]);
    clock.move(10 * SECOND);
    await source.find('another', 'RS256');
    expect(source.find('second', 'RS256')).toMatchObject({ kind: 'keys' });
  });
});

it('a key that left the set ends the tokens that are remembered of it', async () => {
  const source = sourceOf();
  const verify = verifierOf(source);
  expect(await verify(first, 1)).toMatchObject({ kind: 'verified' });
  published.set(KEYS, [second]);
  await source.prefetch();
  expect(await verify(first, 1)).toMatchObject({ code: 'TOKEN_KEY_UNKNOWN' });
});

describe('a key set in a file', () => {
  let directory: string;
  let file: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'stagedoor-'));
    file = join(directory, 'keys.json');
  });
  afterEach(() => rmSync(directory, { recursive: true }));
  const write = (text: string) => writeFileSync(file, text);
  const writeKeys = (...keys: readonly TestKey[]) => write(JSON.stringify({ keys: keys.map((key) => jwkOf(key)) }));

  it('verifies, and nobody is asked over the network', async () => {
    writeKeys(first);
    expect(await verifierOf(sourceOf({ from: { file } }))(first, 1)).toMatchObject({ kind: 'verified' });
    expect(fetched).toEqual([]);
  });

  it('is read again: a key that was taken out does not verify any more, a new one does', async () => {
    writeKeys(first);
    const verify = verifierOf(sourceOf({ from: { file } }));
    expect(await verify(first, 1)).toMatchObject({ kind: 'verified' });
    writeKeys(second);
    clock.move(10 * SECOND);
    expect(await verify(second, 2)).toMatchObject({ kind: 'verified' });
    expect(await verify(first, 1)).toMatchObject({ code: 'TOKEN_KEY_UNKNOWN' });
  });

  it.each([
    ['is not there', () => rmSync(file, { force: true })],
    ['is no JSON', () => write('first')],
    ['has no keys', () => write('{}')],
    ['names its keys twice', () => write('{"keys":[],"keys":[]}')],
    ['is half a megabyte', () => write(`{"keys":[],"x":"${'x'.repeat(600_000)}"}`)],
  ])('that %s is an outage, with a word for the log and nothing of its content', async (_name, spoil) => {
    writeKeys(first);
    const source = sourceOf({ from: { file } });
    await source.prefetch();
    spoil();
    await source.prefetch();
    expect(source.find('first', 'RS256')).toMatchObject({ kind: 'keys' });
    expect(await source.find('second', 'RS256')).toMatchObject({ kind: 'unavailable' });
    expect(problems).toHaveLength(1);
    const fresh = sourceOf({ from: { file } });
    expect(await fresh.find('first', 'RS256')).toMatchObject({ kind: 'unavailable' });
  });

  it('is no directory', async () => {
    expect(await sourceOf({ from: { file: directory } }).find('first', 'RS256')).toMatchObject({ kind: 'unavailable' });
    expect(problems).toEqual([expect.stringContaining('is not a file')]);
  });
});

describe('the clock of the issuer', () => {
  let skews: number[];
  beforeEach(() => {
    skews = [];
  });
  const compared = () =>
    sourceOf({ skew: { fromMilliseconds: 30 * SECOND, report: (milliseconds) => skews.push(milliseconds) } });
  const says = (ahead: number) => {
    headers = { date: new Date(clock.now() + ahead).toUTCString() };
  };

  it.each([90 * SECOND, -90 * SECOND])('that differs by %d ms is reported, and only once', async (ahead) => {
    says(ahead);
    const source = compared();
    await source.prefetch();
    await source.prefetch();
    expect(skews).toEqual([ahead]);
  });

  it('is reported when it begins to differ', async () => {
    says(0);
    const source = compared();
    await source.prefetch();
    says(30 * SECOND);
    await source.prefetch();
    expect(skews).toEqual([30 * SECOND]);
  });

  it('says nothing where it differs by less, where it cannot be read, and where a cache kept the answer', async () => {
    const source = compared();
    says(29 * SECOND);
    await source.prefetch();
    headers = { date: 'yesterday' };
    await source.prefetch();
    headers = {};
    await source.prefetch();
    headers = { date: new Date(clock.now() - HOUR).toUTCString(), age: '3600' };
    await source.prefetch();
    expect(skews).toEqual([]);
  });

  it('is not blamed for the time that its answer took', async () => {
    const slow: Fetch = async (url, init) => {
      says(0);
      const answer = await fetchPublished(url, init);
      clock.move(45 * SECOND);
      return answer;
    };
    await sourceOf({
      fetch: slow,
      skew: { fromMilliseconds: 30 * SECOND, report: (milliseconds) => skews.push(milliseconds) },
    }).prefetch();
    expect(skews).toEqual([]);
  });
});
