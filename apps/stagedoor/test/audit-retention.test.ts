import { beforeEach, describe, expect, it } from 'vitest';
import { keepAuditLogShort } from '../src/audit-retention.ts';

const DAY_MS = 86_400_000;
const START = 1000 * DAY_MS;

let now: number;
let due: { at: number; then: () => void } | undefined;
let pruned: number[];
let faults: unknown[];

beforeEach(() => {
  now = START;
  due = undefined;
  pruned = [];
  faults = [];
});

function keep(prune: (before: number) => Promise<unknown>): () => Promise<void> {
  return keepAuditLogShort({
    prune,
    retentionMilliseconds: 90 * DAY_MS,
    clock: { now: () => now },
    timer: {
      after(milliseconds, then) {
        due = { at: now + milliseconds, then };
        return () => {
          due = undefined;
        };
      },
    },
    onFault: (error) => faults.push(error),
  });
}

async function passADay(): Promise<void> {
  now += DAY_MS;
  if (due !== undefined && due.at <= now) due.then();
  await new Promise(setImmediate);
}

const noting = async (before: number) => {
  pruned.push(before);
};

describe('the retention of the audit log', () => {
  it('deletes what is older at the start, and once a day', async () => {
    keep(noting);
    expect(pruned).toEqual([START - 90 * DAY_MS]);
    await passADay();
    await passADay();
    expect(pruned).toEqual([START - 90 * DAY_MS, START - 89 * DAY_MS, START - 88 * DAY_MS]);
  });

  it('goes on the next day where it failed, and says so', async () => {
    keep(async () => {
      throw new Error('the disk is full');
    });
    await passADay();
    await passADay();
    expect(faults).toHaveLength(3);
  });

  it('ends, after what it was doing', async () => {
    const underWay = Promise.withResolvers<void>();
    const stop = keep(() => underWay.promise);
    let stopped = false;
    const stopping = stop().then(() => {
      stopped = true;
    });
    await new Promise(setImmediate);
    expect([stopped, due]).toEqual([false, undefined]);
    underWay.resolve();
    await stopping;
    expect(stopped).toBe(true);
  });
});
