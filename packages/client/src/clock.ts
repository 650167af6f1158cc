/** Time as everything here asks for it; a test moves one of its own. */
export type Clock = {
  /** Milliseconds that only go forward, whatever is done to the machine's clock. Where they began means nothing. */
  readonly monotonic: () => number;
  /** Milliseconds since the epoch as this machine has them. They may be wrong: nothing but a client assertion looks at them. */
  readonly wall: () => number;
  /** Calls once after so many milliseconds; the answer calls it off. */
  readonly after: (milliseconds: number, call: () => void) => () => void;
};

/** Between two looks at both clocks; less is drift, and nobody's token ends by it. */
const LEAP = 1_000;
/** 24 days. A timer that is set to more ends at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Milliseconds that only go forward, and that a machine's sleep is part of: `ticks` stands meanwhile on most systems, while
 * tokens grow old. What `wall` leaps ahead of it counts as time that has passed. Where somebody set the machine's clock forward
 * instead, tokens are renewed once too early; set back, it changes nothing.
 */
export function countingSleep(ticks: () => number, wall: () => number): () => number {
  let [lastTicks, lastWall, asleep] = [ticks(), wall(), 0];
  return () => {
    const [nowTicks, nowWall] = [ticks(), wall()];
    const leapt = nowWall - lastWall - (nowTicks - lastTicks);
    if (leapt > LEAP) asleep += leapt;
    lastTicks = nowTicks;
    lastWall = nowWall;
    return nowTicks + asleep;
  };
}

const wall = (): number => Date.now();

export const systemClock: Clock = {
  monotonic: countingSleep(() => performance.now(), wall),
  wall,
  after: (milliseconds, call) => {
    const timer = setTimeout(call, Math.min(milliseconds, LONGEST_TIMER));
    return () => clearTimeout(timer);
  },
};
