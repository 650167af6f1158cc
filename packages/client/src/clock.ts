/** Time as everything here asks for it; a test moves one of its own. */
export type Clock = {
  /** Milliseconds that only go forward, whatever is done to the machine's clock. Where they began means nothing. */
  readonly monotonic: () => number;
  /** Milliseconds since the epoch as this machine has them. They may be wrong: nothing but a client assertion looks at them. */
  readonly wall: () => number;
  /** Calls once after so many milliseconds; the answer calls it off. */
  readonly after: (milliseconds: number, call: () => void) => () => void;
};

export const systemClock: Clock = {
  monotonic: () => performance.now(),
  wall: () => Date.now(),
  after: (milliseconds, call) => {
    const timer = setTimeout(call, milliseconds);
    return () => clearTimeout(timer);
  },
};
