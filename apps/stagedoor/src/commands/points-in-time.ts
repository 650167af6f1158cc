import type { Parsed } from '@stagedoor/access';
import { parseDuration } from '../configuration/duration.ts';

const DATE = /^\d{4}-\d\d-\d\d$/;
const DATE_TIME = /^(\d{4}-\d\d-\d\d)T(\d\d):\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)$/;

const HUNDRED_YEARS_MS = 100 * 366 * 86_400_000;

/** Milliseconds. A bare number is milliseconds to Spring, and to somebody at a terminal anything: it is refused. */
function durationOf(text: string): number | undefined {
  const milliseconds = /^\d*$/.test(text) ? null : parseDuration(text);
  return milliseconds === null || milliseconds > HUNDRED_YEARS_MS ? undefined : milliseconds;
}

/** `90s`, `15m`, `12h`, `30d`, or ISO 8601 such as `PT1H`; in whole seconds, rounded up, a hundred years at most. */
export function parseSeconds(text: string): Parsed<number> {
  const milliseconds = durationOf(text);
  if (milliseconds !== undefined) return { ok: true, value: Math.ceil(milliseconds / 1000) };
  return { ok: false, problem: 'has to be a duration such as 90s, 15m, 12h, 30d or PT1H' };
}

/** The same between two durations, which are written as people write them: `1s`, `24h`. */
export function parseSecondsWithin(text: string, from: string, to: string): Parsed<number> {
  const parsed = parseSeconds(text);
  const [least, most] = [parseSeconds(from), parseSeconds(to)];
  if (!parsed.ok || !least.ok || !most.ok) return parsed;
  if (parsed.value >= least.value && parsed.value <= most.value) return parsed;
  return { ok: false, problem: `has to be from ${from} to ${to}` };
}

/** Milliseconds since the epoch, or undefined for a day or an hour that the calendar does not have. */
function instantOf(text: string): number | undefined {
  if (DATE.test(text)) return instantOf(`${text}T00:00Z`);
  const [, date, hours] = DATE_TIME.exec(text) ?? [];
  if (date === undefined || Number(hours) > 23) return undefined;
  const day = new Date(`${date}T00:00:00Z`);
  if (Number.isNaN(day.getTime()) || !day.toISOString().startsWith(date)) return undefined;
  const instant = Date.parse(text);
  return Number.isNaN(instant) ? undefined : instant;
}

/**
 * WHEN something ends, as an ISO 8601 instant in UTC: a date (its first moment in UTC), a date and time with `Z` or an
 * offset, or a duration from now. It has to lie in the future, a hundred years ahead at most.
 */
export function parseWhen(text: string, now: number): Parsed<string> {
  const duration = durationOf(text);
  const instant = duration === undefined ? instantOf(text) : now + duration;
  if (instant === undefined) {
    return {
      ok: false,
      problem: 'has to be a date (2030-01-31), a date and time (2030-01-31T12:00:00Z) or a duration (30d, 12h, PT1H)',
    };
  }
  if (instant <= now) return { ok: false, problem: 'has to lie in the future' };
  if (instant > now + HUNDRED_YEARS_MS) return { ok: false, problem: 'has to lie within the next hundred years' };
  return { ok: true, value: new Date(instant).toISOString() };
}
