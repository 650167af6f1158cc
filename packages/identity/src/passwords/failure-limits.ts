import type { Clock } from '@stagedoor/access';

/** Failures that one name may have from one place at once, and how long it takes until it may have one more. */
const FAILURES = 10;
const RECOVERY_MS = 10_000;
const MAX_ENTRIES = 20_000;

type Allowance = { left: number; at: number };

/**
 * How many attempts a name has left at a place: a token bucket each. An attempt is paid for when it starts, so that no
 * number of simultaneous ones exceeds it, and given back where it was right or was never made. Bounded: when there is no
 * room, the allowance that nobody touched longest is forgotten; it would have been whole again soonest.
 */
export class FailureLimits {
  readonly #clock: Clock;
  readonly #allowances = new Map<string, Allowance>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Pays for one attempt: 0 where that was possible, otherwise the seconds until it is. */
  take(key: string): number {
    const allowance = this.#current(key);
    if (allowance.left < 1) return Math.max(1, Math.ceil(((1 - allowance.left) * RECOVERY_MS) / 1000));
    allowance.left -= 1;
    this.#put(key, allowance);
    return 0;
  }

  /** The attempt was not made after all. */
  giveBack(key: string): void {
    const allowance = this.#current(key);
    allowance.left += 1;
    this.#put(key, allowance);
  }

  /** Somebody at this place knows the password: what he mistyped before is forgiven. */
  forgive(key: string): void {
    this.#allowances.delete(key);
  }

  #current(key: string): Allowance {
    const now = this.#clock.now();
    const known = this.#allowances.get(key);
    if (!known) return { left: FAILURES, at: now };
    // A clock that was set back gives nothing, and counts from where it is now.
    const recovered = Math.max(0, now - known.at) / RECOVERY_MS;
    known.left = Math.min(FAILURES, known.left + recovered);
    known.at = now;
    return known;
  }

  #put(key: string, allowance: Allowance): void {
    this.#allowances.delete(key);
    if (allowance.left >= FAILURES) return;
    this.#allowances.set(key, allowance);
    if (this.#allowances.size <= MAX_ENTRIES) return;
    const oldest = this.#allowances.keys().next();
    if (!oldest.done) this.#allowances.delete(oldest.value);
  }
}
