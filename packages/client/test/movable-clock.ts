import type { Clock } from '../src/index.ts';

type Timer = { readonly at: number; readonly call: () => void };

/** Time that stands until it is moved. `wrongBy` is what the machine's own clock is off by, in milliseconds. */
export class MovableClock implements Clock {
  #now = 1_000_000;
  readonly #timers = new Set<Timer>();
  wrongBy = 0;

  readonly monotonic = (): number => this.#now;
  readonly wall = (): number => Date.now() + this.wrongBy;

  readonly after = (milliseconds: number, call: () => void): (() => void) => {
    const timer = { at: this.#now + milliseconds, call };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  };

  /** Milliseconds until somebody's wait is over; undefined where nobody waits. */
  get next(): number | undefined {
    const [first] = [...this.#timers].map(({ at }) => at - this.#now).sort((one, other) => one - other);
    return first;
  }

  move(milliseconds: number): void {
    this.#now += milliseconds;
    for (const timer of this.#timers) {
      if (timer.at > this.#now) continue;
      this.#timers.delete(timer);
      timer.call();
    }
  }
}
