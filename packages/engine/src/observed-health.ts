/** How long an observation counts. */
const FRESH_MS = 1000;

/** The health of the store as it was seen last, at most a second ago: what is asked thousands of times is not looked up each time. */
export class ObservedHealth {
  readonly #clock: { now(): number };
  readonly #observe: () => boolean;
  #good = false;
  #seenAt: number | undefined;

  constructor(clock: { now(): number }, observe: () => boolean) {
    this.#clock = clock;
    this.#observe = observe;
  }

  isGood(): boolean {
    const now = this.#clock.now();
    const age = this.#seenAt === undefined ? FRESH_MS : now - this.#seenAt;
    // A clock that was set back makes no observation last.
    if (age >= 0 && age < FRESH_MS) return this.#good;
    this.#good = this.#observe();
    this.#seenAt = now;
    return this.#good;
  }

  forget(): void {
    this.#seenAt = undefined;
  }
}
