import { ClusterError, type Comparison, MAX_PATTERN_LENGTH } from '@stagedoor/cluster';
import { type Condition, condition } from './condition.ts';
import { sqlValue } from './search-field.ts';
import type { Column } from './searchable.ts';

/** More than a person lists, and few enough to be read at every record. */
const MAX_VALUES = 10_000;

const OPERATORS = { eq: '=', neq: '<>', gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;

/**
 * One comparison as SQL. What SQLite answers of a missing value is NULL, which lets nothing through, as the port says.
 *
 * @throws ClusterError `INVALID_ARGUMENT` where the field is not compared so, or a value is of another type.
 */
export function compareField(column: Column, field: string, comparison: Comparison): Condition {
  const { name } = column;
  switch (comparison.op) {
    case 'exists':
      return condition(comparison.value ? `${name} IS NOT NULL` : `${name} IS NULL`);
    case 'in':
    case 'notIn':
      return isOneOf(column, field, comparison);
    case 'like':
      return isLike(column, field, comparison.pattern);
    case 'eq':
    case 'neq':
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return condition(`${name} ${OPERATORS[comparison.op]} ?`, sqlValue(column, field, comparison.value));
    default:
      return unknown(field, comparison);
  }
}

/** One parameter however many values there are, so that the statement stays the same. */
function isOneOf(
  column: Column,
  field: string,
  { op, values }: Extract<Comparison, { op: 'in' | 'notIn' }>,
): Condition {
  if (values.length > MAX_VALUES) throw invalid(`Expected at most ${MAX_VALUES} values of field '${field}'`);
  const list = JSON.stringify(values.map((value) => sqlValue(column, field, value)));
  const { name } = column;
  return op === 'in'
    ? condition(`${name} IN (SELECT value FROM json_each(?))`, list)
    : condition(`${name} IS NOT NULL AND ${name} NOT IN (SELECT value FROM json_each(?))`, list);
}

function isLike(column: Column, field: string, pattern: string): Condition {
  if (column.kind !== 'text') throw invalid(`Field '${field}' is no text to be searched by a pattern`);
  if (typeof pattern !== 'string' || pattern.length > MAX_PATTERN_LENGTH)
    throw invalid(`Expected a pattern of at most ${MAX_PATTERN_LENGTH} characters for field '${field}'`);
  return condition(`matches_pattern(${column.name}, ?)`, pattern);
}

function unknown(field: string, comparison: never): never {
  throw invalid(`Field '${field}' cannot be compared by ${JSON.stringify((comparison as Comparison).op)}`);
}

function invalid(message: string): ClusterError {
  return new ClusterError('INVALID_ARGUMENT', message);
}
