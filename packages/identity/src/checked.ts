/** Input after its check: the parsed value, or everything that is wrong with it. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Control characters, line separators and halves of characters: never part of a text that is shown or logged. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u2028\u2029]/u;
const EVERY_UNPRINTABLE = new RegExp(UNPRINTABLE, 'gu');

export function isPrintable(text: string): boolean {
  return !UNPRINTABLE.test(text);
}

/** A text of the caller's, to be repeated to him: short, and harmless in a log or a terminal. */
export function quoted(text: string): string {
  const short = text.length > 100 ? `${text.slice(0, 100)}…` : text;
  return `'${short.replace(EVERY_UNPRINTABLE, '?')}'`;
}
