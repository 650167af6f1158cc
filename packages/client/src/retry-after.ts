/** However long somebody asks us to wait: a mistake must not silence a worker for days. */
const LONGEST_WAIT = 10 * 60_000;

/** `Retry-After` (RFC 9110 section 10.2.3) in milliseconds, seconds or date alike; undefined where there is none to be read. */
export function retryAfterOf(headers: Headers, now: number): number | undefined {
  const given = headers.get('retry-after')?.trim();
  if (given === undefined || given === '') return undefined;
  const wait = /^\d+$/.test(given) ? Number(given) * 1_000 : Date.parse(given) - now;
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), LONGEST_WAIT);
}
