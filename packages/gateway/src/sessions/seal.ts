import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import type { Randomness } from '@stagedoor/access';

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** What is sealed can be neither read nor made outside: AES-256-GCM under a key derived for this one purpose. */
export class Seal {
  readonly #key: Buffer;
  readonly #purpose: Buffer;
  readonly #randomness: Randomness;

  constructor(secret: Uint8Array, purpose: string, randomness: Randomness) {
    if (secret.length < 32) throw new TypeError('a seal needs a secret of at least 32 bytes');
    this.#key = Buffer.from(hkdfSync('sha256', secret, '', purpose, 32));
    this.#purpose = Buffer.from(purpose);
    this.#randomness = randomness;
  }

  close(text: string): string {
    const iv = this.#randomness.bytes(IV_BYTES);
    const cipher = createCipheriv(CIPHER, this.#key, iv);
    cipher.setAAD(this.#purpose);
    const sealed = Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return sealed.toString('base64url');
  }

  /** The text, or null where this seal did not close it. */
  open(sealed: string): string | null {
    const bytes = Buffer.from(sealed, 'base64url');
    if (bytes.length < IV_BYTES + TAG_BYTES || bytes.toString('base64url') !== sealed) return null;
    const decipher = createDecipheriv(CIPHER, this.#key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAAD(this.#purpose);
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    try {
      return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]).toString('utf8');
    } catch {
      // The tag does not fit: forged, cut, or of another key. There is nothing more to know.
      return null;
    }
  }
}
