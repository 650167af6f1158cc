/** A key as it stands in a path or a body; null where the text is none. Beyond 2^53 there is nothing to find here. */
export function readKey(text: string): number | null {
  if (!/^-?\d{1,19}$/.test(text)) return null;
  const key = Number(text);
  return Number.isSafeInteger(key) ? key : -1;
}
