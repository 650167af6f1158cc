import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { RecordPage, RecordSearch, SearchValue } from '../record-search.ts';
import type { IdentityDatabase } from '../tables.ts';
import { allOf, anyOf, type Condition, fieldConditions, reference, stored, visibility } from './conditions.ts';
import type { SearchSource } from './sources.ts';

type Order<F extends string> = { readonly field: F; readonly order: 'ASC' | 'DESC' };
type Inside = string | number | null;
/** The fields of the source under their names, as the database has them. */
export type FoundRow<F extends string> = { readonly [K in F]: Inside };

/**
 * Searches one source; `scope` is what the rows are narrowed to beforehand, by the program and not by the caller. What is
 * not visible is neither counted nor paged over. The count and the page are two reads: a change may come between them.
 */
export async function searchRows<F extends string>(
  db: IdentityDatabase,
  source: SearchSource<F>,
  search: RecordSearch<F>,
  scope: readonly Condition[] = [],
): Promise<RecordPage<FoundRow<F>>> {
  const meant = allOf([
    ...scope,
    visibility(source, search.visible),
    fieldConditions(source, search.where),
    ...(search.anyOf === undefined ? [] : [anyOf(search.anyOf.map((some) => fieldConditions(source, some)))]),
  ]);
  const order = totalOrder(source, search.sort);
  const total = await count(db, source, meant);
  const rows = total === 0 || search.page.limit === 0 ? [] : await readPage(db, source, search, meant, order);
  return { items: rows, first: place(source, order, rows[0]), last: place(source, order, rows.at(-1)), total };
}

/** The order asked for, each field once, and then the id. */
function totalOrder<F extends string>(source: SearchSource<F>, sort: readonly Order<F>[]): readonly Order<F>[] {
  const fields = new Map<F, Order<F>>();
  for (const order of sort) if (!fields.has(order.field)) fields.set(order.field, order);
  if (!fields.has(source.id)) fields.set(source.id, { field: source.id, order: 'ASC' });
  return [...fields.values()];
}

async function count<F extends string>(
  db: IdentityDatabase,
  source: SearchSource<F>,
  meant: Condition,
): Promise<number> {
  const { rows } = await sql<{
    total: number | string;
  }>`select count(*) as total from ${source.from} where ${meant}`.execute(db);
  return Number(rows[0]?.total ?? 0);
}

async function readPage<F extends string>(
  db: IdentityDatabase,
  source: SearchSource<F>,
  { page }: RecordSearch<F>,
  meant: Condition,
  order: readonly Order<F>[],
): Promise<readonly FoundRow<F>[]> {
  // A page before a place is read backwards from it, and turned round.
  const backwards = page.kind === 'before';
  const read = backwards ? order.map(reversed) : order;
  const beyond = page.kind === 'offset' ? meant : allOf([meant, isBeyond(source, read, page.values)]);
  const offset = page.kind === 'offset' ? page.from : 0;
  const { rows } = await sql<FoundRow<F>>`select ${columnsOf(source)} from ${source.from} where ${beyond}
    order by ${sql.join(read.map((part) => orderBy(source, part)))} limit ${page.limit} offset ${offset}`.execute(db);
  return backwards ? rows.toReversed() : rows;
}

function columnsOf<F extends string>(source: SearchSource<F>): RawBuilder<unknown> {
  const fields = Object.keys(source.columns) as F[];
  return sql.join(fields.map((field) => sql`${reference(source.columns[field])} as ${sql.ref(field)}`));
}

function reversed<F extends string>({ field, order }: Order<F>): Order<F> {
  return { field, order: order === 'ASC' ? 'DESC' : 'ASC' };
}

/** Nulls come first in an ascending order: SQLite's own rule; for PostgreSQL it has to be said. */
function orderBy<F extends string>(source: SearchSource<F>, { field, order }: Order<F>): RawBuilder<unknown> {
  return sql`${reference(source.columns[field])} ${order === 'ASC' ? sql`asc` : sql`desc`}`;
}

/**
 * Beyond a place in this order: in the first field, or level in the first and beyond in the second, and so on. Whoever gives
 * fewer values than the order has fields is before everything that is level in those; one of the wrong type is nowhere.
 */
function isBeyond<F extends string>(
  source: SearchSource<F>,
  order: readonly Order<F>[],
  values: readonly (SearchValue | null)[],
): Condition {
  const places = order.slice(0, values.length).map(({ field, order: direction }, index) => {
    const column = source.columns[field];
    const value = values[index] ?? null;
    const inside = value === null ? null : stored(column, value);
    return { field: reference(column), direction, inside };
  });
  if (places.some(({ inside }) => inside === undefined)) return anyOf([]);
  return anyOf(
    places.map(({ field, direction, inside = null }, index) => {
      const level = places.slice(0, index).map((place) => isLevel(place.field, place.inside ?? null));
      return allOf([...level, direction === 'ASC' ? isMore(field, inside) : isLess(field, inside)]);
    }),
  );
}

function isLevel(field: RawBuilder<unknown>, value: Inside): Condition {
  return value === null ? sql<SqlBool>`${field} is null` : sql<SqlBool>`${field} = ${value}`;
}

function isMore(field: RawBuilder<unknown>, value: Inside): Condition {
  return value === null ? sql<SqlBool>`${field} is not null` : sql<SqlBool>`${field} > ${value}`;
}

function isLess(field: RawBuilder<unknown>, value: Inside): Condition {
  return value === null ? anyOf([]) : sql<SqlBool>`(${field} < ${value} or ${field} is null)`;
}

/** Where an item stands in the order, as the next request names it. */
function place<F extends string>(
  source: SearchSource<F>,
  order: readonly Order<F>[],
  row: FoundRow<F> | undefined,
): readonly (SearchValue | null)[] | null {
  if (row === undefined) return null;
  return order.map(({ field }) => {
    const value = row[field];
    return source.columns[field].kind === 'key' ? String(value) : value;
  });
}
