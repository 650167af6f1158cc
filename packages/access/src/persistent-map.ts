const AIMED_BUCKET = 32;
const LARGEST_BUCKET = 128;

/**
 * An immutable map with text keys. Changing a few entries of a million copies their buckets and the list of buckets, and
 * shares all the rest with the map before.
 */
export class PersistentMap<V> {
  readonly size: number;
  readonly #buckets: readonly ReadonlyMap<string, V>[];

  private constructor(buckets: readonly ReadonlyMap<string, V>[], size: number) {
    this.#buckets = buckets;
    this.size = size;
  }

  /** Of two entries with one key the later one stays. */
  static of<V>(entries: Iterable<readonly [string, V]>, expected: number): PersistentMap<V> {
    const buckets = Array.from({ length: bucketsFor(expected) }, () => new Map<string, V>());
    for (const [key, value] of entries) buckets[bucketOf(key, buckets.length)]?.set(key, value);
    return new PersistentMap(
      buckets,
      buckets.reduce((sum, bucket) => sum + bucket.size, 0),
    );
  }

  get(key: string): V | undefined {
    return this.#buckets[bucketOf(key, this.#buckets.length)]?.get(key);
  }

  /** The map with these entries; `undefined` takes one away. */
  with(changes: ReadonlyMap<string, V | undefined>): PersistentMap<V> {
    if (changes.size === 0) return this;
    const buckets = [...this.#buckets];
    const copies = new Map<number, Map<string, V>>();
    let size = this.size;
    for (const [key, value] of changes) {
      const index = bucketOf(key, buckets.length);
      const bucket = copies.get(index) ?? new Map(buckets[index]);
      copies.set(index, bucket);
      buckets[index] = bucket;
      size -= bucket.size;
      if (value === undefined) bucket.delete(key);
      else bucket.set(key, value);
      size += bucket.size;
    }
    const changed = new PersistentMap(buckets, size);
    return size > buckets.length * LARGEST_BUCKET ? PersistentMap.of(changed.entries(), size) : changed;
  }

  *entries(): Iterable<readonly [string, V]> {
    for (const bucket of this.#buckets) yield* bucket;
  }

  *values(): Iterable<V> {
    for (const bucket of this.#buckets) yield* bucket.values();
  }
}

function bucketsFor(size: number): number {
  let count = 1;
  while (count * AIMED_BUCKET < size) count *= 2;
  return count;
}

// Names that all meet in one bucket make changes slower, never a lookup: a bucket is a map of its own.
function bucketOf(key: string, buckets: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index += 1) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  return (hash ^ (hash >>> 15)) & (buckets - 1);
}
