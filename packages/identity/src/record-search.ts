/** What a field is compared with. Keys are decimal digits (or numbers), points in time are milliseconds since the epoch. */
export type SearchValue = string | number | boolean;

/** One test of one field. A field without a value (null) passes none but `exists: false`. */
export type Comparison =
  | { readonly op: 'eq' | 'neq' | 'gt' | 'gte' | 'lt' | 'lte'; readonly value: SearchValue }
  | { readonly op: 'in' | 'notIn'; readonly values: readonly SearchValue[] }
  | { readonly op: 'exists'; readonly value: boolean }
  /** `*` is any text, `?` any one character, a backslash takes the next character as it is. Letters have their case. */
  | { readonly op: 'like'; readonly pattern: string };

/** All of the comparisons have to hold. */
export type FieldCondition<Field extends string> = {
  readonly field: Field;
  readonly comparisons: readonly Comparison[];
};

export type PageRequest =
  | { readonly kind: 'offset'; readonly from: number; readonly limit: number }
  /** From a place on: `values` are the sort values there, in the order of the sort and then of the id. */
  | {
      readonly kind: 'after' | 'before';
      readonly values: readonly (SearchValue | null)[];
      readonly limit: number;
    };

/** What of the records the one who searches may see; `ids` are those that authorizations name. */
export type VisibleRecords =
  | { readonly kind: 'all' }
  | { readonly kind: 'none' }
  | { readonly kind: 'ids'; readonly ids: Iterable<string> };

export type RecordSearch<Field extends string> = {
  /** All of them have to hold. */
  readonly where: readonly FieldCondition<Field>[];
  /** Where given, all conditions of at least one of these have to hold as well. */
  readonly anyOf?: readonly (readonly FieldCondition<Field>[])[];
  /** The id or key comes last by itself, so that every order is total. */
  readonly sort: readonly { readonly field: Field; readonly order: 'ASC' | 'DESC' }[];
  readonly page: PageRequest;
  readonly visible: VisibleRecords;
};

export type RecordPage<T> = {
  readonly items: readonly T[];
  /** Sort values of the first item, then its id; null where there is no item. */
  readonly first: readonly (SearchValue | null)[] | null;
  readonly last: readonly (SearchValue | null)[] | null;
  /** Of all that is visible and meets the conditions, on whichever page. */
  readonly total: number;
};
