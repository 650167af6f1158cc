import { createRequire } from 'node:module';
import type { ReadClaim } from '@stagedoor/access';
import type * as jsonPath from 'json-p3';

type Claims = Readonly<Record<string, unknown>>;
type Reader = (claims: Claims) => unknown;

const MAX_COMPILED = 1_000;
const compiled = new Map<string, Reader | null>();
let library: typeof jsonPath | undefined;

/**
 * Reads a claim by its plain name, or by JSONPath (RFC 9535) where the path begins with `$`; `undefined` where there is
 * none. A path that can match one place gives the value there, any other path an array of values (facts, section 4.2). A
 * path that cannot be read matches nothing: configuration is checked with `isClaimPath` before.
 */
export const readClaim: ReadClaim = (claims, path) => {
  if (!path.startsWith('$')) return Object.hasOwn(claims, path) ? claims[path] : undefined;
  return readerOf(path)?.(claims);
};

export function isClaimPath(path: string): boolean {
  return path !== '' && (!path.startsWith('$') || readerOf(path) !== null);
}

function readerOf(path: string): Reader | null {
  const known = compiled.get(path);
  if (known !== undefined) return known;
  const reader = compile(path);
  // Paths come from configuration and mapping rules, never from a request; the bound is for rules that come and go.
  if (compiled.size >= MAX_COMPILED) compiled.clear();
  compiled.set(path, reader);
  return reader;
}

function compile(path: string): Reader | null {
  // Loaded when the first path needs it: most configurations have plain names only.
  library ??= createRequire(import.meta.url)('json-p3') as typeof jsonPath;
  let query: jsonPath.JSONPathQuery;
  try {
    query = library.compile(path);
  } catch {
    return null;
  }
  const single = query.singularQuery();
  return (claims) => {
    // Claims were parsed from JSON, which the library's own type cannot know.
    const values = query.query(claims as jsonPath.JSONValue).values();
    if (values.length === 0) return undefined;
    return single ? values[0] : values;
  };
}
