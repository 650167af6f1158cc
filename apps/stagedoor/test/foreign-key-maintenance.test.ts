import { describe, expect, it } from 'vitest';
import { keepForeignKeysFresh } from '../src/foreign-key-maintenance.ts';

/** A timer whose moment comes when the test says so. */
function timerByHand() {
  const waiting = new Set<{ readonly milliseconds: number; readonly then: () => void }>();
  return {
    waiting,
    after: (milliseconds: number, then: () => void) => {
      const one = { milliseconds, then };
      waiting.add(one);
      return () => void waiting.delete(one);
    },
    ring: () => {
      const now = [...waiting];
      waiting.clear();
      for (const one of now) one.then();
    },
  };
}

function countingSource() {
  const source = {
    prefetched: 0,
    looked: 0,
    prefetch: async () => {
      source.prefetched += 1;
    },
    renewWhereDue: async () => {
      source.looked += 1;
    },
  };
  return source;
}

describe('the keys of foreign issuers', () => {
  it('are fetched at once and looked after every half minute, each issuer’s by itself', () => {
    const timer = timerByHand();
    const sources = [countingSource(), countingSource()];
    keepForeignKeysFresh({ sources, timer });
    expect(sources.map(({ prefetched, looked }) => [prefetched, looked])).toEqual([
      [1, 0],
      [1, 0],
    ]);
    for (let round = 1; round <= 3; round += 1) {
      expect([...timer.waiting].map(({ milliseconds }) => milliseconds)).toEqual([30_000]);
      timer.ring();
      expect(sources.map(({ looked }) => looked)).toEqual([round, round]);
    }
  });

  it('are left alone after the end', () => {
    const timer = timerByHand();
    const source = countingSource();
    const stop = keepForeignKeysFresh({ sources: [source], timer });
    timer.ring();
    stop();
    expect(timer.waiting.size).toBe(0);
    expect(source.looked).toBe(1);
  });
});
