import type { Profile } from './matrix.ts';
import type { Preset } from './preset.ts';

/** A name, or the index of a list. Names are as somebody wrote them; they are compared by `relaxed`. */
export type Segment = string | number;
export type Path = readonly Segment[];

export type Origin =
  | { readonly kind: 'default' }
  | { readonly kind: 'profile'; readonly profile: Profile }
  | { readonly kind: 'preset'; readonly preset: Preset }
  | { readonly kind: 'file'; readonly path: string; readonly line: number }
  | { readonly kind: 'environment'; readonly name: string }
  | { readonly kind: 'option'; readonly option: string };

/** One value that one source gives to one key. `text` is null where the key stands there with nothing behind it. */
export type Property = { readonly path: Path; readonly text: string | null; readonly origin: Origin };

const RANK = { default: 0, profile: 1, preset: 2, file: 3, environment: 4, option: 5 } as const satisfies Record<
  Origin['kind'],
  number
>;

/** Who wins: defaults < profile < preset < file < environment < command line. */
export function rankOf(origin: Origin): number {
  return RANK[origin.kind];
}

/** True where a person said it, and not a default, a profile or a preset. */
export function isSaid(origin: Origin): boolean {
  return rankOf(origin) > RANK.preset;
}

export function originText(origin: Origin): string {
  switch (origin.kind) {
    case 'default':
      return 'default';
    case 'profile':
      return `profile ${origin.profile}`;
    case 'preset':
      return `preset ${origin.preset}`;
    case 'file':
      return `${printable(origin.path)}:${origin.line}`;
    case 'environment':
      return `env ${printable(origin.name)}`;
    case 'option':
      return `option ${origin.option}`;
  }
}

/** Spring's relaxed comparison: case, `-` and `_` do not count. */
export function relaxed(name: string): string {
  return name.toLowerCase().replace(/[-_]/g, '');
}

/** `a.b[0].[c.d]` → `a`, `b`, 0, `c.d`: dots separate, brackets hold an index or a name with dots. */
export function splitKey(key: string): Segment[] {
  const segments: Segment[] = [];
  for (const [, bracketed, plain] of key.matchAll(/\[([^\]]*)\]|([^.[\]]+)/g)) {
    if (plain !== undefined) segments.push(plain);
    else if (bracketed !== undefined) segments.push(/^\d{1,6}$/.test(bracketed) ? Number(bracketed) : bracketed);
  }
  return segments.length === 0 ? [key] : segments;
}

export function joinKey(prefix: string, path: Path): string {
  let key = prefix;
  for (const segment of path) {
    if (typeof segment === 'number') key += `[${segment}]`;
    else if (/[.[\]]/.test(segment)) key += `[${segment}]`;
    else key += key === '' ? segment : `.${segment}`;
  }
  return key;
}

/** Names come from files and shells: what a terminal would obey is shown as an escape. */
export function printable(text: string): string {
  const shown = text.length > 200 ? `${text.slice(0, 200)}…` : text;
  return shown.replace(
    /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
