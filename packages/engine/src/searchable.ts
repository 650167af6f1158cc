import type { SortValue } from '@stagedoor/cluster';
import type { Row } from './statements.ts';

export type Column = {
  /** A name of the table below, or an expression of such names. */
  readonly name: string;
  /** A `date` is a number of milliseconds. */
  readonly kind: 'text' | 'number' | 'date' | 'flag';
  readonly nullable: boolean;
};

/** A kind of record that can be searched. No field but those of the table below ever becomes SQL. */
export type Searchable<Item> = {
  readonly table: string;
  readonly select: string;
  readonly read: (row: Row) => Item;
  readonly columns: ReadonlyMap<string, Column>;
  /** What can be filtered by and is no member of the record. */
  readonly filters: ReadonlyMap<string, Column>;
  readonly sortValue: (item: Item, field: string) => SortValue;
};

/** Makes a record searchable by every one of its fields. */
export function searchable<Item extends { readonly [F in keyof Item]: SortValue }>(description: {
  readonly table: string;
  readonly select: string;
  readonly read: (row: Row) => Item;
  readonly columns: { readonly [F in keyof Item]: Column };
  readonly filters?: Readonly<Record<string, Column>>;
}): Searchable<Item> {
  return {
    ...description,
    columns: new Map<string, Column>(Object.entries(description.columns)),
    filters: new Map(Object.entries(description.filters ?? {})),
    // Only fields that `columns` has are asked for, and those are the members of the record.
    sortValue: (item, field) => item[field as keyof Item],
  };
}
