import {
  flag,
  integer,
  listOf,
  nullableText,
  type ObjectSchema,
  object,
  objectWith,
  oneOf,
  type Schema,
  text,
} from '../../../schema.ts';
import { type Operator, operatorsOf } from './operators.ts';
import type { FieldType, SearchDescription, SearchField } from './search-description.ts';

export const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 10_000;
/** What `from` is in the original, a Java int. */
const MAX_FROM = 2_147_483_647;
const MAX_CURSOR_LENGTH = 16_384;
const MAX_VALUES = 1000;
const MAX_ALTERNATIVES = 16;
const MAX_SORTS = 32;

const CURSOR = { ...text, minLength: 1, maxLength: MAX_CURSOR_LENGTH } as const;
/** Which of the members may stand beside each other is the reader's to say: a union's errors name no member. */
const PAGE = objectWith(
  {
    limit: { ...integer, minimum: 0, maximum: MAX_LIMIT, default: DEFAULT_LIMIT },
    from: { ...integer, minimum: 0, maximum: MAX_FROM },
    after: CURSOR,
    before: CURSOR,
  },
  [],
);

/** The schema of a search's request. Nothing in it has to be there, nor the body itself. */
export function searchRequest<Field extends string>(description: SearchDescription<Field>): ObjectSchema {
  const sortable = namesOf(description, ({ sort }) => sort === true);
  const sort = objectWith({ field: oneOf(...sortable), order: { ...oneOf('ASC', 'DESC'), default: 'ASC' } }, ['field']);
  const filter = filterSchema(description);
  return objectWith(
    {
      page: PAGE,
      ...(sortable.length === 0 ? {} : { sort: { ...listOf(sort), maxItems: MAX_SORTS } }),
      ...(Object.keys(filter.properties).length === 0 ? {} : { filter }),
    },
    [],
  );
}

/** The schema of a search's answer. */
export function pageOf<const S extends Schema>(item: S) {
  const page = object({
    totalItems: integer,
    hasMoreTotalItems: flag,
    startCursor: nullableText,
    endCursor: nullableText,
  });
  return object({ items: listOf(item), page });
}

function filterSchema<Field extends string>({ fields, alternatives, more = {} }: SearchDescription<Field>) {
  const members: Record<string, Schema> = { ...more };
  for (const [name, field] of Object.entries<SearchField<Field>>(fields)) {
    if (field.filter !== undefined) members[name] = memberSchema(field);
  }
  if (alternatives !== true) return objectWith(members, []);
  return objectWith({ ...members, $or: { ...listOf(objectWith(members, [])), maxItems: MAX_ALTERNATIVES } }, []);
}

function memberSchema<Field extends string>({ type, filter }: SearchField<Field>): Schema {
  const value = valueSchema(type);
  if (filter === 'plain') return value;
  if (filter === 'list') return { ...listOf(value), maxItems: MAX_VALUES };
  const operators = operatorsOf(type).map((operator) => [operator, operandSchema(operator, value)] as const);
  return { anyOf: [value, objectWith(Object.fromEntries(operators), [])] };
}

function operandSchema(operator: Operator, value: Schema): Schema {
  switch (operator) {
    case '$exists':
      return flag;
    case '$in':
    case '$notIn':
      return { ...listOf(value), maxItems: MAX_VALUES };
    case '$like':
      return text;
    default:
      return value;
  }
}

function valueSchema(type: FieldType): Schema {
  switch (type) {
    case 'text':
      return text;
    case 'number':
      return integer;
    case 'key':
      return { ...text, pattern: '^-?[0-9]{1,25}$' };
    case 'date':
      return { ...text, format: 'date-time' };
    case 'flag':
      return flag;
    default:
      return oneOf(...type.oneOf);
  }
}

function namesOf<Field extends string>(
  { fields }: SearchDescription<Field>,
  wanted: (field: SearchField<Field>) => boolean,
): readonly string[] {
  return Object.entries<SearchField<Field>>(fields)
    .filter(([, field]) => wanted(field))
    .map(([name]) => name);
}
