import type { Dispatcher } from 'undici';

type Own = Dispatcher.DispatchOptions['headers'];

/**
 * The headers of a call with what is carried over them, in any of the forms that undici takes.
 *
 * @param carried with names in small letters
 */
export function withCarried(own: Own, carried: Readonly<Record<string, string>>): string[] {
  const kept = pairsOf(own).filter(([name]) => !Object.hasOwn(carried, name.toLowerCase()));
  return [...kept, ...Object.entries(carried)].flat();
}

function pairsOf(own: Own): readonly (readonly [string, string])[] {
  if (own === null || own === undefined) return [];
  if (Array.isArray(own) && typeof own[0] === 'string')
    return own.flatMap((name, at) => (at % 2 === 0 ? [[String(name), String(own[at + 1])] as const] : []));
  const entries: Iterable<readonly [string, unknown]> = Symbol.iterator in own ? asPairs(own) : Object.entries(own);
  return [...entries].flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).flatMap((one) =>
      one === undefined ? [] : [[name, String(one)] as const],
    ),
  );
}

function* asPairs(own: Iterable<unknown>): Iterable<readonly [string, unknown]> {
  for (const pair of own) {
    if (!Array.isArray(pair)) throw new TypeError('headers are neither names and values nor pairs of them');
    yield [String(pair[0]), pair[1]];
  }
}
