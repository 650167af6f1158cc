/** Longer ones are refused: a pattern is tried against every record, and everybody waits meanwhile. */
export const MAX_PATTERN_LENGTH = 256;

type Part = 'any' | { readonly one: string | null };

/**
 * Whether a text is of a pattern as a whole: `*` any characters, `?` one, a backslash before a character that stands for itself.
 * It goes back to the last `*` only, so that no pattern takes more than the product of both lengths.
 */
export function matchesPattern(text: string, pattern: string): boolean {
  const parts = partsOf(pattern);
  const characters = [...text];
  let [at, part] = [0, 0];
  let retry: { readonly part: number; at: number } | null = null;
  while (at < characters.length) {
    const next = parts[part];
    if (next === 'any') {
      retry = { part: ++part, at };
    } else if (next !== undefined && (next.one === null || next.one === characters[at])) {
      at++;
      part++;
    } else if (retry !== null) {
      at = ++retry.at;
      part = retry.part;
    } else {
      return false;
    }
  }
  return parts.slice(part).every((rest) => rest === 'any');
}

function partsOf(pattern: string): readonly Part[] {
  const parts: Part[] = [];
  let escaped = false;
  for (const character of pattern) {
    if (escaped) parts.push({ one: character });
    else if (character === '*' && parts.at(-1) !== 'any') parts.push('any');
    else if (character === '?') parts.push({ one: null });
    else if (character !== '*' && character !== '\\') parts.push({ one: character });
    escaped = !escaped && character === '\\';
  }
  // A backslash at the end takes nothing's meaning away.
  return escaped ? [...parts, { one: '\\' }] : parts;
}
