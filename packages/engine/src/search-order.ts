import { ClusterError, type Key, type Search, type SortValue } from '@stagedoor/cluster';
import { allOf, type Condition, condition, eitherOf } from './condition.ts';
import { columnOf, sqlValue } from './search-field.ts';
import type { Column, Searchable } from './searchable.ts';

export type Ordering<Item> = {
  readonly field: keyof Item & string;
  readonly column: Column;
  readonly order: 'ASC' | 'DESC';
};

/** The order of a search: what was asked for, then the key, so that no two records stand at the same place. */
export function orderingsOf<Item extends { readonly key: Key }>(
  searchable: Searchable<Item>,
  sort: Search<Item>['sort'],
): readonly Ordering<Item>[] {
  if (sort.length > searchable.columns.size) {
    throw new ClusterError('INVALID_ARGUMENT', `Expected to sort by at most ${searchable.columns.size} fields`);
  }
  const byKey = { field: 'key', order: 'ASC' } as const;
  return [...sort, byKey].map(({ field, order }) => ({ field, order, column: columnOf(searchable, field) }));
}

/** Records without a value come last in both directions, as they do in the search that the original asks. */
export function orderBy<Item>(orderings: readonly Ordering<Item>[]): string {
  return orderings
    .map(
      ({ column, order }) =>
        `${column.name} ${order === 'DESC' ? 'DESC' : 'ASC'}${column.nullable ? ' NULLS LAST' : ''}`,
    )
    .join(', ');
}

/**
 * The records that come after the one with these sort values, which need not exist any more.
 *
 * @throws ClusterError `INVALID_ARGUMENT` where there are more or fewer values than sorted fields, or of another type.
 */
export function comingAfter<Item>(orderings: readonly Ordering<Item>[], after: readonly SortValue[]): Condition {
  if (after.length !== orderings.length) {
    const reason = `Expected ${orderings.length} values to search after, one for each sorted field and the key, but got ${after.length}`;
    throw new ClusterError('INVALID_ARGUMENT', reason);
  }
  return orderings.reduceRight<Condition>((then, ordering, index) => {
    const tied = allOf([sameAs(ordering, after[index]), then]);
    return eitherOf(beyond(ordering, after[index]), tied);
  }, condition('FALSE'));
}

function beyond<Item>({ field, column, order }: Ordering<Item>, value: unknown): Condition {
  const bound = sqlValue(column, field, value);
  if (bound === null) return condition('FALSE');
  const further = `${column.name} ${order === 'DESC' ? '<' : '>'} ?`;
  return condition(column.nullable ? `${further} OR ${column.name} IS NULL` : further, bound);
}

function sameAs<Item>({ field, column }: Ordering<Item>, value: unknown): Condition {
  return condition(`${column.name} IS ?`, sqlValue(column, field, value));
}
