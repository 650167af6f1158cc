/** SQLite's own limit for a pattern, in bytes (SQLITE_LIMIT_LIKE_PATTERN_LENGTH); what is recorded is much shorter. */
const MAX_PATTERN_LENGTH = 10_000;

/**
 * A pattern of a search (`*`, `?`, a backslash before what is meant literally) in SQLite's GLOB, where brackets make sets and
 * nothing escapes. Null for a pattern that nothing recorded can match: NUL ends a pattern for SQLite, and is in no record.
 */
export function globOf(pattern: string): string | null {
  if (pattern.length > MAX_PATTERN_LENGTH || pattern.includes('\0')) return null;
  let glob = '';
  for (let index = 0; index < pattern.length; index += 1) {
    const character = pattern.charAt(index);
    if (character === '\\' && index + 1 < pattern.length) {
      index += 1;
      glob += literally(pattern.charAt(index));
    } else if (character === '*' || character === '?') {
      // Several stars say what one does, and cost more.
      if (character === '?' || !glob.endsWith('*') || glob.endsWith('[*')) glob += character;
    } else glob += literally(character);
  }
  return glob;
}

function literally(character: string): string {
  return '*?['.includes(character) ? `[${character}]` : character;
}
