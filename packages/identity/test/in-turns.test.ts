import { describe, expect, it } from 'vitest';
import { inTurns } from '../src/passwords/in-turns.ts';
import { settle } from './identity-under-test.ts';

describe('work in turns', () => {
  it('never runs more at once than the limit, in the order in which it came', async () => {
    const turn = inTurns(2);
    const begun: number[] = [];
    const gates = Array.from({ length: 5 }, () => Promise.withResolvers<void>());
    const all = gates.map((gate, index) =>
      turn(async () => {
        begun.push(index);
        await gate.promise;
      }),
    );
    await settle();
    expect(begun).toEqual([0, 1]);
    gates[1]?.resolve();
    await settle();
    expect(begun).toEqual([0, 1, 2]);
    for (const gate of gates) gate.resolve();
    await Promise.all(all);
    expect(begun).toEqual([0, 1, 2, 3, 4]);
  });

  it('goes on after work that failed', async () => {
    const turn = inTurns(1);
    const failed = turn(async () => {
      throw new Error('no');
    });
    const next = turn(async () => 'yes');
    await expect(failed).rejects.toThrow('no');
    expect(await next).toBe('yes');
  });
});
