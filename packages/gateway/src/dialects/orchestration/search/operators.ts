import type { FieldType } from './search-description.ts';

/** The operators of an advanced filter, in the order in which they are read. */
export const OPERATORS = ['$eq', '$neq', '$gt', '$gte', '$lt', '$lte', '$exists', '$in', '$notIn', '$like'] as const;
export type Operator = (typeof OPERATORS)[number];

const FOR_ALL = ['$eq', '$neq', '$exists', '$in', '$notIn'] as const satisfies readonly Operator[];

/** The operators that make sense of a type: order for what is ordered, patterns for what is text. */
export function operatorsOf(type: FieldType): readonly Operator[] {
  switch (type) {
    case 'text':
      return [...FOR_ALL, '$like'];
    case 'flag':
      return ['$eq', '$neq', '$exists'];
    case 'number':
    case 'key':
    case 'date':
      return [...FOR_ALL, '$gt', '$gte', '$lt', '$lte'];
    default:
      return [...FOR_ALL, '$like'];
  }
}
