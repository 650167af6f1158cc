import { ClusterError, type Key, type Page, type Search } from '@stagedoor/cluster';
import { allOf, type Condition } from './condition.ts';
import { integer } from './read-row.ts';
import { filterOf } from './search-filter.ts';
import { comingAfter, orderBy, orderingsOf } from './search-order.ts';
import type { Searchable } from './searchable.ts';
import type { Statements } from './statements.ts';

const MAX_SIZE = 1000;

/**
 * One page of records, by keyset: a record that is added or gone meanwhile moves no other from one page to the next.
 *
 * @throws ClusterError `INVALID_ARGUMENT` where a field, a value or the size cannot be searched by.
 */
export function search<Item extends { readonly key: Key }>(
  statements: Statements,
  searchable: Searchable<Item>,
  asked: Search<Item>,
): Page<Item> {
  if (!Number.isInteger(asked.size) || asked.size < 1 || asked.size > MAX_SIZE) {
    throw new ClusterError('INVALID_ARGUMENT', `Expected a page size from 1 to ${MAX_SIZE}`);
  }
  const filter = filterOf(searchable, asked);
  const orderings = orderingsOf(searchable, asked.sort);
  const where = asked.after === null ? filter : allOf([filter, comingAfter(orderings, asked.after)]);
  const { table, select, read } = searchable;
  const sql = `SELECT ${select} FROM ${table} WHERE ${where.sql} ORDER BY ${orderBy(orderings)} LIMIT ?`;
  const items = statements.all(sql, ...where.values, asked.size).map(read);
  const last = items.at(-1);
  const isAll = asked.after === null && items.length < asked.size;
  return {
    items,
    sortValues: last ? orderings.map(({ field }) => searchable.sortValue(last, field)) : [],
    total: isAll ? items.length : count(statements, table, filter),
  };
}

function count(statements: Statements, table: string, filter: Condition): number {
  const row = statements.get(`SELECT count(*) AS total FROM ${table} WHERE ${filter.sql}`, ...filter.values);
  return row ? integer(row, 'total') : 0;
}
