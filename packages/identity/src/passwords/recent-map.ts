/**
 * A map that keeps what was used recently: two generations of at most `size` entries. When the younger is full it becomes
 * the older, and what nobody asked for since is forgotten. Reading an entry of the younger one, the usual case, writes nothing.
 */
export class RecentMap<V> {
  readonly #size: number;
  #younger = new Map<string, V>();
  #older = new Map<string, V>();

  constructor(size: number) {
    this.#size = size;
  }

  get(key: string): V | undefined {
    const young = this.#younger.get(key);
    if (young !== undefined) return young;
    const old = this.#older.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: string, value: V): void {
    if (this.#younger.size >= this.#size && !this.#younger.has(key)) {
      this.#older = this.#younger;
      this.#younger = new Map();
    }
    this.#younger.set(key, value);
  }
}
