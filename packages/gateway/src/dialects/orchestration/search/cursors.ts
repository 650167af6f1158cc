import { createHash } from 'node:crypto';
import type { Randomness } from '@stagedoor/access';
import type { SortValue } from '@stagedoor/cluster';
import { Seal } from '../../../sessions/seal.ts';

/**
 * Cursors of searches: the place of an item in one query's order, sealed. A cursor shows nothing of that item, cannot be
 * made outside, and opens for no other query.
 */
export class Cursors {
  readonly #seal: Seal;

  constructor(secret: Uint8Array, randomness: Randomness) {
    this.#seal = new Seal(secret, 'stagedoor search cursor', randomness);
  }

  close(values: readonly SortValue[], query: string): string {
    return Buffer.from(this.#seal.close(JSON.stringify([query, values])), 'base64url').toString('base64');
  }

  /** The sort values, or null where it is no cursor of this query. */
  open(cursor: string, query: string): readonly SortValue[] | null {
    // The official client takes cursors in padded base64 alone; seals are written in base64url.
    const bytes = Buffer.from(cursor, 'base64');
    if (bytes.toString('base64') !== cursor) return null;
    const text = this.#seal.open(bytes.toString('base64url'));
    if (text === null) return null;
    const [of, values] = JSON.parse(text) as readonly [string, readonly SortValue[]];
    return of === query ? values : null;
  }
}

/** What makes two queries the same as far as their order and contents go: everything but the page. */
export function digestOf(query: unknown): string {
  return createHash('sha256').update(JSON.stringify(query)).digest('base64url');
}
