import { describe, expect, it } from 'vitest';
import { FailureLimits } from '../src/passwords/failure-limits.ts';
import { MovableTime } from './identity-under-test.ts';

function exhausted(time: MovableTime, key: string): FailureLimits {
  const limits = new FailureLimits(time);
  for (let attempt = 0; attempt < 10; attempt += 1) expect(limits.take(key)).toBe(0);
  return limits;
}

describe('limits on failures', () => {
  it('let ten attempts through at once and no eleventh', () => {
    const limits = exhausted(new MovableTime(), 'a');
    expect(limits.take('a')).toBe(10);
    expect(limits.take('a')).toBe(10);
  });

  it('limit nobody else', () => {
    expect(exhausted(new MovableTime(), 'a').take('b')).toBe(0);
  });

  it('let one more through every ten seconds, and say when', () => {
    const time = new MovableTime();
    const limits = exhausted(time, 'a');
    time.move(4000);
    expect(limits.take('a')).toBe(6);
    time.move(6000);
    expect(limits.take('a')).toBe(0);
    expect(limits.take('a')).toBe(10);
  });

  it('give no more than ten however long nothing happened', () => {
    const time = new MovableTime();
    const limits = exhausted(time, 'a');
    time.move(86_400_000);
    for (let attempt = 0; attempt < 10; attempt += 1) expect(limits.take('a')).toBe(0);
    expect(limits.take('a')).toBeGreaterThan(0);
  });

  it('give back an attempt that was not made, but no more than were taken', () => {
    const limits = exhausted(new MovableTime(), 'a');
    limits.giveBack('a');
    expect(limits.take('a')).toBe(0);
    expect(limits.take('a')).toBe(10);
    limits.giveBack('never taken');
    for (let attempt = 0; attempt < 10; attempt += 1) expect(limits.take('never taken')).toBe(0);
    expect(limits.take('never taken')).toBeGreaterThan(0);
  });

  it('forgive everything where the password was known after all', () => {
    const limits = exhausted(new MovableTime(), 'a');
    limits.forgive('a');
    expect(limits.take('a')).toBe(0);
  });

  it('give nothing for a clock that was set back', () => {
    const time = new MovableTime();
    const limits = exhausted(time, 'a');
    time.move(-3_600_000);
    expect(limits.take('a')).toBe(10);
    time.move(10_000);
    expect(limits.take('a')).toBe(0);
  });

  it('forget the oldest of too many, not the newest', () => {
    const time = new MovableTime();
    const limits = exhausted(time, 'first');
    for (let index = 0; index < 20_000; index += 1) limits.take(`key ${index}`);
    expect(limits.take('first')).toBe(0);
    for (let attempt = 0; attempt < 9; attempt += 1) limits.take('key 19999');
    expect(limits.take('key 19999')).toBe(10);
  });
});
