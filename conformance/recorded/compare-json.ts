import { isKey } from './learned-values.ts';

/**
 * Every point in which two JSON documents differ: members by name, values by what they are. Keys, ids, dates, versions,
 * tokens and addresses are compared by their form, everything else by its value.
 */
export function compareJson(recorded: unknown, ours: unknown, place = 'body'): readonly string[] {
  const [before, now] = [membersOf(recorded), membersOf(ours)];
  if (before === null || now === null || Array.isArray(recorded) !== Array.isArray(ours)) {
    const [was, is] = [describe(recorded, place), describe(ours, place)];
    return was === is ? [] : [`${place}: ${was} → ${is}`];
  }
  const names = new Set([...before.keys(), ...now.keys()]);
  return [...names].flatMap((name) => {
    const at = Array.isArray(recorded) ? `${place}[${name}]` : `${place}.${name}`;
    if (!now.has(name)) return [`${at}: ${describe(before.get(name), at)} → none`];
    if (!before.has(name)) return [`${at}: none → ${describe(now.get(name), at)}`];
    return compareJson(before.get(name), now.get(name), at);
  });
}

/** The members of an object, or of a list that has any objects; null for anything else. */
function membersOf(value: unknown): ReadonlyMap<string, unknown> | null {
  if (typeof value !== 'object' || value === null) return null;
  if (Array.isArray(value) && !value.some((item) => typeof item === 'object')) return null;
  return new Map(Object.entries(value));
}

const FORMS: readonly (readonly [RegExp, string])[] = [
  [/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'a UUID'],
  [/^[\w-]{27}$|^[\w-]{43}$|^[\w-]{86,}$/, 'base64url'],
  [/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/, 'a date with +0000'],
  [/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00$/, 'a date with +00:00'],
  [/^\d+\.\d+\.\d+$/, 'a version'],
  [/^(?:<token#\d+>|[\w-]{20,}\.[\w-]{20,}\.[\w-]{20,})$/, 'a token'],
];

function describe(value: unknown, place: string): string {
  if (Array.isArray(value)) return shortened(`[${value.map((item: unknown) => describe(item, place)).join(', ')}]`);
  if (typeof value === 'object' && value !== null) return 'an object';
  if (isKey(value)) return typeof value === 'number' ? 'a key' : 'a key as text';
  if (typeof value === 'number') return describeNumber(value, place);
  if (typeof value !== 'string') return String(value);
  if (place.endsWith('.host')) return 'a host';
  if (place.endsWith('.jti')) return value.includes(':') ? 'a UUID behind a prefix' : 'an id';
  const form = FORMS.find(([pattern]) => pattern.test(value));
  return form === undefined ? shortened(JSON.stringify(value.replace(/^https?:\/\/[^/]+/, '<origin>'))) : form[1];
}

function describeNumber(value: number, place: string): string {
  if (place.endsWith('.port')) return 'a port';
  if (/\.(?:exp|iat|nbf)$/.test(place)) return 'a moment';
  // What was left of five minutes when the answer was written.
  return place.endsWith('.expires_in') && value === 299 ? '300' : String(value);
}

function shortened(text: string): string {
  return text.length > 200 ? `${text.slice(0, 100)}… (${text.length} characters)` : text;
}
