import { describe, expect, it } from 'vitest';
import { FairQueue } from '../src/passwords/fair-queue.ts';

const waiting = (network: string, name: string, number = 0) => ({ network, name, number });

function order<W extends { network: string; name: string; number: number }>(queue: FairQueue<W>): string[] {
  const all: string[] = [];
  for (let next = queue.next(); next !== undefined; next = queue.next())
    all.push(`${next.network}${next.name}${next.number}`);
  return all;
}

describe('a fair queue', () => {
  it('serves one place and one name in the order of arrival', () => {
    const queue = new FairQueue<ReturnType<typeof waiting>>(10);
    for (let number = 1; number <= 3; number += 1) queue.add(waiting('A', 'x', number));
    expect(order(queue)).toEqual(['Ax1', 'Ax2', 'Ax3']);
    expect(queue.next()).toBeUndefined();
  });

  it('goes round the places, and within a place round the names', () => {
    const queue = new FairQueue<ReturnType<typeof waiting>>(20);
    for (let number = 1; number <= 3; number += 1) {
      queue.add(waiting('A', 'x', number));
      queue.add(waiting('A', 'y', number));
    }
    queue.add(waiting('B', 'x', 1));
    queue.add(waiting('C', 'z', 1));
    expect(order(queue)).toEqual(['Ax1', 'Bx1', 'Cz1', 'Ay1', 'Ax2', 'Ay2', 'Ax3', 'Ay3']);
  });

  it('gives a place that comes back no turn before those who wait', () => {
    const queue = new FairQueue<ReturnType<typeof waiting>>(20);
    queue.add(waiting('A', 'x', 1));
    queue.add(waiting('B', 'x', 1));
    expect(queue.next()).toMatchObject({ network: 'A' });
    queue.add(waiting('A', 'x', 2));
    expect(queue.next()).toMatchObject({ network: 'B' });
  });

  it('lets somebody leave, once', () => {
    const queue = new FairQueue<ReturnType<typeof waiting>>(10);
    const first = waiting('A', 'x', 1);
    queue.add(first);
    queue.add(waiting('A', 'x', 2));
    expect(queue.remove(first)).toBe(true);
    expect(queue.remove(first)).toBe(false);
    expect(queue.remove(waiting('B', 'x', 1))).toBe(false);
    expect(order(queue)).toEqual(['Ax2']);
  });

  it('does not let in a newcomer from the place that fills it', () => {
    const queue = new FairQueue<ReturnType<typeof waiting>>(3);
    for (let number = 1; number <= 3; number += 1) queue.add(waiting('A', 'x', number));
    const newcomer = waiting('A', 'y', 4);
    expect(queue.add(newcomer)).toBe(newcomer);
    expect(order(queue)).toEqual(['Ax1', 'Ax2', 'Ax3']);
  });

  it('makes the place that fills it give way to a newcomer from elsewhere: the last of its longest name goes', () => {
    const queue = new FairQueue<ReturnType<typeof waiting>>(4);
    for (let number = 1; number <= 3; number += 1) queue.add(waiting('A', 'x', number));
    queue.add(waiting('A', 'y', 1));
    expect(queue.add(waiting('B', 'x', 1))).toMatchObject({ network: 'A', name: 'x', number: 3 });
    expect(order(queue)).toEqual(['Ax1', 'Bx1', 'Ay1', 'Ax2']);
  });

  it('turns a newcomer away where every place has as many as he would have', () => {
    const queue = new FairQueue<ReturnType<typeof waiting>>(2);
    queue.add(waiting('A', 'x', 1));
    queue.add(waiting('B', 'x', 1));
    const newcomer = waiting('C', 'x', 1);
    expect(queue.add(newcomer)).toBe(newcomer);
  });

  it('has room again after a turn', () => {
    const queue = new FairQueue<ReturnType<typeof waiting>>(1);
    queue.add(waiting('A', 'x', 1));
    queue.next();
    expect(queue.add(waiting('B', 'x', 1))).toBeUndefined();
  });
});
