import type { Environment } from './environment-source.ts';

export type Filled = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly missing: string };

const DEEPEST = 8;

/**
 * Fills Spring's placeholders: `${NAME}` and `${NAME:default}`, from the environment alone; a default may hold placeholders.
 * What is put in is never read again for placeholders, so that a secret may contain any characters.
 */
export function fillPlaceholders(text: string, environment: Environment, depth = 0): Filled {
  let filled = '';
  let at = 0;
  for (;;) {
    const start = text.indexOf('${', at);
    const end = start < 0 ? -1 : closingBrace(text, start + 2);
    if (end < 0) return { ok: true, text: filled + text.slice(at) };
    const value = lookUp(text.slice(start + 2, end), environment, depth);
    if (!value.ok) return value;
    filled += text.slice(at, start) + value.text;
    at = end + 1;
  }
}

function lookUp(inner: string, environment: Environment, depth: number): Filled {
  const colon = inner.indexOf(':');
  const name = (colon < 0 ? inner : inner.slice(0, colon)).trim();
  const given = Object.hasOwn(environment, name) ? environment[name] : undefined;
  if (given !== undefined) return { ok: true, text: given };
  if (colon < 0 || depth === DEEPEST) return { ok: false, missing: name };
  return fillPlaceholders(inner.slice(colon + 1), environment, depth + 1);
}

function closingBrace(text: string, from: number): number {
  let depth = 1;
  for (let at = from; at < text.length; at++) {
    if (text.startsWith('${', at)) depth++;
    else if (text[at] === '}' && --depth === 0) return at;
  }
  return -1;
}
