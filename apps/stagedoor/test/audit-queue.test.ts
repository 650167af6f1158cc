import { ANONYMOUS_ACTOR, type AuditEntry, type RefusalCode } from '@stagedoor/access';
import { Metrics } from '@stagedoor/gateway';
import { beforeEach, describe, expect, it } from 'vitest';
import { AuditQueue, WINDOW_MS } from '../src/audit-queue.ts';

const BEAT_MS = 1000;

let now: number;
let timers: { at: number; then: () => void }[];
let metrics: Metrics;
let batches: AuditEntry[][];
let faults: unknown[];
let append: (entries: readonly AuditEntry[]) => Promise<void>;

beforeEach(() => {
  now = 0;
  timers = [];
  metrics = new Metrics();
  batches = [];
  faults = [];
  append = async (entries) => {
    batches.push([...entries]);
  };
});

function queueOf(capacity?: number): AuditQueue {
  return new AuditQueue({
    append: (entries) => append(entries),
    clock: { now: () => now },
    timer: {
      after(milliseconds, then) {
        const timer = { at: now + milliseconds, then };
        timers.push(timer);
        return () => {
          timers = timers.filter((one) => one !== timer);
        };
      },
    },
    metrics,
    onFault: (error) => faults.push(error),
    ...(capacity === undefined ? {} : { capacity }),
  });
}

/** Moves the clock and lets what became due happen, with everything that follows from it. */
async function pass(milliseconds: number): Promise<void> {
  const end = now + milliseconds;
  for (;;) {
    const [due] = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
    if (due === undefined) break;
    now = due.at;
    timers = timers.filter((one) => one !== due);
    due.then();
    await new Promise(setImmediate);
  }
  now = end;
}

function write(operation = 'createProcessInstance'): AuditEntry {
  const actor = { kind: 'user', id: 'demo', credential: 'basic' } as const;
  return {
    at: now,
    actor,
    operation,
    entityType: 'PROCESS_INSTANCE',
    entityKey: null,
    outcome: 'SUCCESS',
    code: null,
    count: 1,
  };
}

function refusal(operation = 'getTopology', code: RefusalCode = 'PASSWORD_REFUSED'): AuditEntry {
  return { ...write(operation), actor: ANONYMOUS_ACTOR, entityType: 'RESOURCE', outcome: 'FAIL', code };
}

const written = () => batches.flat();

