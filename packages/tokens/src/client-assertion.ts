import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Parsed, Randomness } from '@stagedoor/access';
import { compactVerify } from 'jose/jws/compact/verify';
import { ASSERTION_ALGORITHMS, type AssertionAlgorithm, type AssertionKey } from './assertion-keys.ts';
import { readCompactToken } from './compact-token.ts';
import { readLifetime } from './token-lifetime.ts';

/** An assertion that is in order, but for its signature. */
export type ReadAssertion = {
  readonly clientId: string;
  readonly algorithm: AssertionAlgorithm;
  readonly jti: string;
  /** Milliseconds; until then it could be used once more, skew counted. */
  readonly endsAt: number;
};

const MAX_ASSERTION_LENGTH = 16_384;
const MAX_AHEAD_MILLIS = 600_000;
const SKEW_MILLIS = 60_000;
const MAX_JTI_LENGTH = 256;
/** What an assertion may call itself; the last one is of draft-ietf-oauth-rfc7523bis. An access token is none. */
const TYPES: readonly unknown[] = [undefined, 'jwt', 'client-authentication+jwt'];

/**
 * Reads an assertion of a client about itself (RFC 7523 section 3, OpenID Connect Core section 9). Which key is to be tried is
 * the registration's to say: `kid`, `x5t` and `x5t#S256` are hints that nobody needs, and keys or addresses of keys that
 * it brings along are passed over. Not checked here: the signature, and whether it was used before. `problem` completes "the assertion …".
 */
export function readClientAssertion(
  assertion: string,
  { audiences, now }: { readonly audiences: readonly string[]; readonly now: number },
): Parsed<ReadAssertion> {
  if (assertion.length > MAX_ASSERTION_LENGTH) return refused('is longer than 16 kB');
  const read = readCompactToken(assertion);
  if (!read.ok) return read;
  const { header, claims } = read.value;
  const algorithm = ASSERTION_ALGORITHMS.find((known) => known === header.alg);
  if (algorithm === undefined) return refused('is signed with an algorithm that is not accepted');
  if (Object.hasOwn(header, 'crit') || Object.hasOwn(header, 'b64')) return refused('has a crit or b64 header');
  if (!TYPES.includes(typeof header.typ === 'string' ? header.typ.toLowerCase() : header.typ))
    return refused('is of another type');
  const { iss, sub, jti } = claims;
  if (typeof sub !== 'string' || sub === '' || iss !== sub)
    return refused('has an iss and a sub that are not one client');
  if (typeof jti !== 'string' || jti === '' || jti.length > MAX_JTI_LENGTH)
    return refused('has no jti that can be kept');
  if (!audiences.includes(soleAudience(claims.aud))) return refused('is not for this issuer alone');
  const times = acceptTimes(claims, now);
  return times.ok ? { ok: true, value: { clientId: sub, algorithm, jti, endsAt: times.value } } : times;
}

/** Several audiences could each use it here (RFC 7523 section 3, threats "many-audience assertions"). Empty where it has not one. */
function soleAudience(aud: unknown): string {
  const sole: unknown = Array.isArray(aud) && aud.length === 1 ? aud[0] : aud;
  return typeof sole === 'string' ? sole : '';
}

function acceptTimes(claims: Readonly<Record<string, unknown>>, now: number): Parsed<number> {
  const lifetime = readLifetime(claims);
  if (!lifetime.ok) return lifetime;
  if (lifetime.value === null) return refused('has no exp');
  const { expiresAt, notBefore } = lifetime.value;
  if (now >= expiresAt + SKEW_MILLIS) return refused('has expired');
  if (expiresAt > now + MAX_AHEAD_MILLIS) return refused('lives for more than ten minutes');
  if (notBefore > now + SKEW_MILLIS) return refused('is not valid yet');
  if (typeof claims.iat === 'number' && claims.iat * 1000 > now + SKEW_MILLIS)
    return refused('was issued in the future');
  return { ok: true, value: expiresAt + SKEW_MILLIS };
}

/** Whether one of the keys made the signature, with the algorithm that the assertion names and the key is for. */
export async function isSignedByClient(
  assertion: string,
  algorithm: AssertionAlgorithm,
  keys: readonly AssertionKey[],
): Promise<boolean> {
  for (const { key, algorithms } of keys) {
    if (algorithms.includes(algorithm) && (await verifies(assertion, key, algorithm))) return true;
  }
  return false;
}

async function verifies(assertion: string, key: KeyObject, algorithm: AssertionAlgorithm): Promise<boolean> {
  try {
    await compactVerify(assertion, key, { algorithms: [algorithm] });
    return true;
  } catch {
    // Whatever the reason, this key does not vouch for it.
    return false;
  }
}

/**
 * Keys that nobody has, one for each algorithm: tried in the place of those of a client that does not exist, so that its
 * refusal takes as long as any other.
 */
export function nobodysKeys(randomness: Randomness): readonly AssertionKey[] {
  const modulus = Buffer.from(randomness.bytes(256));
  // 2048 bits and odd, as every modulus is; that nobody knows its factors is what makes it nobody's.
  modulus.writeUInt8(modulus.readUInt8(0) | 0x80, 0);
  modulus.writeUInt8(modulus.readUInt8(255) | 1, 255);
  const rsa = createPublicKey({ key: { kty: 'RSA', n: modulus.toString('base64url'), e: 'AQAB' }, format: 'jwk' });
  return [
    { thumbprint: '', algorithms: ['RS256', 'PS256'], key: rsa },
    { thumbprint: '', algorithms: ['ES256'], key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey },
    { thumbprint: '', algorithms: ['EdDSA'], key: generateKeyPairSync('ed25519').publicKey },
  ];
}

function refused(problem: string): { readonly ok: false; readonly problem: string } {
  return { ok: false, problem };
}
