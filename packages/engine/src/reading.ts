/** What came of reading something that a caller sent: the value, or everything that is wrong with it. */
export type Reading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly string[] };

export function readable<T>(value: T): Reading<T> {
  return { ok: true, value };
}

export function unreadable(problems: readonly string[]): {
  readonly ok: false;
  readonly problems: readonly string[];
} {
  return { ok: false, problems };
}
