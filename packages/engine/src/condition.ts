import type { SQLInputValue } from 'node:sqlite';

/** A piece of a WHERE clause with the values of its question marks. */
export type Condition = { readonly sql: string; readonly values: readonly SQLInputValue[] };

export const ALWAYS: Condition = { sql: 'TRUE', values: [] };
export const NEVER: Condition = { sql: 'FALSE', values: [] };

export function condition(sql: string, ...values: readonly SQLInputValue[]): Condition {
  return { sql, values };
}

export function allOf(conditions: readonly Condition[]): Condition {
  return conditions.length === 0 ? ALWAYS : joined(conditions, ' AND ');
}

export function eitherOf(conditions: readonly Condition[]): Condition {
  return conditions.length === 0 ? NEVER : joined(conditions, ' OR ');
}

function joined(conditions: readonly Condition[], operator: string): Condition {
  const sql = conditions.map((one) => `(${one.sql})`).join(operator);
  return { sql, values: conditions.flatMap((one) => one.values) };
}
