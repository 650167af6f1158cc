import type { Parsed } from '@stagedoor/access';

/** Deeper than any token, key set or token request is; what walks a document later may recurse safely. */
const MAX_DEPTH = 32;

/** Every text, and the colon after it where it is the name of a member. Runs over what is known to be JSON. */
const TEXTS = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?/g;

/**
 * Parses JSON text that must be one object in which no member is named twice, at any depth: parsers differ in which of two
 * equal members they take (RFC 8259 section 4), and RFC 7519 section 4 lets a verifier refuse them. `problem` completes
 * "the token …", "the body …", and never repeats the text.
 */
export function parseJsonObject(text: string): Parsed<Readonly<Record<string, unknown>>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, problem: 'is not JSON' };
  }
  if (!isJsonObject(value)) return { ok: false, problem: 'is not a JSON object' };
  const members = countMembers(value, MAX_DEPTH);
  if (members === null) return { ok: false, problem: 'is nested too deeply' };
  // Of two members with one name only one is left in the value.
  if (members !== countMemberNames(text)) return { ok: false, problem: 'names a member twice' };
  return { ok: true, value };
}

export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** How many members the value has at all depths; null beyond the depth. */
function countMembers(value: unknown, depth: number): number | null {
  if (typeof value !== 'object' || value === null) return 0;
  if (depth === 0) return null;
  let count = Array.isArray(value) ? 0 : Object.keys(value).length;
  for (const inner of Object.values(value)) {
    const members = countMembers(inner, depth - 1);
    if (members === null) return null;
    count += members;
  }
  return count;
}

function countMemberNames(json: string): number {
  let count = 0;
  for (const [, colon] of json.matchAll(TEXTS)) if (colon !== undefined) count += 1;
  return count;
}
