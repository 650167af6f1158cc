import { randomBytes, randomFillSync } from 'node:crypto';
import type { Randomness } from '@stagedoor/access';

const BLOCK = 4_096;
/** What is longer than any id or key of ours is not taken of a block. */
const LONGEST = 64;

/**
 * Bytes of the system's generator, fetched by the block: to ask it for the sixteen of a token's id takes ten times as long as
 * to copy them. Each byte is handed out once, as a copy, and is in the block no more after that.
 */
export function systemRandomness(): Randomness {
  const block = new Uint8Array(BLOCK);
  let used = BLOCK;
  return {
    bytes: (length) => {
      // What is no length at all is refused there, too.
      if (!Number.isInteger(length) || length < 0 || length > LONGEST) return randomBytes(length);
      if (used + length > BLOCK) {
        randomFillSync(block);
        used = 0;
      }
      const bytes = block.slice(used, used + length);
      block.fill(0, used, used + length);
      used += length;
      return bytes;
    },
  };
}
