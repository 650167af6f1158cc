import { ClusterError, type FieldCondition, type RecordSearch } from '@stagedoor/cluster';
import { compareField } from './compare-field.ts';
import { ALWAYS, allOf, type Condition, condition, eitherOf, NEVER } from './condition.ts';
import { columnOf } from './search-field.ts';
import type { Searchable } from './searchable.ts';

/** SQLite takes expressions of at most 1,000 levels. */
const MAX_COMPARISONS = 200;

/**
 * Which records are found at all, before sorting and paging: what is asked for, within what the caller may see.
 * `more` is what the kind of record can be asked for besides its fields.
 */
export function filterOf<Item>(
  searchable: Searchable<Item>,
  search: RecordSearch<string>,
  more: readonly Condition[] = [],
): Condition {
  const { where, anyOf } = search;
  checkNumber([...where, ...(anyOf ?? []).flat()]);
  const one = (conditions: readonly FieldCondition<string>[]) => allOf(conditions.flatMap(compared(searchable)));
  return allOf([one(where), ...(anyOf === undefined ? [] : [eitherOf(anyOf.map(one))]), ...more, visible(search)]);
}

function compared<Item>(searchable: Searchable<Item>) {
  return ({ field, comparisons }: FieldCondition<string>): readonly Condition[] => {
    const column = searchable.filters.get(field) ?? columnOf(searchable, field);
    return comparisons.map((comparison) => compareField(column, field, comparison));
  };
}

function checkNumber(conditions: readonly FieldCondition<string>[]): void {
  const number = conditions.reduce((sum, { comparisons }) => sum + Math.max(1, comparisons.length), 0);
  if (number <= MAX_COMPARISONS) return;
  throw new ClusterError('INVALID_ARGUMENT', `Expected at most ${MAX_COMPARISONS} conditions in a search`);
}

/** One parameter however many ids there are, so that the statement stays the same. */
function visible({ visible: to, tenants }: RecordSearch<string>): Condition {
  const ofTenants = tenants.kind === 'all' ? ALWAYS : isIn('tenant_id', tenants.ids);
  switch (to.kind) {
    case 'all':
      return ofTenants;
    case 'ids':
      return allOf([isIn('bpmn_process_id', to.ids), ofTenants]);
    case 'none':
      return NEVER;
    default:
      return never(to);
  }
}

function isIn(column: string, ids: readonly string[]): Condition {
  return condition(`${column} IN (SELECT value FROM json_each(?))`, JSON.stringify(ids));
}

/** Nobody sees anything by a kind of visibility that is not known here. */
function never(_to: never): Condition {
  return NEVER;
}
