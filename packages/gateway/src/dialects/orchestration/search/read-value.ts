import type { SearchValue } from '@stagedoor/cluster';
import { Failure } from '../../../failure.ts';
import type { FieldType } from './search-description.ts';

/** RFC 3339, with or without seconds and a colon in the offset, as the original's parser has it. */
const DATE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})$/i;

/** A value of a filter as the records keep it. `place` is where it stands in the body. The schema has checked its JSON type. */
export function readValue(type: FieldType, value: unknown, place: string): SearchValue {
  switch (type) {
    case 'key':
      return readKeyValue(value, place);
    case 'date':
      return readDate(value, place);
    case 'number':
      if (Number.isSafeInteger(value)) return value as number;
      break;
    case 'flag':
      if (typeof value === 'boolean') return value;
      break;
    default:
      if (typeof value === 'string') return value;
  }
  throw unreadable(place);
}

/** Beyond 2^53 there is nothing to find, but something to be less than. */
function readKeyValue(value: unknown, place: string): number {
  if (typeof value !== 'string' || !/^-?\d+$/.test(value)) throw unreadable(place);
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number(value), Number.MAX_SAFE_INTEGER));
}

function readDate(value: unknown, place: string): number {
  const at = parseDate(value);
  if (at === null) throw unreadable(place);
  return at;
}

/** A point in time in milliseconds, or null where the text is none. */
export function parseDate(value: unknown): number | null {
  const at = typeof value === 'string' && DATE.test(value) ? Date.parse(value.toUpperCase()) : Number.NaN;
  return Number.isNaN(at) ? null : at;
}

/** What a search cannot make sense of, by the place where it stands (facts, section 2.2). */
export function unreadable(place: string, why?: string): Failure {
  return new Failure('malformed', `Request property [${place}] cannot be parsed${why === undefined ? '' : `: ${why}`}`);
}
