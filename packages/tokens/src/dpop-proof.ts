import { type Parsed, PROOF_ALGORITHMS } from '@stagedoor/access';
import { compactVerify } from 'jose/jws/compact/verify';
import { type AssertionKey, assertionKey, isSecret } from './assertion-keys.ts';
import { readCompactToken } from './compact-token.ts';
import { sameTarget } from './dpop-target.ts';
import { isJsonObject } from './strict-json.ts';
import { readLifetime } from './token-lifetime.ts';

/** The request that a proof has to be about. */
export type ProvedRequest = {
  readonly method: string;
  /** Scheme, authority and path as the client addressed them; a query is passed over. */
  readonly target: string;
  /** SHA-256 of the access token in base64url; null where none goes along, at the token endpoint. */
  readonly accessTokenHash: string | null;
  /** The key that the access token is bound to; null where it is being asked for. */
  readonly thumbprint: string | null;
};

/** A proof that is good, but that may have been used before. */
export type DpopProof = {
  /** RFC 7638 thumbprint of its key. */
  readonly thumbprint: string;
  readonly jti: string;
  /** Milliseconds: from then on it is refused for its age anyway. */
  readonly endsAt: number;
};

type ProofAlgorithm = (typeof PROOF_ALGORITHMS)[number];

/** How far the time of a proof may be from our clock, to either side. */
export const PROOF_WINDOW_MILLIS = 60_000;
/** A proof with an RSA key of 16384 bits has 6 kB. */
const MAX_PROOF_LENGTH = 8192;
const MAX_JTI_LENGTH = 256;

type Signer = { readonly algorithm: ProofAlgorithm; readonly key: AssertionKey };

/**
 * Verifies a proof of possession (RFC 9449 section 4.3), what costs least first. Keys come from the proof itself: that it is
 * the right one follows from the token, or makes the token. No nonce is asked for. Not checked here: whether it was used
 * before. `problem` completes "the proof …" and repeats nothing of it.
 */
export async function verifyProof(
  proofs: readonly string[],
  request: ProvedRequest,
  now: number,
): Promise<Parsed<DpopProof>> {
  const [proof, ...more] = proofs;
  if (proof === undefined) return refused('is missing');
  if (more.length > 0) return refused('is there more than once');
  if (proof.length > MAX_PROOF_LENGTH) return refused('is longer than 8 kB');
  const read = readCompactToken(proof);
  if (!read.ok) return read;
  const { header, claims } = read.value;
  const about = examineClaims(claims, request, now);
  if (!about.ok) return about;
  const signer = await readSigner(header);
  if (!signer.ok) return signer;
  const { key } = signer.value;
  if (request.thumbprint !== null && key.thumbprint !== request.thumbprint)
    return refused('is made with another key than the one that the token is bound to');
  if (!(await isSigned(proof, signer.value))) return refused('has a signature that its key did not make');
  return { ok: true, value: { thumbprint: key.thumbprint, ...about.value } };
}

function examineClaims(
  claims: Readonly<Record<string, unknown>>,
  request: ProvedRequest,
  now: number,
): Parsed<Pick<DpopProof, 'jti' | 'endsAt'>> {
  const { jti, htm, htu, ath, iat } = claims;
  if (typeof jti !== 'string' || jti === '' || jti.length > MAX_JTI_LENGTH)
    return refused('has no jti that can be kept');
  if (htm !== request.method) return refused('is for another method');
  if (typeof htu !== 'string' || !sameTarget(htu, request.target)) return refused('is for another address');
  if (request.accessTokenHash !== null && ath !== request.accessTokenHash) return refused('is for another token');
  const lifetime = readLifetime(claims);
  if (!lifetime.ok) return lifetime;
  if (typeof iat !== 'number') return refused('has no iat');
  const endsAt = Math.min(iat * 1000 + PROOF_WINDOW_MILLIS, lifetime.value?.expiresAt ?? Number.POSITIVE_INFINITY);
  if (now >= endsAt) return refused('is older than a minute, or has expired');
  if (iat * 1000 > now + PROOF_WINDOW_MILLIS) return refused('was made more than a minute from now');
  return { ok: true, value: { jti, endsAt } };
}

async function readSigner(header: Readonly<Record<string, unknown>>): Promise<Parsed<Signer>> {
  const { typ, alg, jwk } = header;
  // RFC 7515 section 4.1.9: without regard to case, and application/ may be left out or not.
  if (typeof typ !== 'string' || !/^(?:application\/)?dpop\+jwt$/i.test(typ)) return refused('is of another type');
  if (Object.hasOwn(header, 'crit') || Object.hasOwn(header, 'b64')) return refused('has a crit or b64 header');
  const algorithm = PROOF_ALGORITHMS.find((known) => known === alg);
  if (algorithm === undefined) return refused('is signed with an algorithm that is not accepted');
  if (!isJsonObject(jwk)) return refused('has no jwk');
  if (isSecret(jwk)) return refused('has a private or secret key in it');
  const key = await assertionKey(jwk);
  if (key === null || !key.algorithms.includes(algorithm === 'Ed25519' ? 'EdDSA' : algorithm))
    return refused('has a key that is not for its algorithm');
  return { ok: true, value: { algorithm, key } };
}

async function isSigned(proof: string, { algorithm, key }: Signer): Promise<boolean> {
  try {
    await compactVerify(proof, key.key, { algorithms: [algorithm] });
    return true;
  } catch {
    // Whatever the reason, the key does not vouch for it.
    return false;
  }
}

function refused(problem: string): { readonly ok: false; readonly problem: string } {
  return { ok: false, problem };
}
