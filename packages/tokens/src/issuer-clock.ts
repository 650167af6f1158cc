import type { Clock } from '@stagedoor/access';
import type { Fetch } from './fetch-document.ts';

export type SkewReport = {
  /** What is less is not worth a word; a `Date` header has whole seconds, so less than two cannot be told. */
  readonly fromMilliseconds: number;
  /** Called once. Positive where the issuer's clock is ahead of ours. */
  readonly report: (milliseconds: number) => void;
};

/**
 * A fetch that compares the `Date` of each answer (RFC 9110 section 6.6.1) with our clock. What a cache on the way kept (it
 * says `Age`) tells nothing. The time that the answer took counts as no difference.
 */
export function comparingClocks(fetch: Fetch, clock: Clock, { fromMilliseconds, report }: SkewReport): Fetch {
  let reported = false;
  return async (url, init) => {
    const sentAt = clock.now();
    const response = await fetch(url, init);
    if (reported || response.headers.get('age') !== null) return response;
    const date = Date.parse(response.headers.get('date') ?? '');
    const skew = differenceTo(date, sentAt, clock.now());
    if (Math.abs(skew) >= Math.max(fromMilliseconds, 2_000)) {
      reported = true;
      report(skew);
    }
    return response;
  };
}

/** How far a moment lies outside of the time in which it was said; 0 for no moment. */
function differenceTo(moment: number, from: number, until: number): number {
  if (moment < from) return moment - from;
  return moment > until ? moment - until : 0;
}
