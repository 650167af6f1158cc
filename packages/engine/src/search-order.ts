import { ClusterError, type RecordSearch, type SortValue } from '@stagedoor/cluster';
import { allOf, type Condition, condition, eitherOf, NEVER } from './condition.ts';
import { columnOf, sqlValueOrNull } from './search-field.ts';
import type { Column, Searchable } from './searchable.ts';

/** One sorted field. `nulls` says where records without a value stand: last, unless the order is read backwards. */
export type Ordering = {
  readonly field: string;
  readonly column: Column;
  readonly order: 'ASC' | 'DESC';
  readonly nulls: 'first' | 'last';
};

/** The order of a search: what was asked for, then the key, so that no two records stand at the same place. */
export function orderingsOf<Item>(
  searchable: Searchable<Item>,
  sort: RecordSearch<string>['sort'],
): readonly Ordering[] {
  if (sort.length > searchable.columns.size) {
    throw new ClusterError('INVALID_ARGUMENT', `Expected to sort by at most ${searchable.columns.size} fields`);
  }
  const byKey = { field: 'key', order: 'ASC' } as const;
  return [...sort, byKey].map(({ field, order }) => ({
    field,
    column: columnOf(searchable, field),
    order: order === 'DESC' ? 'DESC' : 'ASC',
    nulls: 'last',
  }));
}

/** The same order from its end: what comes before a record is what comes after it there. */
export function backwards(orderings: readonly Ordering[]): readonly Ordering[] {
  return orderings.map((one) => ({ ...one, order: one.order === 'ASC' ? 'DESC' : 'ASC', nulls: 'first' }));
}

export function orderBy(orderings: readonly Ordering[]): string {
  return orderings
    .map(
      ({ column, order, nulls }) => `${column.name} ${order}${column.nullable ? ` NULLS ${nulls.toUpperCase()}` : ''}`,
    )
    .join(', ');
}

/**
 * The records that come after the one with these sort values, which need not exist any more.
 *
 * @throws ClusterError `INVALID_ARGUMENT` where there are more or fewer values than sorted fields, or of another type.
 */
export function comingAfter(orderings: readonly Ordering[], border: readonly SortValue[]): Condition {
  if (border.length !== orderings.length) {
    const reason = `Expected ${orderings.length} values to search after, one for each sorted field and the key, but got ${border.length}`;
    throw new ClusterError('INVALID_ARGUMENT', reason);
  }
  return orderings.reduceRight<Condition>((then, ordering, index) => {
    const tied = allOf([sameAs(ordering, border[index]), then]);
    return eitherOf([beyond(ordering, border[index]), tied]);
  }, NEVER);
}

function beyond({ field, column, order, nulls }: Ordering, value: unknown): Condition {
  const bound = sqlValueOrNull(column, field, value);
  if (bound === null) return nulls === 'last' ? NEVER : condition(`${column.name} IS NOT NULL`);
  const further = `${column.name} ${order === 'DESC' ? '<' : '>'} ?`;
  return condition(column.nullable && nulls === 'last' ? `${further} OR ${column.name} IS NULL` : further, bound);
}

function sameAs({ field, column }: Ordering, value: unknown): Condition {
  return condition(`${column.name} IS ?`, sqlValueOrNull(column, field, value));
}
