import {
  type Comparison,
  type FieldCondition,
  matchesPattern,
  type PageRequest,
  type RecordPage,
  type RecordSearch,
  type SearchValue,
  type SortValue,
} from '@stagedoor/cluster';

type Read<Item> = (item: Item, field: string) => SortValue;
type Row = { readonly bpmnProcessId: string; readonly tenantId: string };

/** A page of what is kept in a list, by the plainest reading of the search. */
export function pageOf<Item extends Row>(
  all: readonly Item[],
  search: RecordSearch<string>,
  read: Read<Item>,
): RecordPage<Item> {
  const order = [...search.sort, { field: 'key', order: 'ASC' as const }];
  const valuesOf = (item: Item) => order.map(({ field }) => read(item, field));
  const compare = (left: readonly SortValue[], right: readonly SortValue[]) =>
    order.reduce((found, entry, at) => found || compareValues(left[at] ?? null, right[at] ?? null, entry.order), 0);
  const matching = all
    .filter((item) => isVisible(item, search) && isAskedFor(item, search, read))
    .sort((left, right) => compare(valuesOf(left), valuesOf(right)));
  const items = cut(matching, search.page, (item, values) => compare(valuesOf(item), values));
  const border = (item: Item | undefined) => (item === undefined ? null : valuesOf(item));
  return { items, first: border(items[0]), last: border(items.at(-1)), total: matching.length };
}

function cut<Item>(
  items: readonly Item[],
  page: PageRequest,
  compare: (item: Item, values: readonly SortValue[]) => number,
): readonly Item[] {
  if (page.kind === 'offset') return items.slice(page.from, page.from + page.limit);
  if (page.kind === 'after') return items.filter((item) => compare(item, page.values) > 0).slice(0, page.limit);
  const before = items.filter((item) => compare(item, page.values) < 0);
  return before.slice(Math.max(0, before.length - page.limit));
}

function isVisible({ bpmnProcessId, tenantId }: Row, { visible, tenants }: RecordSearch<string>): boolean {
  const ofTenant = tenants.kind === 'all' || tenants.ids.includes(tenantId);
  return ofTenant && (visible.kind === 'all' || (visible.kind === 'ids' && visible.ids.includes(bpmnProcessId)));
}

function isAskedFor<Item>(item: Item, { where, anyOf }: RecordSearch<string>, read: Read<Item>): boolean {
  const holds = (conditions: readonly FieldCondition<string>[]) =>
    conditions.every(({ field, comparisons }) => comparisons.every((one) => compares(read(item, field), one)));
  return holds(where) && (anyOf === undefined || anyOf.some(holds));
}

function compares(value: SortValue, comparison: Comparison): boolean {
  if (comparison.op === 'exists') return (value !== null) === comparison.value;
  if (value === null) return false;
  switch (comparison.op) {
    case 'in':
      return comparison.values.includes(value);
    case 'notIn':
      return !comparison.values.includes(value);
    case 'like':
      return matchesPattern(String(value), comparison.pattern);
    case 'eq':
      return value === comparison.value;
    case 'neq':
      return value !== comparison.value;
    case 'gt':
      return isLess(comparison.value, value);
    case 'gte':
      return !isLess(value, comparison.value);
    case 'lt':
      return isLess(value, comparison.value);
    case 'lte':
      return !isLess(comparison.value, value);
  }
}

function isLess(one: SearchValue, other: SearchValue): boolean {
  return typeof one === typeof other && one < other;
}

/** Nulls last in both directions. */
function compareValues(one: SortValue, other: SortValue, order: 'ASC' | 'DESC'): number {
  if (one === other) return 0;
  if (one === null || other === null) return one === null ? 1 : -1;
  return isLess(one, other) === (order === 'ASC') ? -1 : 1;
}
