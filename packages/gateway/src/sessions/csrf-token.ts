import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { Randomness } from '@stagedoor/access';

const BYTES = 32;

/**
 * CSRF tokens bound to a session: an HMAC of its id, masked anew each time so that compressed pages do not leak it.
 * Nothing is stored; a token of one session is worth nothing to another.
 */
export class CsrfTokens {
  readonly #key: Buffer;
  readonly #randomness: Randomness;

  constructor(secret: Uint8Array, randomness: Randomness) {
    this.#key = Buffer.from(hkdfSync('sha256', secret, '', 'stagedoor csrf', 32));
    this.#randomness = randomness;
  }

  issue(sessionId: string): string {
    const mask = Buffer.from(this.#randomness.bytes(BYTES));
    return Buffer.concat([mask, xor(this.#digest(sessionId), mask)]).toString('base64url');
  }

  matches(sessionId: string, token: string | undefined): boolean {
    if (token === undefined || token.length > 128) return false;
    const bytes = Buffer.from(token, 'base64url');
    if (bytes.length !== 2 * BYTES) return false;
    return timingSafeEqual(xor(bytes.subarray(BYTES), bytes.subarray(0, BYTES)), this.#digest(sessionId));
  }

  #digest(sessionId: string): Buffer {
    return createHmac('sha256', this.#key).update(sessionId).digest();
  }
}

function xor(left: Buffer, right: Buffer): Buffer {
  return Buffer.from(left.map((byte, index) => byte ^ (right[index] ?? 0)));
}
