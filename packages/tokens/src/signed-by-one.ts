import { compactVerify } from 'jose/jws/compact/verify';
import type { VerificationKey } from './key-set.ts';
import type { SignatureAlgorithm } from './signature-algorithm.ts';

/** Whether one of the keys made the signature of a JWS with this algorithm. Not checked here: that the keys are for it. */
export async function isSignedByOne(
  token: string,
  keys: readonly VerificationKey[],
  algorithm: SignatureAlgorithm,
): Promise<boolean> {
  const options = { algorithms: [algorithm] };
  for (const { key } of keys) {
    try {
      await compactVerify(token, key, options);
      return true;
    } catch {
      // Whatever the reason, this key does not vouch for the token; the next one may.
    }
  }
  return false;
}
