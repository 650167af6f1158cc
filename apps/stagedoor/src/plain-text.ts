/**
 * Characters that move a cursor, end a line, or turn the reading direction, and halves of characters: they make a terminal,
 * a log or a header say something else than what was written (Unicode: Cc, line separators, bidirectional controls).
 */
const DECEPTIVE = /[\p{Cc}\p{Cs}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
const EVERY_DECEPTIVE = new RegExp(DECEPTIVE, 'gu');

/** True for a text that shows as what it is wherever it is printed. */
export function isPlainText(text: string): boolean {
  return !DECEPTIVE.test(text);
}

/** The text with everything deceptive spelled out, for a terminal. */
export function toPlainText(text: string): string {
  return text.replace(EVERY_DECEPTIVE, (found) => `\\u{${(found.codePointAt(0) ?? 0).toString(16)}}`);
}
