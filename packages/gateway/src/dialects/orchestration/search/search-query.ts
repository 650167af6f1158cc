import type { FieldCondition, PageRequest, RecordPage, SortValue } from '@stagedoor/cluster';
import { type Cursors, digestOf } from './cursors.ts';
import { membersOf, readFilter } from './read-filter.ts';
import { unreadable } from './read-value.ts';
import type { SearchDescription } from './search-description.ts';
import { DEFAULT_LIMIT } from './search-schema.ts';

/** Which ids of a collection its caller may see, pushed into the query before paging. */
export type Visible =
  | { readonly kind: 'all' }
  | { readonly kind: 'ids'; readonly ids: readonly string[] }
  | { readonly kind: 'none' };

/** What a search asks of the records, in words that the stores of records and of the cluster both take. */
export type Search<Field extends string> = {
  readonly where: readonly FieldCondition<Field>[];
  readonly anyOf?: readonly (readonly FieldCondition<Field>[])[];
  readonly sort: readonly { readonly field: Field; readonly order: 'ASC' | 'DESC' }[];
  readonly page: PageRequest;
  readonly visible: Visible;
};

export type SearchContext = {
  readonly cursors: Cursors;
  readonly visible: Visible;
  /** What else tells this query from others: the operation, the ids in its path, filters that the row reads by itself. */
  readonly scope: readonly string[];
};

/** A search that was read, and the writer of its page. */
export class SearchQuery<Field extends string> {
  readonly search: Search<Field>;
  readonly #cursors: Cursors;
  readonly #digest: string;

  constructor(search: Search<Field>, cursors: Cursors, digest: string) {
    this.search = search;
    this.#cursors = cursors;
    this.#digest = digest;
  }

  page<Item>(found: RecordPage<Item>, write: (item: Item) => object): object {
    return {
      items: found.items.map(write),
      page: {
        totalItems: found.total,
        hasMoreTotalItems: false,
        startCursor: this.#cursor(found.first),
        endCursor: this.#cursor(found.last),
      },
    };
  }

  /** The page of a collection that there is nothing of to see. */
  emptyPage(): object {
    return this.page({ items: [], first: null, last: null, total: 0 }, () => ({}));
  }

  #cursor(values: readonly SortValue[] | null): string | null {
    return values === null ? null : this.#cursors.close(values, this.#digest);
  }
}

/**
 * Reads the body of a search, which its schema (`searchRequest`) has checked. Throws a `Failure` of kind `malformed` that
 * names the member: two ways of paging at once, a cursor of another query, a date that is none.
 */
export function readSearch<Field extends string>(
  description: SearchDescription<Field>,
  body: unknown,
  { cursors, visible, scope }: SearchContext,
): SearchQuery<Field> {
  const { page, sort: sorts, filter: filters } = membersOf(body);
  const { filter, anyOf } = readFilter(description, membersOf(filters));
  const sort = readSort(description, sorts);
  const where = filter.kind === 'conditions' ? filter.where : [];
  const isImpossible = filter.kind === 'impossible' || anyOf?.length === 0;
  const digest = digestOf([scope, filter, anyOf, sort]);
  const search: Search<Field> = {
    where,
    ...(anyOf === null || isImpossible ? {} : { anyOf }),
    sort,
    page: readPage(membersOf(page), (cursor) => cursors.open(cursor, digest)),
    visible: isImpossible ? { kind: 'none' } : visible,
  };
  return new SearchQuery(search, cursors, digest);
}

/** Fields that no record here has a value for put nothing in order; a field that is there twice says nothing new. */
function readSort<Field extends string>({ fields }: SearchDescription<Field>, sorts: unknown): Search<Field>['sort'] {
  const sort = new Map<Field, 'ASC' | 'DESC'>();
  for (const one of Array.isArray(sorts) ? sorts : []) {
    const { field, order } = membersOf(one);
    const { of = null } = typeof field === 'string' && Object.hasOwn(fields, field) ? (fields[field] ?? {}) : {};
    if (of !== null && !sort.has(of)) sort.set(of, order === 'DESC' ? 'DESC' : 'ASC');
  }
  return [...sort].map(([field, order]) => ({ field, order }));
}

function readPage(
  { limit = DEFAULT_LIMIT, from, after, before }: Readonly<Record<string, unknown>>,
  open: (cursor: string) => readonly SortValue[] | null,
): PageRequest {
  const given = Object.entries({ from, after, before }).filter(([, value]) => value !== undefined);
  const [first, second] = given.map(([name]) => name);
  if (second !== undefined) throw unreadable(`page.${second}`, `it cannot be beside ${first}`);
  const count = Number(limit);
  if (typeof after === 'string') return { kind: 'after', values: opened('after', open(after)), limit: count };
  if (typeof before === 'string') return { kind: 'before', values: opened('before', open(before)), limit: count };
  return { kind: 'offset', from: Number(from ?? 0), limit: count };
}

function opened(name: string, values: readonly SortValue[] | null): readonly SortValue[] {
  if (values === null) throw unreadable(`page.${name}`, 'it is no cursor of this search');
  return values;
}
