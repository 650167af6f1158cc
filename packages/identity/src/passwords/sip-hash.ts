/** "somepseudorandomlygeneratedbytes", which the four words of the state begin with; low halves first. */
const BEGINNING = [
  0x70736575, 0x736f6d65, 0x6e646f6d, 0x646f7261, 0x6e657261, 0x6c796765, 0x79746573, 0x74656462,
] as const;
const KEY_BYTES = 16;
const UNITS_IN_A_WORD = 4;

/**
 * SipHash-2-4 with 128 bits (Aumasson and Bernstein 2012), of a text's UTF-16 code units, low byte first. It is made for
 * this: keys of a table that others may fill, short, secret and unforgeable without its key. What is in the table says nothing.
 *
 * Ours because it runs on every Basic request: a call of the machine's SHA-256 takes ten times as long, most of it on the way
 * there and back. It is no password hash, and nothing that it makes leaves the process.
 */
export class SipHash {
  readonly #start: Int32Array;
  /** Low and high halves of v0 to v3, in turn. */
  readonly #state = new Int32Array(8);

  /** The key has 16 bytes; others are a TypeError. */
  constructor(key: Uint8Array) {
    if (key.length !== KEY_BYTES) throw new TypeError(`a key has ${KEY_BYTES} bytes, not ${key.length}`);
    const view = new DataView(key.buffer, key.byteOffset, KEY_BYTES);
    this.#start = Int32Array.from(BEGINNING, (word, index) => word ^ view.getInt32((index % 4) * 4, true));
    // Of the variant with 128 bits.
    xor(this.#start, 1, 0xee, 0);
  }

  /** Eight characters, of sixteen bits each. */
  of(text: string): string {
    const state = this.#state;
    state.set(this.#start);
    const whole = text.length - (text.length % UNITS_IN_A_WORD);
    for (let at = 0; at < whole; at += UNITS_IN_A_WORD) absorb(state, unitsAt(text, at), unitsAt(text, at + 2));
    absorb(state, unitsAt(text, whole), unitsAt(text, whole + 2) | (((text.length * 2) & 0xff) << 24));
    xor(state, 2, 0xee, 0);
    rounds(state, 4);
    const [a, b] = [folded(state, 0), folded(state, 1)];
    xor(state, 1, 0xdd, 0);
    rounds(state, 4);
    const [c, d] = [folded(state, 0), folded(state, 1)];
    return String.fromCharCode(a, a >>> 16, b, b >>> 16, c, c >>> 16, d, d >>> 16);
  }
}

/** Two units as one half of a word; what is beyond the end is zero. */
function unitsAt(text: string, at: number): number {
  if (at + 1 < text.length) return text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16);
  return at < text.length ? text.charCodeAt(at) : 0;
}

function absorb(state: Int32Array, low: number, high: number): void {
  xor(state, 3, low, high);
  rounds(state, 2);
  xor(state, 0, low, high);
}

function xor(state: Int32Array, word: number, low: number, high: number): void {
  state[2 * word] = (state[2 * word] ?? 0) ^ low;
  state[2 * word + 1] = (state[2 * word + 1] ?? 0) ^ high;
}

/** v0 ^ v1 ^ v2 ^ v3: their low halves (0) or their high ones (1). */
function folded(state: Int32Array, half: 0 | 1): number {
  return (state[half] ?? 0) ^ (state[2 + half] ?? 0) ^ (state[4 + half] ?? 0) ^ (state[6 + half] ?? 0);
}

/** SipRounds. Additions of 64 bits are two of 32 and a carry; a rotation by 32 swaps the halves. */
function rounds(state: Int32Array, count: number): void {
  let v0 = state[0] ?? 0;
  let w0 = state[1] ?? 0;
  let v1 = state[2] ?? 0;
  let w1 = state[3] ?? 0;
  let v2 = state[4] ?? 0;
  let w2 = state[5] ?? 0;
  let v3 = state[6] ?? 0;
  let w3 = state[7] ?? 0;
  let kept = 0;
  for (let round = 0; round < count; round += 1) {
    let sum = (v0 >>> 0) + (v1 >>> 0);
    w0 = (w0 + w1 + carry(sum)) | 0;
    v0 = sum | 0;
    sum = (v2 >>> 0) + (v3 >>> 0);
    w2 = (w2 + w3 + carry(sum)) | 0;
    v2 = sum | 0;
    kept = v1;
    v1 = (v1 << 13) | (w1 >>> 19);
    w1 = (w1 << 13) | (kept >>> 19);
    kept = v3;
    v3 = (v3 << 16) | (w3 >>> 16);
    w3 = (w3 << 16) | (kept >>> 16);
    v1 ^= v0;
    w1 ^= w0;
    v3 ^= v2;
    w3 ^= w2;
    kept = v0;
    v0 = w0;
    w0 = kept;
    sum = (v2 >>> 0) + (v1 >>> 0);
    w2 = (w2 + w1 + carry(sum)) | 0;
    v2 = sum | 0;
    sum = (v0 >>> 0) + (v3 >>> 0);
    w0 = (w0 + w3 + carry(sum)) | 0;
    v0 = sum | 0;
    kept = v1;
    v1 = (v1 << 17) | (w1 >>> 15);
    w1 = (w1 << 17) | (kept >>> 15);
    kept = v3;
    v3 = (v3 << 21) | (w3 >>> 11);
    w3 = (w3 << 21) | (kept >>> 11);
    v1 ^= v2;
    w1 ^= w2;
    v3 ^= v0;
    w3 ^= w0;
    kept = v2;
    v2 = w2;
    w2 = kept;
  }
  state[0] = v0;
  state[1] = w0;
  state[2] = v1;
  state[3] = w1;
  state[4] = v2;
  state[5] = w2;
  state[6] = v3;
  state[7] = w3;
}

function carry(sum: number): 0 | 1 {
  return sum > 0xffff_ffff ? 1 : 0;
}
