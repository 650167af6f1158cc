/**
 * What was verified not long ago, by digest: at most 10,000 entries. Two generations stand in for an exact order of use:
 * what is used moves to the young one, and when that is full the old one is dropped, so that a look-up costs one search.
 */
export class VerifiedTokenCache<Entry> {
  readonly #half: number;
  #young = new Map<string, Entry>();
  #old = new Map<string, Entry>();

  constructor(capacity = 10_000) {
    this.#half = capacity / 2;
  }

  get(digest: string): Entry | undefined {
    const young = this.#young.get(digest);
    if (young !== undefined) return young;
    const old = this.#old.get(digest);
    if (old !== undefined) this.set(digest, old);
    return old;
  }

  set(digest: string, entry: Entry): void {
    this.#old.delete(digest);
    if (this.#young.size >= this.#half) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(digest, entry);
  }

  delete(digest: string): void {
    this.#young.delete(digest);
    this.#old.delete(digest);
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }
}
