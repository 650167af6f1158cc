import { createPublicKey, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint } from 'jose/jwk/thumbprint';
import { isRocaModulus } from './roca-modulus.ts';
import { algorithmsOfKey, type SignatureAlgorithm } from './signature-algorithm.ts';
import { isJsonObject } from './strict-json.ts';

/** The public members of a key, and only they (RFC 7517, RFC 7518 section 6, RFC 8037). */
export type PublicJwk = {
  readonly kty: string;
  readonly crv?: string;
  readonly n?: string;
  readonly e?: string;
  readonly x?: string;
  readonly y?: string;
};

/** A public key for signatures. Its identity is its RFC 7638 thumbprint, whatever `kid` its issuer gives it. */
export type VerificationKey = {
  readonly kid: string | undefined;
  readonly thumbprint: string;
  readonly algorithms: readonly SignatureAlgorithm[];
  readonly key: KeyObject;
};

export type KeySelection =
  | { readonly kind: 'keys'; readonly keys: readonly VerificationKey[] }
  /** The key is known, but not for that algorithm. */
  | { readonly kind: 'other-algorithm' }
  | { readonly kind: 'unknown' };

/** A key set that cannot be read. It says nothing about the keys, so it is an outage, never a revocation. */
export class KeySetMalformed extends Error {
  override readonly name = 'KeySetMalformed';
  readonly code = 'KEY_SET_MALFORMED';
}

const MAX_KEYS = 100;
const UNKNOWN: KeySelection = { kind: 'unknown' };
const OTHER_ALGORITHM: KeySelection = { kind: 'other-algorithm' };

/** The keys that an issuer publishes at one moment; immutable. */
export class KeySet {
  static readonly EMPTY = new KeySet([]);
  /** Equal for two sets of the same keys under the same names for the same algorithms, in whatever order. */
  readonly identity: string;
  readonly keys: readonly VerificationKey[];

  constructor(keys: readonly VerificationKey[]) {
    this.keys = keys;
    this.identity = JSON.stringify(
      keys.map((key) => JSON.stringify([key.thumbprint, key.kid ?? null, key.algorithms])).sort(),
    );
  }

  /** The keys to try. Without a `kid`, every key that fits the algorithm (RFC 7515 section 4.1.4: it is only a hint). */
  select(kid: string | undefined, algorithm: SignatureAlgorithm): KeySelection {
    const named = kid === undefined ? this.keys : this.keys.filter((key) => key.kid === kid);
    if (named.length === 0) return UNKNOWN;
    const fitting = named.filter((key) => key.algorithms.includes(algorithm));
    if (fitting.length > 0) return { kind: 'keys', keys: fitting };
    return kid === undefined ? UNKNOWN : OTHER_ALGORITHM;
  }
}

/**
 * Reads a JWK set (RFC 7517 section 5). Keys that are for something else, or that cannot be used, are ignored as the RFC
 * says; an empty set is a set. Throws `KeySetMalformed` where it is no JWK set at all.
 */
export async function readKeySet(document: unknown): Promise<KeySet> {
  const list = isJsonObject(document) ? document.keys : undefined;
  if (!Array.isArray(list)) throw new KeySetMalformed('the key set has no list of keys');
  if (list.length > MAX_KEYS) throw new KeySetMalformed(`the key set has more than ${MAX_KEYS} keys`);
  if (!list.every(isJsonObject)) throw new KeySetMalformed('the key set has an entry that is not a key');
  const keys = await Promise.all(list.map(readKey));
  return new KeySet(keys.filter((key) => key !== null));
}

/** Null where the key is not for verifying signatures with an algorithm that is known here. */
export async function readKey(jwk: Readonly<Record<string, unknown>>): Promise<VerificationKey | null> {
  if (jwk.use !== undefined && jwk.use !== 'sig') return null;
  const operations = jwk.key_ops;
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))) return null;
  const kid = jwk.kid;
  if (kid !== undefined && typeof kid !== 'string') return null;
  const algorithms = algorithmsOfKey(jwk);
  const members = publicMembers(jwk);
  if (algorithms.length === 0 || members === null) return null;
  try {
    const key = createPublicKey({ key: members, format: 'jwk' });
    if (!isSound(key, members)) return null;
    return { kid, thumbprint: await calculateJwkThumbprint(members), algorithms, key };
  } catch {
    // Not a key: a point off its curve, members that are no numbers. RFC 7517 section 5 says to ignore it.
    return null;
  }
}

/** What may be published of a key. Null where a member that its type needs is missing. */
export function publicMembers(jwk: Readonly<Record<string, unknown>>): PublicJwk | null {
  const { kty, crv, n, e, x, y } = jwk;
  if (kty === 'RSA' && typeof n === 'string' && typeof e === 'string') return { kty, n, e };
  if (kty === 'EC' && typeof crv === 'string' && typeof x === 'string' && typeof y === 'string')
    return { kty, crv, x, y };
  if (kty === 'OKP' && typeof crv === 'string' && typeof x === 'string') return { kty, crv, x };
  return null;
}

/**
 * RFC 7518 section 3.3 wants 2048 bits and more of RSA; beyond 16384, or with a large exponent, one verification costs too
 * much. With an exponent of 1 everybody could sign, and no even one is a key (RFC 8017 section 3.1).
 */
function isSound(key: KeyObject, { n = '' }: PublicJwk): boolean {
  if (key.asymmetricKeyType !== 'rsa') return true;
  const { modulusLength: bits = 0, publicExponent: exponent = 0n } = key.asymmetricKeyDetails ?? {};
  if (bits < 2048 || bits > 16_384 || exponent < 3n || exponent > 0xffff_ffffn || exponent % 2n === 0n) return false;
  return !isRocaModulus(BigInt(`0x${Buffer.from(n, 'base64url').toString('hex')}`));
}
