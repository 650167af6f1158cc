import { assertNever } from '@stagedoor/access';
import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Comparison, FieldCondition, SearchValue, VisibleRecords } from '../record-search.ts';
import { globOf } from './glob.ts';
import type { SearchColumn, SearchSource } from './sources.ts';

export type Condition = RawBuilder<SqlBool>;

const ALWAYS: Condition = sql<SqlBool>`1 = 1`;
const NEVER: Condition = sql<SqlBool>`1 = 0`;

export function allOf(conditions: readonly Condition[]): Condition {
  return conditions.length === 0 ? ALWAYS : sql<SqlBool>`(${sql.join(conditions, sql` and `)})`;
}

export function anyOf(conditions: readonly Condition[]): Condition {
  return conditions.length === 0 ? NEVER : sql<SqlBool>`(${sql.join(conditions, sql` or `)})`;
}

export function fieldConditions<F extends string>(
  source: SearchSource<F>,
  where: readonly FieldCondition<F>[],
): Condition {
  return allOf(
    where.flatMap(({ field, comparisons }) => {
      return comparisons.map((comparison) => compare(source.columns[field], comparison));
    }),
  );
}

export function visibility<F extends string>(source: SearchSource<F>, visible: VisibleRecords): Condition {
  switch (visible.kind) {
    case 'all':
      return ALWAYS;
    case 'none':
      return NEVER;
    case 'ids':
      return isAmong(source.columns[source.id], [...visible.ids]);
    default:
      return assertNever(visible);
  }
}

export function reference({ column }: SearchColumn): RawBuilder<unknown> {
  return sql.ref(column);
}

/** What a column holds for a value from outside; undefined where it can hold no such value. */
export function stored({ kind }: SearchColumn, value: SearchValue): string | number | undefined {
  switch (kind) {
    case 'text':
      return typeof value === 'string' ? value : undefined;
    case 'number':
      return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
    case 'key':
      return keyOf(value);
    default:
      return assertNever(kind);
  }
}

/** No key is as far out as the ends of this: what lies beyond them is less or more than every key, and equals none. */
function keyOf(value: SearchValue): number | undefined {
  const key = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
  if (typeof key !== 'number' || Number.isNaN(key)) return undefined;
  return Math.trunc(Math.max(Number.MIN_SAFE_INTEGER, Math.min(key, Number.MAX_SAFE_INTEGER)));
}

/** SQL's own rule is wanted here: what is null is neither equal nor unequal, neither less nor more, and like nothing. */
function compare(column: SearchColumn, comparison: Comparison): Condition {
  const field = reference(column);
  switch (comparison.op) {
    case 'eq':
    case 'neq':
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return compareWith(column, comparison.op, comparison.value);
    case 'in':
      return isAmong(column, comparison.values);
    case 'notIn':
      return sql<SqlBool>`(${field} is not null and not ${isAmong(column, comparison.values)})`;
    case 'exists':
      return comparison.value ? sql<SqlBool>`${field} is not null` : sql<SqlBool>`${field} is null`;
    case 'like':
      return isLike(column, comparison.pattern);
    default:
      return assertNever(comparison);
  }
}

const SIGNS = { eq: sql`=`, neq: sql`<>`, gt: sql`>`, gte: sql`>=`, lt: sql`<`, lte: sql`<=` };

function compareWith(column: SearchColumn, op: keyof typeof SIGNS, value: SearchValue): Condition {
  const inside = stored(column, value);
  if (inside !== undefined) return sql<SqlBool>`${reference(column)} ${SIGNS[op]} ${inside}`;
  // A value that no row can have: every row that has one differs from it, and none stands to it in any order.
  return op === 'neq' ? sql<SqlBool>`${reference(column)} is not null` : NEVER;
}

/**
 * One parameter however many values there are: a grant's owner may see a hundred thousand ids. `json_each` is SQLite's; for
 * PostgreSQL this is `= any(array)`.
 */
function isAmong(column: SearchColumn, values: readonly SearchValue[]): Condition {
  const list = values.map((value) => stored(column, value)).filter((value) => value !== undefined);
  return sql<SqlBool>`${reference(column)} in (select value from json_each(${JSON.stringify(list)}))`;
}

/** GLOB is SQLite's, and knows upper and lower case as LIKE does not; for PostgreSQL this is LIKE with an escape. */
function isLike(column: SearchColumn, pattern: string): Condition {
  const glob = globOf(pattern);
  if (glob === null) return NEVER;
  return sql<SqlBool>`cast(${reference(column)} as text) glob ${glob}`;
}
