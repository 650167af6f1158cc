import { hash, timingSafeEqual } from 'node:crypto';
import type { ClientId, Clock, Randomness } from '@stagedoor/access';
import type { Login } from './login.ts';

/** What a code stands for: a login that begins when the client shows that the code is its own. */
export type Authorization = {
  readonly login: Login;
  readonly redirectUri: string;
  /** RFC 7636 section 4.2, by S256: 43 characters of base64url. */
  readonly codeChallenge: string;
  readonly nonce: string | undefined;
};

export type RedeemedCode =
  | { readonly kind: 'good'; readonly authorization: Authorization }
  | { readonly kind: 'refused' }
  /** It was redeemed before: whoever came first may have stolen it (RFC 6749 section 4.1.2). */
  | { readonly kind: 'reused'; readonly login: Login };

type Presented = {
  readonly code: string;
  readonly clientId: ClientId;
  readonly issuer: string;
  readonly redirectUri: string | undefined;
  readonly codeVerifier: string | undefined;
};

type Kept = { readonly authorization: Authorization; readonly expiresAt: number; redeemed: number };

/** RFC 6749 section 4.1.2 wants ten minutes at most; a browser needs seconds. */
const CODE_MILLIS = 60_000;
/** Each of them cost a password that was verified. */
const MAX_CODES = 10_000;
/** RFC 7636 section 4.1. */
const VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/;

/** Authorization codes, for a minute and in memory: a restart in that minute costs its user another login. */
export class AuthorizationCodes {
  readonly #clock: Clock;
  readonly #randomness: Randomness;
  /** By digest, oldest first. */
  readonly #codes = new Map<string, Kept>();

  constructor({ clock, randomness }: { readonly clock: Clock; readonly randomness: Randomness }) {
    this.#clock = clock;
    this.#randomness = randomness;
  }

  issue(authorization: Authorization): string {
    const now = this.#clock.now();
    for (const [digest, { expiresAt }] of this.#codes) {
      if (expiresAt > now && this.#codes.size < MAX_CODES) break;
      this.#codes.delete(digest);
    }
    const code = Buffer.from(this.#randomness.bytes(32)).toString('base64url');
    this.#codes.set(digestOf(code), { authorization, expiresAt: now + CODE_MILLIS, redeemed: 0 });
    return code;
  }

  /** Once, whatever comes of it: who does not know all that belongs to the code may not try again. */
  redeem({ code, ...presented }: Presented): RedeemedCode {
    const kept = this.#codes.get(digestOf(code));
    if (kept === undefined || kept.expiresAt <= this.#clock.now()) return { kind: 'refused' };
    const { authorization } = kept;
    kept.redeemed += 1;
    if (kept.redeemed > 1) return { kind: 'reused', login: authorization.login };
    const { login, redirectUri } = authorization;
    const isOwn = login.clientId === presented.clientId && login.issuer === presented.issuer;
    if (!isOwn || redirectUri !== presented.redirectUri || !isVerified(authorization, presented.codeVerifier))
      return { kind: 'refused' };
    return { kind: 'good', authorization };
  }

  /** Whether it came again since it was redeemed: to be asked once the login that it began can be ended. */
  wasReused(code: string): boolean {
    return (this.#codes.get(digestOf(code))?.redeemed ?? 0) > 1;
  }
}

function isVerified({ codeChallenge }: Authorization, verifier: string | undefined): boolean {
  if (verifier === undefined || !VERIFIER.test(verifier)) return false;
  return timingSafeEqual(Buffer.from(digestOf(verifier)), Buffer.from(codeChallenge));
}

function digestOf(text: string): string {
  return hash('sha256', text, 'base64url');
}
