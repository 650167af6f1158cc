/** What waits: the work, and whether anybody still wants its answer. */
type Waiting = { readonly isWanted: () => boolean; readonly begin: () => void; readonly drop: () => void };

const MAX_WAITING = 64;

/**
 * Runs slow checks one after the other, outside of whatever hashes passwords: a flood of them takes at most one thread, and
 * at most 64 wait. What nobody waits for any more is dropped before it costs anything.
 */
export class SlowChecks {
  readonly #waiting: Waiting[] = [];
  #busy = false;

  /** `null` where there was no room, or nobody wanted the answer when its turn came. */
  run(check: () => Promise<boolean>, isWanted: () => boolean): Promise<boolean | null> {
    if (this.#waiting.length >= MAX_WAITING) return Promise.resolve(null);
    return new Promise((resolve, reject) => {
      const begin = () => {
        check()
          .then(resolve, reject)
          .finally(() => this.#next());
      };
      this.#waiting.push({ isWanted, begin, drop: () => resolve(null) });
      if (!this.#busy) this.#next();
    });
  }

  #next(): void {
    let first = this.#waiting.shift();
    while (first !== undefined && !first.isWanted()) {
      first.drop();
      first = this.#waiting.shift();
    }
    this.#busy = first !== undefined;
    first?.begin();
  }
}
