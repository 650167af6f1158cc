const LONGEST = 500;

/** What others say, as it may stand in a message or a log: one line of some length, without control characters. */
export function asOneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, LONGEST);
}
