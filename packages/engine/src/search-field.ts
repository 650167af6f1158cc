import type { SQLInputValue } from 'node:sqlite';
import { ClusterError } from '@stagedoor/cluster';
import type { Column, Searchable } from './searchable.ts';

/** @throws ClusterError `INVALID_ARGUMENT` where the record has no such field. */
export function columnOf<Item>(searchable: Searchable<Item>, field: string): Column {
  const column = searchable.columns.get(field);
  if (column) return column;
  throw new ClusterError('INVALID_ARGUMENT', `There is no field '${field}' to search by`);
}

/**
 * A value that a field is compared with, as SQLite takes it.
 *
 * @throws ClusterError `INVALID_ARGUMENT` where it is of another type than the field.
 */
export function sqlValue(column: Column, field: string, value: unknown): SQLInputValue {
  switch (column.kind) {
    case 'text':
      if (typeof value === 'string') return value;
      break;
    case 'number':
    case 'date':
      if (typeof value === 'number' && Number.isFinite(value)) return value;
      break;
    case 'flag':
      if (typeof value === 'boolean') return value ? 1 : 0;
      break;
  }
  throw new ClusterError('INVALID_ARGUMENT', `The value of field '${field}' must be ${DESCRIPTIONS[column.kind]}`);
}

/** The same of a value at the border of a page, where null says that the record has none. */
export function sqlValueOrNull(column: Column, field: string, value: unknown): SQLInputValue {
  return value === null && column.nullable ? null : sqlValue(column, field, value);
}

const DESCRIPTIONS = {
  text: 'a text',
  number: 'a number',
  date: 'a date in milliseconds',
  flag: 'true or false',
} as const satisfies Record<Column['kind'], string>;
