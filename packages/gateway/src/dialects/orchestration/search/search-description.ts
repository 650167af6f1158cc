import type { Schema } from '../../../schema.ts';

/** What the values of a field are. Keys are texts of digits outside and numbers inside; dates are milliseconds inside. */
export type FieldType = 'text' | 'number' | 'key' | 'date' | 'flag' | { readonly oneOf: readonly string[] };

/**
 * A field under the name that the API has for it. `of` is its name in the records, null where no record here has a value
 * for it: a filter on it finds what `$exists: false` finds. `filter` is the form it is filtered in: one value, operators
 * as well, a list of values, or not at all.
 */
export type SearchField<Field extends string> = {
  readonly type: FieldType;
  readonly of: Field | null;
  readonly filter?: 'plain' | 'advanced' | 'list';
  readonly sort?: true;
};

/** What a search of v2 may ask for. The schema of its request and the reader of its body are both made of this. */
export type SearchDescription<Field extends string> = {
  readonly fields: Readonly<Record<string, SearchField<Field>>>;
  /** Whether `filter` may hold `$or`, a list of filters one of which must hold as well. */
  readonly alternatives?: true;
  /** Members of the filter that the row reads by itself. What they ask for belongs into the `scope` of its query. */
  readonly more?: Readonly<Record<string, Schema>>;
};
