import { beforeEach, describe, expect, it } from 'vitest';
import { type Fetch, type RemoteKeySource, remoteKeySource } from '../src/index.ts';
import { jwkOf, type MovableClock, movableClock, rsaKey, type TestKey } from './foreign-issuer.ts';

const SECOND = 1_000;
const MINUTE = 60_000;
const first = rsaKey('first');
const second = rsaKey('second');

let clock: MovableClock;
let published: readonly TestKey[] | 'down';
let fetched: number;
let source: RemoteKeySource;
let problems: string[];

const fetchPublished: Fetch = async () => {
  fetched += 1;
  if (published === 'down') throw new TypeError('connection refused');
  return new Response(JSON.stringify({ keys: published.map((key) => jwkOf(key)) }));
};

beforeEach(() => {
  clock = movableClock();
  published = [first];
  fetched = 0;
  problems = [];
  source = remoteKeySource({
    from: { jwksUri: 'https://issuer.example/keys' },
    clock,
    fetch: fetchPublished,
    deadline: () => new AbortController().signal,
    onProblem: (problem) => problems.push(problem),
  });
});

/** As a timer does, for so long, with no request at all. */
async function looks(milliseconds: number): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed += 30 * SECOND) {
    clock.move(30 * SECOND);
    await source.renewWhereDue();
  }
}

describe('keys that a timer looks after', () => {
  it('are renewed every five minutes through a night without requests, so that no request waits for them', async () => {
    await source.prefetch();
    await looks(8 * 60 * MINUTE);
    expect(fetched).toBe(1 + (8 * 60) / 5);
    // An answer and not a promise of one.
    expect(source.find('first', 'RS256')).toMatchObject({ kind: 'keys' });
  });

  it('are forgotten after they were taken back, though nobody presented a token', async () => {
    await source.prefetch();
    const { epoch } = source;
    published = [second];
    await looks(6 * MINUTE);
    expect(source.epoch).toBe(epoch + 1);
    expect(source.find('second', 'RS256')).toMatchObject({ kind: 'keys' });
    expect(await source.find('first', 'RS256')).toEqual({ kind: 'unknown' });
  });

  it('are looked for again half a minute after an attempt that failed, also where there were none yet', async () => {
    published = 'down';
    await source.prefetch();
    await looks(2 * MINUTE);
    expect(fetched).toBe(5);
    published = [first];
    await looks(30 * SECOND);
    expect(source.find('first', 'RS256')).toMatchObject({ kind: 'keys' });
  });

  it('are not asked for while they are young, nor within the cool-down of an attempt', async () => {
    await source.prefetch();
    await looks(4 * MINUTE);
    expect(fetched).toBe(1);
    published = 'down';
    await looks(MINUTE);
    expect(fetched).toBe(2);
    clock.move(9 * SECOND);
    await source.renewWhereDue();
    expect(fetched).toBe(2);
  });

  it('fill no log while they cannot be had: an outage is named when it begins, and every ten minutes', async () => {
    await source.prefetch();
    published = 'down';
    await looks(65 * MINUTE);
    expect(fetched).toBeGreaterThan(100);
    // It is noticed after five minutes, when the keys are renewed.
    expect(problems).toHaveLength(7);
    published = [first];
    await looks(MINUTE);
    published = 'down';
    await looks(6 * MINUTE);
    expect(problems).toHaveLength(8);
  });
});
