import { describe, expect, it } from 'vitest';
import { RecentMap } from '../src/passwords/recent-map.ts';

describe('a map of what is recent', () => {
  it('keeps what is asked for, however much comes in between', () => {
    const map = new RecentMap<number>(10);
    map.set('kept', 1);
    for (let index = 0; index < 1000; index += 1) {
      map.set(`key ${index}`, index);
      expect(map.get('kept')).toBe(1);
    }
  });

  it('forgets what nobody asked for', () => {
    const map = new RecentMap<number>(10);
    map.set('forgotten', 1);
    for (let index = 0; index < 20; index += 1) map.set(`key ${index}`, index);
    expect(map.get('forgotten')).toBeUndefined();
    expect(map.get('key 19')).toBe(19);
  });

  it('takes a new value for an old key', () => {
    const map = new RecentMap<number>(1);
    map.set('a', 1);
    map.set('b', 2);
    map.set('a', 3);
    expect(map.get('a')).toBe(3);
  });
});
