import type { Parsed } from '@stagedoor/access';

/** When a token is good, in milliseconds since the epoch, skew not counted. */
export type TokenLifetime = { readonly expiresAt: number; readonly notBefore: number };

/** The last moment that a Date can have, in seconds. */
const MAX_NUMERIC_DATE = 8.64e12;

/**
 * Reads `exp`, `nbf` and `iat` (RFC 7519 sections 4.1.4 to 4.1.6). A token without `exp` has no lifetime, which is null. An
 * `iat` ahead of our clock says only that the clocks differ; `exp` and `nbf` decide.
 */
export function readLifetime(claims: Readonly<Record<string, unknown>>): Parsed<TokenLifetime | null> {
  const { exp, nbf = 0, iat } = claims;
  if (exp === undefined || exp === null) return { ok: true, value: null };
  if (!isNumericDate(exp) || !isNumericDate(nbf) || !(iat === undefined || isNumericDate(iat))) {
    return { ok: false, problem: 'has an exp, nbf or iat that is not a NumericDate' };
  }
  if (iat !== undefined && exp <= iat) return { ok: false, problem: 'expires before it was issued' };
  return { ok: true, value: { expiresAt: exp * 1000, notBefore: nbf * 1000 } };
}

function isNumericDate(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= MAX_NUMERIC_DATE;
}
