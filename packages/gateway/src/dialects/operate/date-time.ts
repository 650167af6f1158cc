/** Operate v1 dates: `2026-11-22T05:25:36.618+0000`, always UTC; with a colon in the offset where RFC 3339 is asked for. */
export function writeDate(milliseconds: number, rfc3339 = false): string {
  return new Date(milliseconds).toISOString().replace('Z', rfc3339 ? '+00:00' : '+0000');
}

export type Period = { readonly from: number; readonly until: number };

const DATE = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3})(Z|[+-]\d{2}:?\d{2})(?:\|\|\/([yMwdhms]))?$/;

/** A date of a filter: one millisecond, or with `||/d` and the like the whole period around it. Null where it cannot be read. */
export function readPeriod(text: string): Period | null {
  const match = DATE.exec(text);
  if (!match) return null;
  const [, local, offset, unit] = match;
  const instant = Date.parse(`${local}${offset === 'Z' ? 'Z' : `${offset?.slice(0, 3)}:${offset?.slice(-2)}`}`);
  if (Number.isNaN(instant)) return null;
  return unit === undefined ? { from: instant, until: instant + 1 } : around(new Date(instant), unit);
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function around(date: Date, unit: string): Period {
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  switch (unit) {
    case 'y':
      return { from: midnight(year, 0, 1), until: midnight(year + 1, 0, 1) };
    case 'M':
      return { from: midnight(year, month, 1), until: midnight(year, month + 1, 1) };
    case 'w': {
      // Weeks begin on Monday (ISO 8601), as in the search engine behind the original.
      const monday = midnight(year, month, day - ((date.getUTCDay() + 6) % 7));
      return { from: monday, until: monday + 7 * DAY };
    }
    default: {
      const length = unit === 'd' ? DAY : unit === 'h' ? HOUR : unit === 'm' ? MINUTE : SECOND;
      const from = Math.floor(date.getTime() / length) * length;
      return { from, until: from + length };
    }
  }
}

/** Not `Date.UTC`, which takes the years 0 to 99 for those of the last century. */
function midnight(year: number, month: number, day: number): number {
  return new Date(0).setUTCFullYear(year, month, day);
}
