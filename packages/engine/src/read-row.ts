import type { Row } from './statements.ts';

/** Columns of a row as what the schema says they are. Anything else is a fault of this package, and is thrown. */
export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw notA('text', column);
  return value;
}

export function textOrNull(row: Row, column: string): string | null {
  return row[column] === null ? null : text(row, column);
}

export function integer(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw notA('number', column);
  return value;
}

export function integerOrNull(row: Row, column: string): number | null {
  return row[column] === null ? null : integer(row, column);
}

export function flag(row: Row, column: string): boolean {
  return integer(row, column) === 1;
}

function notA(type: string, column: string): TypeError {
  return new TypeError(`column ${column} is not a ${type}`);
}
