import { type Actor, ANONYMOUS_ACTOR, type AuditEntry } from '@stagedoor/access';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AuditField, Comparison, FieldCondition, RecordSearch, StoredAuditEntry } from '../src/index.ts';
import { type House, openHouse } from './identity-under-test.ts';

type Value = string | number | null;
type Field = Extract<AuditField, 'auditLogKey' | 'timestamp' | 'actorId' | 'operation' | 'entityKey'>;
type Place = readonly Value[];

const FIELDS = ['auditLogKey', 'timestamp', 'actorId', 'operation', 'entityKey'] as const satisfies readonly Field[];
/** Few, so that entries are level with each other; some that a database might take for something else. */
const TEXTS = [
  '',
  'a',
  'A',
  'ab',
  'a*b',
  'a?b',
  '[a]',
  '\\',
  '%',
  "o'b",
  'é',
  '\u{1f511}',
  '\ufffd',
  '10',
  '9',
] as const;

const text = fc.constantFrom(...TEXTS);
const actor: fc.Arbitrary<Actor> = fc.oneof(
  fc.constant(ANONYMOUS_ACTOR),
  text.map((id): Actor => ({ kind: 'user', id, credential: 'basic' })),
);
const entry: fc.Arbitrary<AuditEntry> = fc
  .record({ at: fc.nat(4), actor, operation: text, entityKey: fc.option(text) })
  .map((part) => ({ ...part, entityType: 'USER', outcome: 'SUCCESS', code: null, count: 1 }));

function fieldOf(item: StoredAuditEntry, field: Field): Value {
  switch (field) {
    case 'auditLogKey':
      return Number(item.auditLogKey);
    case 'timestamp':
      return item.at;
    case 'actorId':
      return 'id' in item.actor ? item.actor.id : null;
    case 'operation':
    case 'entityKey':
      return item[field];
  }
}

