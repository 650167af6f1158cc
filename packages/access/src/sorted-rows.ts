const LEAF = 256;
const LARGEST_LEAF = 2 * LEAF;

type Leaf = { readonly first: Float64Array; readonly second: Float64Array; readonly bits: Uint16Array };
/** Where neighbouring rows lie in one leaf, so that they need not be looked for again: from `low` up to `high`. */
export type Span = Leaf & { readonly low: number; readonly high: number };
export type Row = { readonly first: number; readonly second: number; readonly bits: number };

/**
 * An immutable table of rows of two numbers and sixteen bits, sorted by the numbers: 18 bytes a row, cut into leaves, so that
 * putting a row in or taking one out copies one leaf and the list of leaves. Rows may repeat.
 */
export class SortedRows {
  readonly size: number;
  readonly #leaves: readonly Leaf[];
  /** The first number of every leaf, to search in without touching the leaves. */
  readonly #starts: Float64Array;

  private constructor(leaves: readonly Leaf[], starts: Float64Array, size: number) {
    this.#leaves = leaves;
    this.#starts = starts;
    this.size = size;
  }

  static of(rows: RowColumns): SortedRows {
    const sorted = rows.sorted();
    const leaves: Leaf[] = [];
    for (let from = 0; from < sorted.size; from += LEAF) {
      const until = Math.min(from + LEAF, sorted.size);
      leaves.push({
        first: sorted.first.slice(from, until),
        second: sorted.second.slice(from, until),
        bits: sorted.bits.slice(from, until),
      });
    }
    return new SortedRows(leaves, startsOf(leaves), sorted.size);
  }

  /** Goes through the rows in order, from the first one whose `first` is at least this, for as long as `visit` says true. */
  scan(from: number, visit: (first: number, second: number, bits: number) => boolean): void {
    let index = -1;
    for (let at = this.#leafBefore(from); at < this.#leaves.length; at += 1) {
      const leaf = this.#leaves[at];
      if (leaf === undefined) return;
      for (
        index = index < 0 ? lowerBound(leaf.first, from, 0, leaf.first.length) : 0;
        index < leaf.first.length;
        index += 1
      ) {
        if (!visit(leaf.first[index] ?? 0, leaf.second[index] ?? 0, leaf.bits[index] ?? 0)) return;
      }
    }
  }

