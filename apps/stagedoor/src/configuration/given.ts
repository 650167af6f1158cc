import type { Problems } from './problems.ts';
import { type Origin, originText, type Path, rankOf } from './property.ts';

/** What a source says of one place of the table: `rest` leads from that place to the value. */
export type Given = { readonly rest: Path; readonly text: string | null; readonly origin: Origin };
export type Spoken = Given & { readonly text: string };

export function gather<K>(map: Map<K, Given[]>, key: K, given: Given): void {
  const list = map.get(key);
  if (list) list.push(given);
  else map.set(key, [given]);
}

/** What the highest source says that says anything at all. */
export function highest(given: readonly Given[]): Spoken[] {
  const spoken = given.filter((one): one is Spoken => one.text !== null);
  const top = Math.max(...spoken.map((one) => rankOf(one.origin)));
  return spoken.filter((one) => rankOf(one.origin) === top);
}

/** The text of the source that stands highest. Two texts in one source contradict each other. */
export function winner(key: string, given: readonly Given[], problems: Problems): Spoken | null {
  const structured = given.find((one) => one.rest.length > 0);
  if (structured) problems.add(key, structured.origin, 'takes one value, not a list or a mapping');
  const texts = highest(given.filter((one) => one.rest.length === 0));
  const [first] = texts;
  const other = texts.find((one) => one.text !== first?.text);
  if (first && other) {
    const again = originText(other.origin);
    problems.add(key, first.origin, `is given again, with another value, by ${again}: keep one of them`);
  }
  return first ?? null;
}