/** As the database orders: nulls first, numbers by size, texts by their bytes in UTF-8. */
function compare(one: Value, other: Value): number {
  if (one === null || other === null) return Number(one !== null) - Number(other !== null);
  if (typeof one === 'number' || typeof other === 'number') return Math.sign(Number(one) - Number(other));
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

/** The pattern by the plainest reading: try every way. */
function isLike(pattern: readonly string[], letters: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return letters.length === 0;
  if (first === '*') return letters.some((_, index) => isLike(rest, letters.slice(index))) || isLike(rest, []);
  if (letters.length === 0) return false;
  if (first === '\\' && rest.length > 0) return rest[0] === letters[0] && isLike(rest.slice(1), letters.slice(1));
  return (first === '?' || first === letters[0]) && isLike(rest, letters.slice(1));
}

function holds(value: Value, comparison: Comparison): boolean {
  if (comparison.op === 'exists') return (value !== null) === comparison.value;
  if (value === null) return false;
  const against = (other: unknown) => compare(value, typeof value === 'number' ? Number(other) : String(other));
  switch (comparison.op) {
    case 'in':
      return comparison.values.some((other) => against(other) === 0);
    case 'notIn':
      return comparison.values.every((other) => against(other) !== 0);
    case 'like':
      return isLike([...comparison.pattern], [...String(value)]);
    case 'eq':
      return against(comparison.value) === 0;
    case 'neq':
      return against(comparison.value) !== 0;
    case 'gt':
      return against(comparison.value) > 0;
    case 'gte':
      return against(comparison.value) >= 0;
    case 'lt':
      return against(comparison.value) < 0;
    case 'lte':
      return against(comparison.value) <= 0;
  }
}

/** Values of the field's own type: what others come to is said elsewhere. */
function comparison(field: Field): fc.Arbitrary<Comparison> {
  const keys = fc.nat(20).map(String);
  const value = field === 'auditLogKey' ? keys : field === 'timestamp' ? fc.nat(5) : text;
  const letters = fc.array(fc.constantFrom('*', '?', '\\', 'a', 'A', 'b', '[', ']', '1', '\u{1f511}'), {
    maxLength: 4,
  });
  return fc.oneof(
    fc.record({ op: fc.constantFrom('eq', 'neq', 'gt', 'gte', 'lt', 'lte'), value }),
    fc.record({ op: fc.constantFrom('in', 'notIn'), values: fc.array<string | number>(value, { maxLength: 3 }) }),
    fc.record({ op: fc.constant('exists'), value: fc.boolean() }),
    fc.record({ op: fc.constant('like'), pattern: letters.map((all) => all.join('')) }),
  ) as fc.Arbitrary<Comparison>;
}

const condition: fc.Arbitrary<FieldCondition<Field>> = fc
  .constantFrom(...FIELDS)
  .chain((field) =>
    fc.record({ field: fc.constant(field), comparisons: fc.array(comparison(field), { maxLength: 2 }) }),
  );
const conditions = fc.array(condition, { maxLength: 2 });
const sort = fc.array(
  fc.record({ field: fc.constantFrom(...FIELDS), order: fc.constantFrom('ASC' as const, 'DESC' as const) }),
  { maxLength: 3 },
);
const query = fc.record({
  where: conditions,
  anyOf: fc.option(fc.array(conditions, { maxLength: 3 })),
  sort,
  visible: fc.option(fc.array(fc.nat(20).map(String))),
  limit: fc.nat(8),
  from: fc.nat(8),
});

describe('a search of anything', () => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse();
  });

  it('finds, orders, counts and pages as the plainest reading of it does', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 12 }), query, async (entries, { anyOf, limit, from, ...asked }) => {
        const { audit } = house.identity;
        await audit.prune(100);
        await audit.append(entries);
        const page = { kind: 'offset', from: 0, limit: 1000 } as const;
        const all = (await audit.search({ where: [], sort: [], page, visible: { kind: 'all' } })).items;
        const firstKey = Number(all[0]?.auditLogKey ?? 1) - 1;
        // Keys go on from case to case: those that are asked for lie among those that there are.
        const shift = (key: string) => String(Number(key) + firstKey);
        const ids = asked.visible?.map(shift);
        const search: RecordSearch<AuditField> = {
          where: asked.where.map((one) => shifted(one, shift)),
          ...(anyOf === null ? {} : { anyOf: anyOf.map((some) => some.map((one) => shifted(one, shift))) }),
          sort: asked.sort,
          page: { kind: 'offset', from, limit },
          visible: ids === undefined ? { kind: 'all' } : { kind: 'ids', ids },
        };
        const expected = plainly(all, search, ids);
        const keysOf = (items: readonly StoredAuditEntry[]) => items.map(({ auditLogKey }) => auditLogKey);
        const found = await audit.search(search);
        expect([keysOf(found.items), found.total]).toEqual([
          keysOf(expected.slice(from, from + limit)),
          expected.length,
        ]);
        expect([found.first, found.last]).toEqual(
          [found.items[0], found.items.at(-1)].map((item) => (item ? placeOf(item, asked.sort) : null)),
        );
        const middle = expected[from];
        if (middle === undefined || limit === 0) return;
        const values = placeOf(middle, asked.sort);
        const after = await audit.search({ ...search, page: { kind: 'after', values, limit } });
        expect(keysOf(after.items)).toEqual(keysOf(expected.slice(from + 1, from + 1 + limit)));
        const before = await audit.search({ ...search, page: { kind: 'before', values, limit } });
        expect(keysOf(before.items)).toEqual(keysOf(expected.slice(Math.max(0, from - limit), from)));
      }),
      { numRuns: 1000 },
    );
  });
});

function shifted(one: FieldCondition<Field>, shift: (key: string) => string): FieldCondition<Field> {
  if (one.field !== 'auditLogKey') return one;
  return {
    ...one,
    comparisons: one.comparisons.map((each) => {
      if ('values' in each) return { ...each, values: each.values.map((value) => shift(String(value))) };
      return 'value' in each && each.op !== 'exists' ? { ...each, value: shift(String(each.value)) } : each;
    }),
  };
}

function plainly(
  all: readonly StoredAuditEntry[],
  { where, anyOf, sort: order }: RecordSearch<AuditField>,
  ids: readonly string[] | undefined,
): readonly StoredAuditEntry[] {
  const meets = (item: StoredAuditEntry, some: readonly FieldCondition<AuditField>[]) =>
    some.every((one) => one.comparisons.every((each) => holds(fieldOf(item, one.field as Field), each)));
  return all
    .filter((item) => ids === undefined || ids.includes(item.auditLogKey))
    .filter((item) => meets(item, where) && (anyOf === undefined || anyOf.some((some) => meets(item, some))))
    .sort((one, other) => {
      for (const { field, order: direction } of [...order, { field: 'auditLogKey', order: 'ASC' } as const]) {
        const found = compare(fieldOf(one, field as Field), fieldOf(other, field as Field));
        if (found !== 0) return direction === 'ASC' ? found : -found;
      }
      return 0;
    });
}

/** The sort values of an item, each field once, and its key. */
function placeOf(item: StoredAuditEntry, order: readonly { readonly field: Field }[]): Place {
  const fields = new Set<Field>([...order.map(({ field }) => field), 'auditLogKey']);
  return [...fields].map((field) => (field === 'auditLogKey' ? item.auditLogKey : fieldOf(item, field)));
}
