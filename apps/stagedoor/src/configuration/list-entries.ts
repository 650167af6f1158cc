import { type Given, gather, type Spoken, winner } from './given.ts';
import type { Problems } from './problems.ts';
import type { Segment } from './property.ts';
import { isScalarType } from './read-scalar.ts';
import { keysOf } from './schema.ts';
import type { ListType } from './value-type.ts';

type List = { readonly key: string; readonly type: ListType };

/** What is given of each entry of a list: one text with commas, or one entry per index from 0 on without a gap. */
export function listEntries(list: List, given: readonly Spoken[], problems: Problems): Given[][] {
  const { key } = list;
  const [text, ...others] = given.filter((one) => one.rest.length === 0);
  const indexed = new Map<number, Given[]>();
  for (const one of given) {
    const [segment, ...rest] = one.rest;
    if (segment === undefined) continue;
    const index = indexOf(segment);
    if (index === null)
      problems.add(
        key,
        one.origin,
        'is a list: write its entries one below the other, each behind a hyphen, or with an index',
      );
    else gather(indexed, index, { ...one, rest });
  }
  if (!text) return inOrder(key, indexed, problems);
  if (indexed.size > 0) problems.add(key, text.origin, 'is given as one text and by index: keep one of them');
  return splitText(list, [text, ...others], problems);
}

function splitText({ key, type }: List, texts: readonly Spoken[], problems: Problems): Given[][] {
  const one = winner(key, texts, problems);
  if (!one || one.text === '') return [];
  if (!isScalarType(type.of)) {
    problems.add(key, one.origin, `is a list of entries with keys of their own, such as ${keysOf(key, type)[1]}`);
    return [];
  }
  const parts = one.text.split(',').map((part) => part.trim());
  return parts.filter((part) => part !== '').map((text) => [{ ...one, text }]);
}

function inOrder(key: string, indexed: ReadonlyMap<number, Given[]>, problems: Problems): Given[][] {
  const entries = Array.from({ length: indexed.size }, (_, index) => indexed.get(index) ?? []);
  const gap = entries.findIndex((entry) => entry.length === 0);
  if (gap < 0) return entries;
  const [some] = [...indexed.values()].flat();
  problems.add(key, some?.origin ?? null, `has no entry [${gap}]: entries count from 0 without a gap`);
  return [];
}

function indexOf(segment: Segment): number | null {
  if (typeof segment === 'number') return segment;
  return /^\d{1,6}$/.test(segment) ? Number(segment) : null;
}
