import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GrantIndex } from '../src/grant-index.ts';
import { RESOURCE_PERMISSIONS } from '../src/index.ts';
import { PersistentMap } from '../src/persistent-map.ts';
import { RowColumns, SortedRows } from '../src/sorted-rows.ts';
import { grant } from './records.ts';

type Row = { readonly first: number; readonly second: number; readonly bits: number };

// Few numbers, so that rows repeat; long enough lists that leaves fill, split and empty.
const row: fc.Arbitrary<Row> = fc.record({
  first: fc.integer({ min: -3, max: 60 }),
  second: fc.integer({ min: -2, max: 40 }),
  bits: fc.constantFrom(1, 2, 3, 0x8000),
});
const rows = fc.array(row, { minLength: 0, maxLength: 1500, size: 'max' });

describe('a table of sorted rows', () => {
  it('has after any number of insertions and removals what a plain list has', () => {
    fc.assert(
      fc.property(rows, rows, rows, (made, added, taken) => {
        let table = tableOf(made);
        let list = [...made];
        for (const one of added) table = table.with(one);
        list.push(...added);
        for (const { first, second } of taken) {
          table = table.without(first, second);
          list = list.filter((one) => one.first !== first || one.second !== second);
        }
        expect(table.size).toBe(list.length);
        expect(sorted(contentOf(table))).toEqual(sorted(list));
        const order = contentOf(table).map((one) => one.first);
        expect(order).toEqual([...order].sort((one, other) => one - other));
        for (let first = -4; first <= 61; first += 1) {
          for (const bits of [1, 2, 4, 0x8000]) expect(isFound(table, first, bits)).toBe(isListed(list, first, bits));
        }
      }),
      { numRuns: 8 },
    );
  });

  it('stays as it was when another is made from it', () => {
    const table = tableOf([{ first: 1, second: 1, bits: 1 }]);
    table.with({ first: 0, second: 1, bits: 1 });
    table.without(1, 1);
    expect(contentOf(table)).toEqual([{ first: 1, second: 1, bits: 1 }]);
  });

  it('finds nothing in no rows', () => {
    expect(tableOf([]).find(1, 0xffff)).toBeUndefined();
    expect(tableOf([]).without(1, 1).size).toBe(0);
  });
});

describe('a persistent map', () => {
  it('has after any changes what a plain map has, and stays as it was', () => {
    const entry = fc.tuple(
      fc.integer({ min: 0, max: 500 }).map((number) => `key ${number}`),
      fc.option(fc.nat(), { nil: undefined }),
    );
    fc.assert(
      fc.property(fc.array(fc.array(entry, { maxLength: 300, size: 'max' }), { maxLength: 6 }), (batches) => {
        const plain = new Map<string, number>();
        let map: PersistentMap<number> = PersistentMap.of([], 0);
        for (const batch of batches) {
          const before = new Map(map.entries());
          const next = map.with(new Map(batch));
          expect(new Map(map.entries())).toEqual(before);
          for (const change of batch) changePlainly(plain, change);
          map = next;
          expect(new Map(map.entries())).toEqual(plain);
          expect(map.size).toBe(plain.size);
          for (const key of ['key 1', 'key 77', 'none']) expect(map.get(key)).toBe(plain.get(key));
        }
      }),
      { numRuns: 60 },
    );
  });

  it.each(['__proto__', 'constructor', ''])('has no %j that nobody put in', (key) => {
    expect(PersistentMap.of([['a', 1]], 1).get(key)).toBeUndefined();
  });
});

describe('the index of the grants', () => {
  it('has room for every permission of every resource type', () => {
    for (const permissions of Object.values(RESOURCE_PERMISSIONS)) expect(permissions.length).toBeLessThanOrEqual(16);
    expect(Object.keys(RESOURCE_PERMISSIONS).length).toBeLessThan(32);
  });

  it('forgets the names of grants that are gone, and keeps those that stay', () => {
    const kept = grant(['USER', 'ann'], ['USER', 'kept'], 'READ');
    let index = GrantIndex.of([kept], 1);
    for (let round = 0; round < 6000; round += 1) {
      index = index.with('passing', { ...grant(['CLIENT', `c${round}`], ['USER', `u${round}`], 'READ') });
      index = index.with('passing', null);
    }
    expect(index.size).toBe(1);
    expect(index.idNumber('u1')).toBeUndefined();
    expect(index.shelf('CLIENT', 'c1', 'USER')).toBeUndefined();
    const shelf = index.shelf('USER', 'ann', 'USER') ?? -1;
    expect(index.keyOnId(shelf, null, index.idNumber('kept') ?? -1, 0xffff)).toBe(kept.authorizationKey);
    expect(index.with(kept.authorizationKey, null).size).toBe(0);
  });

  it.each(['9007199254740993', '007', '-1', '1e3', ' 1', 'odd'])(
    'takes %j for a key of its own, and for no other',
    (authorizationKey) => {
      const one = { ...grant(['USER', 'ann'], ['USER', 'x'], 'READ'), authorizationKey };
      const index = GrantIndex.of([one, { ...one, authorizationKey: '7' }], 2);
      for (const other of ['9007199254740992', '8', '-2', '1000', '1']) expect(index.with(other, null).size).toBe(2);
      expect(index.with(authorizationKey, null).size).toBe(1);
      expect(index.with(authorizationKey, null).with('7', null).size).toBe(0);
    },
  );
});

function tableOf(list: readonly Row[]): SortedRows {
  const columns = new RowColumns(list.length);
  for (const one of list) columns.push(one);
  return SortedRows.of(columns);
}

function contentOf(table: SortedRows): Row[] {
  const content: Row[] = [];
  table.scan(Number.NEGATIVE_INFINITY, (first, second, bits) => {
    content.push({ first, second, bits });
    return true;
  });
  return content;
}

function sorted(list: readonly Row[]): Row[] {
  return [...list].sort((a, b) => a.first - b.first || a.second - b.second || a.bits - b.bits);
}

function changePlainly(map: Map<string, number>, [key, value]: readonly [string, number | undefined]): void {
  if (value === undefined) map.delete(key);
  else map.set(key, value);
}

function isFound(table: SortedRows, first: number, bits: number): boolean {
  return table.find(first, bits) !== undefined;
}

function isListed(list: readonly Row[], first: number, bits: number): boolean {
  return list.some((one) => one.first === first && (one.bits & bits) !== 0);
}
