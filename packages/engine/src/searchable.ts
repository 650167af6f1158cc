import type { SortValue } from '@stagedoor/cluster';
import type { Row } from './statements.ts';

export type Column = {
  readonly name: string;
  /** A `date` is a number of milliseconds, and the only kind that is searched by a span. */
  readonly kind: 'text' | 'number' | 'date' | 'flag';
  readonly nullable: boolean;
};

/** A kind of record that can be searched. No field but those of the table below ever becomes SQL. */
export type Searchable<Item> = {
  readonly table: string;
  readonly select: string;
  readonly read: (row: Row) => Item;
  readonly columns: ReadonlyMap<string, Column>;
  readonly sortValue: (item: Item, field: keyof Item) => SortValue;
};

/** Makes a record searchable by every one of its fields. */
export function searchable<Item extends { readonly [F in keyof Item]: SortValue }>(description: {
  readonly table: string;
  readonly select: string;
  readonly read: (row: Row) => Item;
  readonly columns: { readonly [F in keyof Item]: Column };
}): Searchable<Item> {
  return {
    ...description,
    columns: new Map<string, Column>(Object.entries(description.columns)),
    sortValue: (item, field) => item[field],
  };
}
