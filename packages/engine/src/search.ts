import { ClusterError, type PageRequest, type RecordPage, type RecordSearch } from '@stagedoor/cluster';
import { allOf, type Condition } from './condition.ts';
import { integer } from './read-row.ts';
import { filterOf } from './search-filter.ts';
import { backwards, comingAfter, type Ordering, orderBy, orderingsOf } from './search-order.ts';
import type { Searchable } from './searchable.ts';
import type { Row, Statements } from './statements.ts';

const MAX_LIMIT = 10_000;

/**
 * One page of records. Pages asked for by their border are found by keyset: a record that is added or gone meanwhile moves
 * no other from one page to the next.
 *
 * @throws ClusterError `INVALID_ARGUMENT` where a field, a value or the page cannot be searched by.
 */
export function search<Item>(
  statements: Statements,
  searchable: Searchable<Item>,
  asked: RecordSearch<string>,
  more: readonly Condition[] = [],
): RecordPage<Item> {
  checkPage(asked.page);
  const filter = filterOf(searchable, asked, more);
  const orderings = orderingsOf(searchable, asked.sort);
  const items = rowsOf(statements, searchable, { filter, orderings, page: asked.page }).map(searchable.read);
  const valuesOf = (item: Item | undefined) =>
    item === undefined ? null : orderings.map(({ field }) => searchable.sortValue(item, field));
  return {
    items,
    first: valuesOf(items[0]),
    last: valuesOf(items.at(-1)),
    total: isWhole(asked.page, items.length) ? items.length : count(statements, searchable.table, filter),
  };
}

function checkPage(page: PageRequest): void {
  if (!Number.isInteger(page.limit) || page.limit < 0 || page.limit > MAX_LIMIT) {
    throw new ClusterError('INVALID_ARGUMENT', `Expected a page of 0 to ${MAX_LIMIT} records`);
  }
  if (page.kind === 'offset' && !(Number.isSafeInteger(page.from) && page.from >= 0)) {
    throw new ClusterError('INVALID_ARGUMENT', 'Expected a page to start at a record from 0 on');
  }
}

type Asked = { readonly filter: Condition; readonly orderings: readonly Ordering[]; readonly page: PageRequest };

function rowsOf<Item>(
  statements: Statements,
  { table, select }: Searchable<Item>,
  { filter, orderings, page }: Asked,
): readonly Row[] {
  const rows = (where: Condition, order: readonly Ordering[], offset: number) => {
    const sql = `SELECT ${select} FROM ${table} WHERE ${where.sql} ORDER BY ${orderBy(order)} LIMIT ? OFFSET ?`;
    return statements.all(sql, ...where.values, page.limit, offset);
  };
  switch (page.kind) {
    case 'offset':
      return rows(filter, orderings, page.from);
    case 'after':
      return rows(allOf([filter, comingAfter(orderings, page.values)]), orderings, 0);
    case 'before': {
      const reversed = backwards(orderings);
      return rows(allOf([filter, comingAfter(reversed, page.values)]), reversed, 0).toReversed();
    }
  }
}

/** Whether all records there are stand on the page. */
function isWhole(page: PageRequest, found: number): boolean {
  return page.kind === 'offset' && page.from === 0 && found < page.limit;
}

function count(statements: Statements, table: string, filter: Condition): number {
  const row = statements.get(`SELECT count(*) AS total FROM ${table} WHERE ${filter.sql}`, ...filter.values);
  return row ? integer(row, 'total') : 0;
}