describe('the audit queue', () => {
  it('writes what it was told at the next beat, in one batch and in order', async () => {
    const queue = queueOf();
    queue.note(write('first'));
    queue.note(write('second'));
    expect(written()).toEqual([]);
    await pass(BEAT_MS);
    expect(batches.map((batch) => batch.map(({ operation }) => operation))).toEqual([['first', 'second']]);
  });

  it('keeps no timer where it has nothing to do', async () => {
    const queue = queueOf();
    expect(timers).toEqual([]);
    queue.note(write());
    await pass(BEAT_MS);
    expect(timers).toEqual([]);
  });

  it('makes one line of equal refusals after the first, with how many there were', async () => {
    const queue = queueOf();
    for (let index = 0; index < 1000; index += 1) queue.note(refusal());
    await pass(BEAT_MS);
    expect(written().map(({ count }) => count)).toEqual([1]);
    await pass(WINDOW_MS + BEAT_MS);
    expect(written().map(({ count }) => count)).toEqual([1, 999]);
    expect(metrics.auditDropped).toBe(0);
  });

  it('keeps refusals apart that differ in operation, code or actor', async () => {
    const queue = queueOf();
    queue.note(refusal());
    queue.note(refusal('searchUsers'));
    queue.note(refusal('getTopology', 'TOKEN_EXPIRED'));
    queue.note({ ...refusal(), actor: { kind: 'client', id: 'demo', credential: 'bearer' } });
    queue.note({ ...refusal(), actor: { kind: 'user', id: 'demo', credential: 'bearer' } });
    await pass(BEAT_MS);
    expect(written()).toHaveLength(5);
  });

  it('makes one line of equal writes that failed, after the first', async () => {
    const queue = queueOf();
    for (let index = 0; index < 1000; index += 1)
      queue.note({ ...write('deleteUser'), outcome: 'FAIL', entityKey: `nobody${index}` });
    await pass(WINDOW_MS + 2 * BEAT_MS);
    expect(written().map(({ count, entityKey }) => [count, entityKey])).toEqual([
      [1, 'nobody0'],
      [999, null],
    ]);
  });

  it('names none of several things that the same failure was about', async () => {
    const queue = queueOf();
    for (const entityKey of ['1', '2', '3']) queue.note({ ...refusal(), entityKey });
    for (const entityKey of ['9', '9']) queue.note({ ...refusal('another'), entityKey });
    await queue.close();
    expect(written().map(({ entityKey, count }) => [entityKey, count])).toEqual([
      ['1', 1],
      ['9', 1],
      [null, 2],
      ['9', 1],
    ]);
  });

  it('makes one line of a client that asks for token after token', async () => {
    const queue = queueOf();
    for (let index = 0; index < 500; index += 1)
      queue.note({ ...write('login'), entityType: 'CLIENT', entityKey: 'x' });
    await queue.close();
    expect(written().map(({ entityKey, count }) => [entityKey, count])).toEqual([
      ['x', 1],
      ['x', 499],
    ]);
  });

  it('never makes one line of two writes that were done', async () => {
    const queue = queueOf();
    queue.note(write());
    queue.note(write());
    await pass(BEAT_MS);
    expect(written()).toHaveLength(2);
  });

  it('drops what does not fit, and counts it', async () => {
    const queue = queueOf(4);
    for (let index = 0; index < 7; index += 1) queue.note(write(`write${index}`));
    await pass(BEAT_MS);
    expect(written()).toHaveLength(4);
    expect(metrics.auditDropped).toBe(3);
  });

  it('keeps room for writes in a flood of refusals that are all different', async () => {
    const queue = queueOf(10);
    for (let index = 0; index < 100; index += 1) queue.note(refusal(`row${index}`));
    queue.note(write());
    await pass(BEAT_MS);
    expect(written().filter(({ code }) => code === null)).toHaveLength(1);
    expect(written()).toHaveLength(6);
    expect(metrics.auditDropped).toBe(95);
  });

  it('has room again once the minute of a flood is over', async () => {
    const queue = queueOf(4);
    for (let index = 0; index < 10; index += 1) queue.note(refusal(`row${index}`));
    await pass(WINDOW_MS + BEAT_MS);
    batches = [];
    queue.note(refusal('another'));
    await pass(BEAT_MS);
    expect(written().map(({ operation }) => operation)).toEqual(['another']);
  });

  it('tries a batch again at the next beat where it could not be written, and counts the failure', async () => {
    const queue = queueOf();
    const working = append;
    append = () => Promise.reject(new Error('the disk is full'));
    queue.note(write());
    await pass(BEAT_MS);
    expect([metrics.auditFailures, metrics.auditDropped, faults.length]).toEqual([1, 0, 1]);
    append = working;
    await pass(BEAT_MS);
    expect(written()).toHaveLength(1);
  });

  it('lets a batch go that cannot be written three times, so that what comes after it is written', async () => {
    const queue = queueOf();
    const working = append;
    append = (entries) =>
      entries.some(({ operation }) => operation === 'poison') ? Promise.reject(new Error('no')) : working(entries);
    queue.note(write('poison'));
    await pass(3 * BEAT_MS);
    expect([metrics.auditFailures, metrics.auditDropped]).toEqual([3, 1]);
    queue.note(write('good'));
    await pass(BEAT_MS);
    expect(written().map(({ operation }) => operation)).toEqual(['good']);
  });

  it('writes everything at its close, what it held back included', async () => {
    const queue = queueOf();
    for (let index = 0; index < 3; index += 1) queue.note(refusal());
    queue.note(write());
    await queue.close();
    expect(written().map(({ count }) => count)).toEqual([1, 1, 2]);
    expect(timers).toEqual([]);
  });

  it('closes also where nothing can be written, and counts what was lost', async () => {
    const queue = queueOf();
    append = () => Promise.reject(new Error('gone'));
    queue.note(write());
    for (let index = 0; index < 3; index += 1) queue.note(refusal());
    await queue.close();
    expect(metrics.auditDropped).toBe(4);
    queue.note(write());
    expect(metrics.auditDropped).toBe(5);
  });
});
