import type { Clock, Randomness } from '@stagedoor/access';
import { readCookie } from './cookies.ts';
import { Seal } from './seal.ts';

/** A login that a browser began and has not come back from. */
export type PendingLogin = {
  readonly provider: string;
  /** State, nonce and code verifier, in the words of whoever made them. */
  readonly secrets: string;
  /** A path of ours, with its query. */
  readonly returnTo: string;
};

export type PendingLoginParts = {
  readonly secret: Uint8Array;
  readonly secure: boolean;
  readonly clock: Clock;
  readonly randomness: Randomness;
};

/** Under TLS no other port, no other name of the domain and nobody on the way can set it (RFC 6265bis section 4.1.3.2). */
const COOKIES = { plain: 'stagedoor-sso', secure: '__Host-stagedoor-sso' } as const;
const LIFETIME_SECONDS = 600;
const MAX_LENGTH = 4_000;

/**
 * Keeps a login that was begun in the browser that began it, sealed: whoever has somebody else come back with a code of his own
 * lacks the cookie (RFC 9700 section 4.7). Nothing is kept here, so beginning logins fills nothing up.
 */
export class PendingLogins {
  readonly #parts: PendingLoginParts;
  readonly #seal: Seal;
  readonly #name: string;

  constructor(parts: PendingLoginParts) {
    this.#parts = parts;
    this.#name = parts.secure ? COOKIES.secure : COOKIES.plain;
    this.#seal = new Seal(parts.secret, 'stagedoor login at a provider', parts.randomness);
  }

  /** The cookie. A second login in the same browser takes the place of the first. */
  keep({ provider, secrets, returnTo }: PendingLogin): string {
    const until = this.#parts.clock.now() + LIFETIME_SECONDS * 1000;
    return this.#cookie(this.#seal.close(JSON.stringify([provider, secrets, returnTo, until])), LIFETIME_SECONDS);
  }

  /** What this browser began; null where that is nothing, too long ago, or was made elsewhere. */
  read(cookieHeader: string | undefined): PendingLogin | null {
    const value = readCookie(cookieHeader, this.#name);
    const text = value === null || value.length > MAX_LENGTH ? null : this.#seal.open(value);
    if (text === null) return null;
    const fields: unknown = JSON.parse(text);
    if (!Array.isArray(fields)) return null;
    const [provider, secrets, returnTo, until]: unknown[] = fields;
    if (typeof provider !== 'string' || typeof secrets !== 'string' || typeof returnTo !== 'string') return null;
    return typeof until === 'number' && this.#parts.clock.now() < until ? { provider, secrets, returnTo } : null;
  }

  /** The cookie that takes it back, for a login that succeeded. One that was refused stays under way: a forged callback spoils nobody's login. */
  forget(): string {
    return this.#cookie('', 0);
  }

  /** Lax: it has to come along when the provider sends the browser back. */
  #cookie(value: string, maxAge: number): string {
    return `${this.#name}=${value}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${this.#parts.secure ? '; Secure' : ''}`;
  }
}
