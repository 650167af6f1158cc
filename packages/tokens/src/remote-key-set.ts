import { type Fetch, FetchFailure, fetchDocument } from './fetch-document.ts';
import { type KeySet, KeySetMalformed, readKeySet } from './key-set.ts';

/** Finds the address of the set, or repeats a known one. Rejects with `FetchFailure`. */
export type Locate = (signal: AbortSignal) => Promise<string>;

/**
 * One published key set: the last good one, and whether the last attempt to get it failed. A set that arrives replaces the
 * one before, also an empty one, which revokes; one that cannot be read is an outage and replaces nothing.
 */
export class RemoteKeySet {
  keys: KeySet | undefined;
  /** What went wrong at the last attempt. */
  problem: string | undefined;
  readonly #fetch: Fetch;
  readonly #locate: Locate;
  #address: string | undefined;

  constructor(fetch: Fetch, locate: Locate) {
    this.#fetch = fetch;
    this.#locate = locate;
  }

  /** Never rejects: a failure is what `problem` says afterwards. */
  async load(signal: AbortSignal): Promise<void> {
    try {
      this.#address ??= await this.#locate(signal);
      this.keys = await readKeySet(await fetchDocument(this.#fetch, this.#address, signal));
      this.problem = undefined;
    } catch (cause) {
      this.problem =
        cause instanceof FetchFailure || cause instanceof KeySetMalformed ? cause.message : 'unexpected failure';
      // The issuer may have moved its keys: ask again where they are.
      this.#address = undefined;
    }
  }
}
