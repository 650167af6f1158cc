import { ClusterError, type Search } from '@stagedoor/cluster';
import { ALWAYS, allOf, type Condition, condition } from './condition.ts';
import { columnOf, sqlValue } from './search-field.ts';
import type { Searchable } from './searchable.ts';

/** Which records are found at all, before sorting and paging: what is asked for, within what the caller may see. */
export function filterOf<Item>(searchable: Searchable<Item>, search: Search<Item>): Condition {
  const equals = Object.entries<unknown>(search.equals).map(([field, value]) => equal(searchable, field, value));
  const between = search.between.map((span) => within(searchable, span));
  return allOf([...equals, ...between, visible(search)]);
}

function equal<Item>(searchable: Searchable<Item>, field: string, value: unknown): Condition {
  const column = columnOf(searchable, field);
  const wanted = sqlValue(column, field, value);
  return wanted === null ? condition(`${column.name} IS NULL`) : condition(`${column.name} = ?`, wanted);
}

function within<Item>(
  searchable: Searchable<Item>,
  { field, from, until }: Search<Item>['between'][number],
): Condition {
  const column = columnOf(searchable, field);
  if (column.kind !== 'date') throw new ClusterError('INVALID_ARGUMENT', `Field '${field}' is not a date`);
  const { name } = column;
  return condition(`${name} >= ? AND ${name} < ?`, sqlValue(column, field, from), sqlValue(column, field, until));
}

/** One parameter however many ids there are, so that the statement stays the same. */
function visible<Item>({ visible: to }: Search<Item>): Condition {
  switch (to.kind) {
    case 'all':
      return ALWAYS;
    case 'ids':
      return condition('bpmn_process_id IN (SELECT value FROM json_each(?))', JSON.stringify(to.ids));
    case 'none':
      return condition('FALSE');
  }
}
