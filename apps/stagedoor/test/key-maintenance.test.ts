import type { AuditEntry } from '@stagedoor/access';
import type { KeyRotation } from '@stagedoor/tokens';
import { beforeEach, describe, expect, it } from 'vitest';
import { keepKeysRotating } from '../src/key-maintenance.ts';

const ROTATION: KeyRotation = { kid: 'next-key', signsFrom: 7, withdrawn: [] };

let due: (() => void) | undefined;
let waits: number[];
let noted: AuditEntry[];
let faults: unknown[];

beforeEach(() => {
  due = undefined;
  waits = [];
  noted = [];
  faults = [];
});

function keep(maintain: () => Promise<KeyRotation | null>): () => Promise<void> {
  return keepKeysRotating({
    keys: { maintain },
    clock: { now: () => 1000 },
    timer: {
      after(milliseconds, then) {
        waits.push(milliseconds);
        due = then;
        return () => {
          due = undefined;
        };
      },
    },
    audit: { note: (entry) => noted.push(entry) },
    onFault: (error) => faults.push(error),
  });
}

async function passAMinute(): Promise<void> {
  due?.();
  await new Promise(setImmediate);
}

describe('the rotation of signing keys by schedule', () => {
  it('is looked after at the start and every minute, and each rotation is a line of the audit log', async () => {
    const outcomes = [null, ROTATION, null];
    keep(async () => outcomes.shift() ?? null);
    await passAMinute();
    await passAMinute();
    expect(outcomes).toEqual([]);
    expect(waits).toEqual([60_000, 60_000, 60_000]);
    expect(noted).toMatchObject([
      {
        at: 1000,
        actor: { kind: 'configuration' },
        operation: 'key.rotate',
        entityType: 'RESOURCE',
        entityKey: 'next-key',
        outcome: 'SUCCESS',
      },
    ]);
  });

  it('goes on a minute later where it failed, says so, and notes no rotation', async () => {
    const outcomes = [Promise.reject(new Error('the disk is full')), Promise.resolve(ROTATION)];
    keep(() => outcomes.shift() ?? Promise.resolve(null));
    await passAMinute();
    expect(faults).toHaveLength(1);
    expect(noted).toHaveLength(1);
  });

  it('ends with the program, after what is under way', async () => {
    let finish: (() => void) | undefined;
    const stop = keep(
      () =>
        new Promise((resolve) => {
          finish = () => resolve(ROTATION);
        }),
    );
    const stopped = stop();
    expect(due).toBeUndefined();
    expect(noted).toEqual([]);
    finish?.();
    await stopped;
    expect(noted).toHaveLength(1);
  });
});