  /** The rows whose `first` is from here up to there; null where they are in more than one leaf, or none. */
  span(from: number, until: number): Span | null {
    for (let at = this.#leafBefore(from); at < this.#leaves.length; at += 1) {
      const leaf = this.#leaves[at];
      if (leaf === undefined) return null;
      const low = lowerBound(leaf.first, from, 0, leaf.first.length);
      if (low === leaf.first.length) continue;
      const high = lowerBound(leaf.first, until, low, leaf.first.length);
      const goesOn = high === leaf.first.length && (this.#starts[at + 1] ?? until) < until;
      return goesOn || low === high ? null : { ...leaf, low, high };
    }
    return null;
  }

  /** The `second` of the first row with this `first` and one of these bits. */
  find(first: number, bits: number): number | undefined {
    for (let at = this.#leafBefore(first); at < this.#leaves.length; at += 1) {
      const leaf = this.#leaves[at];
      if (leaf === undefined || (leaf.first[0] ?? 0) > first) return undefined;
      const found = findIn({ ...leaf, low: 0, high: leaf.first.length }, first, bits);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  with(row: Row): SortedRows {
    let at = this.#leafBefore(row.first);
    while (this.#starts[at + 1] === row.first && (this.#leaves[at + 1]?.second[0] ?? 0) <= row.second) at += 1;
    const leaf = this.#leaves[at];
    if (leaf === undefined) return this.#replaced(at, 0, [leafOf(row)]);
    const grown = withRow(leaf, row);
    return this.#replaced(at, 1, grown.first.length > LARGEST_LEAF ? halves(grown) : [grown]);
  }

  /** Without every row of these two numbers. */
  without(first: number, second: number): SortedRows {
    const from = this.#leafBefore(first);
    const kept: Leaf[] = [];
    let until = from;
    for (; until < this.#leaves.length; until += 1) {
      const leaf = this.#leaves[until];
      if (leaf === undefined || (leaf.first[0] ?? 0) > first) break;
      const rest = withoutRows(leaf, first, second);
      if (rest.first.length > 0) kept.push(rest);
    }
    return this.#replaced(from, until - from, kept);
  }

  /** Copies the list of leaves, not the leaves. */
  #replaced(at: number, count: number, by: readonly Leaf[]): SortedRows {
    const sizeOf = (leaves: readonly Leaf[]) => leaves.reduce((sum, leaf) => sum + leaf.first.length, 0);
    const size = this.size - sizeOf(this.#leaves.slice(at, at + count)) + sizeOf(by);
    const starts = new Float64Array(this.#starts.length - count + by.length);
    starts.set(this.#starts.subarray(0, at));
    starts.set(startsOf(by), at);
    starts.set(this.#starts.subarray(at + count), at + by.length);
    return new SortedRows(this.#leaves.toSpliced(at, count, ...by), starts, size);
  }

  /** The last leaf that begins before this number: the one that its first row is in, if there is one. */
  #leafBefore(first: number): number {
    return Math.max(0, lowerBound(this.#starts, first, 0, this.#starts.length) - 1);
  }
}

/** Rows on their way into a table, in any order. */
export class RowColumns {
  readonly first: Float64Array;
  readonly second: Float64Array;
  readonly bits: Uint16Array;
  #size = 0;

  constructor(capacity: number) {
    this.first = new Float64Array(capacity);
    this.second = new Float64Array(capacity);
    this.bits = new Uint16Array(capacity);
  }

  get size(): number {
    return this.#size;
  }

  /** Throws a RangeError beyond the capacity. */
  push({ first, second, bits }: Row): void {
    if (this.#size >= this.first.length) throw new RangeError('more rows than there is room for');
    this.first[this.#size] = first;
    this.second[this.#size] = second;
    this.bits[this.#size] = bits;
    this.#size += 1;
  }

  sorted(): RowColumns {
    if (this.#isSorted()) return this;
    const order = Uint32Array.from({ length: this.#size }, (_, index) => index);
    const { first, second } = this;
    order.sort((a, b) => (first[a] ?? 0) - (first[b] ?? 0) || (second[a] ?? 0) - (second[b] ?? 0));
    const rows = new RowColumns(this.#size);
    for (const index of order) {
      rows.push({ first: first[index] ?? 0, second: second[index] ?? 0, bits: this.bits[index] ?? 0 });
    }
    return rows;
  }

  #isSorted(): boolean {
    for (let at = 1; at < this.#size; at += 1) {
      const difference = (this.first[at - 1] ?? 0) - (this.first[at] ?? 0);
      if (difference > 0 || (difference === 0 && (this.second[at - 1] ?? 0) > (this.second[at] ?? 0))) return false;
    }
    return true;
  }
}

function startsOf(leaves: readonly Leaf[]): Float64Array {
  return Float64Array.from(leaves, (leaf) => leaf.first[0] ?? 0);
}

/** As `find`, among the rows of a span. */
export function findIn(span: Span, first: number, bits: number): number | undefined {
  for (let index = lowerBound(span.first, first, span.low, span.high); index < span.high; index += 1) {
    if (span.first[index] !== first) return undefined;
    if (((span.bits[index] ?? 0) & bits) !== 0) return span.second[index];
  }
  return undefined;
}

/** The first index from `from` up to `until` whose value is not below this one; `until` where there is none. */
function lowerBound(sorted: Float64Array, value: number, from: number, until: number): number {
  let low = from;
  let high = until;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function leafOf({ first, second, bits }: Row): Leaf {
  return { first: Float64Array.of(first), second: Float64Array.of(second), bits: Uint16Array.of(bits) };
}

function withRow({ first, second, bits }: Leaf, row: Row): Leaf {
  let at = lowerBound(first, row.first, 0, first.length);
  while (first[at] === row.first && (second[at] ?? 0) < row.second) at += 1;
  const grown = {
    first: new Float64Array(first.length + 1),
    second: new Float64Array(first.length + 1),
    bits: new Uint16Array(first.length + 1),
  };
  grown.first.set(first.subarray(0, at));
  grown.second.set(second.subarray(0, at));
  grown.bits.set(bits.subarray(0, at));
  grown.first[at] = row.first;
  grown.second[at] = row.second;
  grown.bits[at] = row.bits;
  grown.first.set(first.subarray(at), at + 1);
  grown.second.set(second.subarray(at), at + 1);
  grown.bits.set(bits.subarray(at), at + 1);
  return grown;
}

function withoutRows({ first, second, bits }: Leaf, one: number, other: number): Leaf {
  const stays = (_: number, index: number) => first[index] !== one || second[index] !== other;
  return { first: first.filter(stays), second: second.filter(stays), bits: bits.filter(stays) };
}

function halves({ first, second, bits }: Leaf): [Leaf, Leaf] {
  const cut = first.length >>> 1;
  return [
    { first: first.slice(0, cut), second: second.slice(0, cut), bits: bits.slice(0, cut) },
    { first: first.slice(cut), second: second.slice(cut), bits: bits.slice(cut) },
  ];
}
