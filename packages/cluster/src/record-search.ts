/** What can be asked of a collection, in words of no particular API. */

export type SearchValue = string | number | boolean;

/**
 * What one field must be. A field without a value satisfies `exists: false` alone. Texts compare by their bytes, and in
 * `like` a `*` stands for any characters, `?` for one, and a backslash takes the meaning of the character after it away.
 */
export type Comparison =
  | { readonly op: 'eq' | 'neq' | 'gt' | 'gte' | 'lt' | 'lte'; readonly value: SearchValue }
  | { readonly op: 'exists'; readonly value: boolean }
  | { readonly op: 'in' | 'notIn'; readonly values: readonly SearchValue[] }
  | { readonly op: 'like'; readonly pattern: string };

/** All comparisons must hold. */
export type FieldCondition<Field> = { readonly field: Field; readonly comparisons: readonly Comparison[] };

/** The value of a sorted field of one record, null where it has none. */
export type SortValue = SearchValue | null;

/** `values` are the sort values of a record at the border of a page that was seen. `limit` is 0 to 10,000. */
export type PageRequest =
  | { readonly kind: 'offset'; readonly from: number; readonly limit: number }
  | { readonly kind: 'after' | 'before'; readonly values: readonly SortValue[]; readonly limit: number };

/** Which process ids a caller may see: decided outside, pushed into the query before paging. */
export type ProcessesVisible =
  | { readonly kind: 'all' }
  | { readonly kind: 'ids'; readonly ids: readonly string[] }
  | { readonly kind: 'none' };

/** The tenants whose records a caller may see: decided outside, too. */
export type TenantsVisible = { readonly kind: 'all' } | { readonly kind: 'ids'; readonly ids: readonly string[] };

export type RecordSearch<Field> = {
  readonly where: readonly FieldCondition<Field>[];
  /** Where there is such a list, all conditions of one of its members must hold as well. */
  readonly anyOf?: readonly (readonly FieldCondition<Field>[])[];
  /** Sorted by these, records without a value last in both directions, then by `key` ascending. */
  readonly sort: readonly { readonly field: Field; readonly order: 'ASC' | 'DESC' }[];
  readonly page: PageRequest;
  /** Both must let a record through. */
  readonly visible: ProcessesVisible;
  readonly tenants: TenantsVisible;
};

export type RecordPage<Item> = {
  readonly items: readonly Item[];
  /** The sort values of the first and the last item, `key` last; null where the page is empty. */
  readonly first: readonly SortValue[] | null;
  readonly last: readonly SortValue[] | null;
  /** How many there are on all pages. */
  readonly total: number;
};
