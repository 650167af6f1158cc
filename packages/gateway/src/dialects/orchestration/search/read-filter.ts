import type { Comparison, FieldCondition, SearchValue } from '@stagedoor/cluster';
import { OPERATORS, type Operator } from './operators.ts';
import { readValue, unreadable } from './read-value.ts';
import type { SearchDescription, SearchField } from './search-description.ts';

/** Of all lists of a filter together: each of them is a parameter of a query. */
const MAX_OPERANDS = 10_000;

/** A filter as conditions on records. `impossible`: it asks for a value of a field that no record here has. */
type ReadFilter<Field> =
  | { readonly kind: 'conditions'; readonly where: readonly FieldCondition<Field>[] }
  | { readonly kind: 'impossible' };

export type ReadAlternatives<Field> = {
  readonly filter: ReadFilter<Field>;
  /** What stands in `$or`, null where there is none; without those that are impossible. */
  readonly anyOf: readonly (readonly FieldCondition<Field>[])[] | null;
};

/** Reads a filter that the schema has checked. Conditions come in the order of the description, whatever the caller's was. */
export function readFilter<Field extends string>(
  description: SearchDescription<Field>,
  filter: Readonly<Record<string, unknown>>,
): ReadAlternatives<Field> {
  const own = readConditions(description, filter, 'filter');
  const { $or } = filter;
  const others = Array.isArray($or)
    ? $or.map((other, at) => readConditions(description, membersOf(other), `filter.$or.${at}`))
    : null;
  refuseTooMany([own, ...(others ?? [])]);
  return { filter: own, anyOf: others === null ? null : alternativesOf(others) };
}

/** Null where the list says nothing: it is empty, or one of its filters is. */
function alternativesOf<Field>(others: readonly ReadFilter<Field>[]): ReadAlternatives<Field>['anyOf'] {
  const anyOf = others.flatMap(possible);
  return others.length === 0 || anyOf.some((where) => where.length === 0) ? null : anyOf;
}

function possible<Field>(filter: ReadFilter<Field>): readonly (readonly FieldCondition<Field>[])[] {
  return filter.kind === 'conditions' ? [filter.where] : [];
}

function readConditions<Field extends string>(
  { fields }: SearchDescription<Field>,
  filter: Readonly<Record<string, unknown>>,
  place: string,
): ReadFilter<Field> {
  const where: FieldCondition<Field>[] = [];
  let isPossible = true;
  for (const [name, field] of Object.entries<SearchField<Field>>(fields)) {
    const value = Object.hasOwn(filter, name) ? filter[name] : undefined;
    if (value === undefined) continue;
    const comparisons = readComparisons(field, value, `${place}.${name}`);
    if (field.of !== null) where.push({ field: field.of, comparisons });
    else if (comparisons.some(({ op, ...rest }) => op !== 'exists' || !('value' in rest) || rest.value))
      isPossible = false;
  }
  return isPossible ? { kind: 'conditions', where } : { kind: 'impossible' };
}

function readComparisons<Field extends string>(
  { type, filter }: SearchField<Field>,
  value: unknown,
  place: string,
): readonly Comparison[] {
  const read = (one: unknown, where: string) => readValue(type, one, where);
  if (filter === 'list') return [{ op: 'in', values: readValues(value, place, read) }];
  if (filter === 'plain' || !isObject(value)) return [{ op: 'eq', value: read(value, place) }];
  return OPERATORS.filter((operator) => value[operator] !== undefined).map((operator) =>
    readComparison(operator, value[operator], `${place}.${operator}`, read),
  );
}

type ReadOne = (value: unknown, place: string) => SearchValue;

function readComparison(operator: Operator, operand: unknown, place: string, read: ReadOne): Comparison {
  switch (operator) {
    case '$eq':
      return { op: 'eq', value: read(operand, place) };
    case '$neq':
      return { op: 'neq', value: read(operand, place) };
    case '$gt':
      return { op: 'gt', value: read(operand, place) };
    case '$gte':
      return { op: 'gte', value: read(operand, place) };
    case '$lt':
      return { op: 'lt', value: read(operand, place) };
    case '$lte':
      return { op: 'lte', value: read(operand, place) };
    case '$in':
      return { op: 'in', values: readValues(operand, place, read) };
    case '$notIn':
      return { op: 'notIn', values: readValues(operand, place, read) };
    case '$exists':
      if (typeof operand === 'boolean') return { op: 'exists', value: operand };
      throw unreadable(place);
    case '$like':
      if (typeof operand === 'string') return { op: 'like', pattern: operand };
      throw unreadable(place);
  }
}

function readValues(value: unknown, place: string, read: ReadOne): readonly SearchValue[] {
  if (!Array.isArray(value)) throw unreadable(place);
  return value.map((one, at) => read(one, `${place}.${at}`));
}

function refuseTooMany<Field>(filters: readonly ReadFilter<Field>[]): void {
  const comparisons = filters
    .flatMap((filter) => (filter.kind === 'conditions' ? filter.where : []))
    .flatMap((condition) => condition.comparisons);
  const operands = comparisons.reduce((sum, one) => sum + ('values' in one ? one.values.length : 1), 0);
  if (operands > MAX_OPERANDS) throw unreadable('filter', `it compares with more than ${MAX_OPERANDS} values`);
}

export function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
