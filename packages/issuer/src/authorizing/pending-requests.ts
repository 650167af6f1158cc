import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import type { Clock, Randomness } from '@stagedoor/access';

/** A page left open for longer begins again. */
const PAGE_MILLIS = 30 * 60_000;

/** What the login page sends back: the request as it came, and whether it comes from the browser that the page was made for. */
export type PendingRequest = { readonly query: string; readonly isOfThisBrowser: boolean };

/**
 * Carries the request of an application through the login page, under a MAC and bound to a cookie: a form that another site
 * sends, or one that was made for another browser, is known by it (CSRF). Nothing is stored. The key is this process's own.
 */
export class PendingRequests {
  readonly #key: Uint8Array;
  readonly #clock: Clock;
  readonly #randomness: Randomness;

  constructor({ clock, randomness }: { readonly clock: Clock; readonly randomness: Randomness }) {
    this.#key = randomness.bytes(32);
    this.#clock = clock;
    this.#randomness = randomness;
  }

  /** A new value for the browser's cookie. */
  newBrowser(): string {
    return Buffer.from(this.#randomness.bytes(32)).toString('base64url');
  }

  /** `path`: the endpoint that the request came to. */
  seal(query: string, path: string, browser: string): string {
    const payload = JSON.stringify([
      query,
      path,
      hash('sha256', browser, 'base64url'),
      this.#clock.now() + PAGE_MILLIS,
    ]);
    const text = Buffer.from(payload).toString('base64url');
    return `${text}.${this.#mac(text)}`;
  }

  /** Null for what was not made here, or for another endpoint. */
  open(sealed: string, path: string, browser: string | null): PendingRequest | null {
    const [text = '', mac = '', ...more] = sealed.split('.');
    const own = Buffer.from(this.#mac(text));
    const theirs = Buffer.from(mac);
    if (more.length > 0 || own.length !== theirs.length || !timingSafeEqual(own, theirs)) return null;
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (!Array.isArray(value)) return null;
    const [query, madeFor, boundTo, until]: unknown[] = value;
    if (typeof query !== 'string' || madeFor !== path || typeof until !== 'number') return null;
    const isOfThisBrowser =
      browser !== null && boundTo === hash('sha256', browser, 'base64url') && until > this.#clock.now();
    return { query, isOfThisBrowser };
  }

  #mac(text: string): string {
    return createHmac('sha256', this.#key).update(text).digest('base64url');
  }
}
