import { describe, expect, it } from 'vitest';
import { systemRandomness } from '../src/system-randomness.ts';

describe('the randomness of the system', () => {
  it('hands out no bytes twice, though several blocks of them are asked for', () => {
    const { bytes } = systemRandomness();
    const windows = new Set<string>();
    let asked = 0;
    for (let round = 0; round < 400; round += 1) {
      for (const length of [16, 32, 18, 64, 31]) {
        const hex = Buffer.from(bytes(length)).toString('hex');
        expect(hex).toHaveLength(2 * length);
        // Every eight bytes that follow one another: an overlap of two answers would have the same.
        for (let at = 0; at + 16 <= hex.length; at += 2) windows.add(hex.slice(at, at + 16));
        asked += length - 7;
      }
    }
    expect(windows.size).toBe(asked);
  });

  it('hands out bytes that nothing else is kept with, and that stay as they are', () => {
    const { bytes } = systemRandomness();
    const first = bytes(32);
    const before = Buffer.from(first).toString('hex');
    for (let count = 0; count < 1_000; count += 1) bytes(32).fill(1);
    expect(first.buffer.byteLength).toBe(32);
    expect(Buffer.from(first).toString('hex')).toBe(before);
  });

  it.each([0, 1, 64, 65, 256, 10_000])('hands out as many as are asked for (%i)', (length) => {
    const { bytes } = systemRandomness();
    expect(bytes(length)).toHaveLength(length);
  });

  it('differs from one that is made beside it', () => {
    expect(systemRandomness().bytes(16)).not.toEqual(systemRandomness().bytes(16));
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses what is no length (%d)', (length) => {
    expect(() => systemRandomness().bytes(length)).toThrow(RangeError);
  });
});
