import { formatDuration, parseDuration } from './duration.ts';
import { relaxed } from './property.ts';
import { HIDDEN, SecretText } from './secret-text.ts';
import type { ScalarType, ValueType } from './value-type.ts';

/** A value, or the rule that the text breaks, to stand behind the key: "must be …". The text itself is never repeated. */
export type ReadScalar = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly rule: string };

const TRUE = /^(?:true|on|yes|1)$/i;
const FALSE = /^(?:false|off|no|0)$/i;

export function isScalarType(type: ValueType): type is ScalarType {
  return type.kind !== 'list' && type.kind !== 'map' && type.kind !== 'record' && type.kind !== 'anything';
}

export function readScalar(type: ScalarType, text: string): ReadScalar {
  switch (type.kind) {
    case 'secret':
      return { ok: true, value: new SecretText(text) };
    case 'text':
      return type.rule && !type.rule.fits(text) ? { ok: false, rule: type.rule.rule } : { ok: true, value: text };
    case 'flag':
      return readFlag(text.trim());
    case 'integer':
      return readInteger(text.trim(), type.min, type.max);
    case 'duration':
      return readDuration(text.trim(), type.min, type.max);
    case 'choice':
      return readChoice(text.trim(), type.values);
    case 'url':
      return readUrl(text.trim());
  }
}

function readFlag(text: string): ReadScalar {
  if (TRUE.test(text)) return { ok: true, value: true };
  return FALSE.test(text) ? { ok: true, value: false } : { ok: false, rule: 'must be true or false' };
}

function readInteger(text: string, min: number, max: number): ReadScalar {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return { ok: true, value };
  return { ok: false, rule: `must be a whole number from ${min} to ${max}` };
}

function readDuration(text: string, min: number, max: number): ReadScalar {
  const value = parseDuration(text);
  if (value !== null && value >= min && value <= max) return { ok: true, value };
  const limits = `from ${formatDuration(min)} to ${formatDuration(max)}`;
  return {
    ok: false,
    rule: `must be a duration ${limits}, such as 30s, 5m or PT30S (a bare number means milliseconds)`,
  };
}

/** Spring reads its enumerations as it compares its keys. */
function readChoice(text: string, values: readonly string[]): ReadScalar {
  const value = values.find((one) => relaxed(one) === relaxed(text));
  return value === undefined ? { ok: false, rule: `must be ${alternatives(values)}` } : { ok: true, value };
}

/** The text is kept as it is written: an issuer is compared to the letter. */
function readUrl(text: string): ReadScalar {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:\/\//i.test(text) || /[\s\\]/.test(text))
    return { ok: false, rule: 'must be an absolute http or https URL' };
  if (url.username !== '' || url.password !== '') return { ok: false, rule: 'must not carry a user name or password' };
  if (url.hash !== '') return { ok: false, rule: 'must not have a fragment' };
  return { ok: true, value: text };
}

function alternatives(values: readonly string[]): string {
  return values.length > 1 ? `${values.slice(0, -1).join(', ')} or ${values.at(-1)}` : `${values[0]}`;
}

export type Shown = string | number | boolean | null | readonly Shown[];

/** What may be shown of a value. */
export function showScalar(type: ScalarType, value: unknown): Shown {
  if (value === undefined) return null;
  if (type.kind === 'secret') return HIDDEN;
  if (typeof value === 'number') return type.kind === 'duration' ? formatDuration(value) : value;
  return typeof value === 'boolean' ? value : String(value);
}

/** Stands where a text could not be read, so that the other keys can still be checked; such a configuration is never used. */
export function standIn(type: ScalarType): unknown {
  switch (type.kind) {
    case 'secret':
      return new SecretText('');
    case 'flag':
      return false;
    case 'integer':
    case 'duration':
      return type.min;
    case 'choice':
      return type.values[0];
    case 'url':
      return 'http://stand-in.invalid';
    case 'text':
      return '';
  }
}
