import type { Entry } from './bind.ts';
import { originText, printable } from './property.ts';
import type { Shown } from './read-scalar.ts';
import type { Effective } from './resolve.ts';

/** What `stagedoor config` prints: every key, its value and where that came from. Secrets are stars, keys without meaning have no value. */
export function describeConfiguration(effective: Effective, { json }: { readonly json: boolean }): string {
  return json ? asJson(effective) : asText(effective);
}

function asJson({ profile, method, entries }: Effective): string {
  const keys = entries.map(({ key, shown, origin, meaning }) => ({
    key,
    value: shown,
    origin: originText(origin),
    meaning,
  }));
  return JSON.stringify({ profile, method, keys }, null, 2);
}

function asText({ profile, method, entries }: Effective): string {
  return [`profile ${profile}, method ${method}`, '', ...entries.map(line), ''].join('\n');
}

function line({ key, shown, origin, meaning }: Entry): string {
  const value = meaning === 'noted' ? '(means nothing here)' : textOf(shown);
  return `${printable(key)} = ${value}  (${originText(origin)})`;
}

function textOf(shown: Shown): string {
  if (shown === null) return '(not set)';
  if (typeof shown !== 'object') return printable(String(shown));
  return shown.length === 0 ? '(none)' : shown.map(textOf).join(', ');
}
