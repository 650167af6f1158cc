import { FetchFailure } from './fetch-document.ts';
import { type KeySet, KeySetMalformed } from './key-set.ts';

/** Gets a whole set, in the time of the signal. Rejects with `FetchFailure` or `KeySetMalformed`. */
export type LoadKeySet = (signal: AbortSignal) => Promise<KeySet>;

/**
 * One published key set: the last good one, and whether the last attempt to get it failed. A set that arrives replaces the
 * one before, also an empty one, which revokes; one that cannot be read is an outage and replaces nothing.
 */
export class RemoteKeySet {
  keys: KeySet | undefined;
  /** When `keys` was asked for. */
  loadedAt = 0;
  /** What went wrong at the last attempt. */
  problem: string | undefined;
  readonly #load: LoadKeySet;

  constructor(load: LoadKeySet) {
    this.#load = load;
  }

  /** Never rejects: a failure is what `problem` says afterwards. */
  async load(signal: AbortSignal, now: number): Promise<void> {
    try {
      this.keys = await this.#load(signal);
      this.loadedAt = now;
      this.problem = undefined;
    } catch (cause) {
      this.problem =
        cause instanceof FetchFailure || cause instanceof KeySetMalformed ? cause.message : 'unexpected failure';
    }
  }

  /** From when on the last good set does not serve any more; undefined while the issuer answers. */
  servesUntil(graceMilliseconds: number): number | undefined {
    return this.problem === undefined ? undefined : this.loadedAt + graceMilliseconds;
  }
}
