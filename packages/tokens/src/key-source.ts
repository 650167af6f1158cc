import type { VerificationKey } from './key-set.ts';
import type { SignatureAlgorithm } from './signature-algorithm.ts';

export type KeyAnswer =
  /** `epoch`: of the set that these keys came from. */
  | { readonly kind: 'keys'; readonly keys: readonly VerificationKey[]; readonly epoch: number }
  | { readonly kind: 'other-algorithm' }
  /** The issuer was asked and does not publish such a key. */
  | { readonly kind: 'unknown' }
  /** The issuer could not be asked: nothing can be said about the token. */
  | { readonly kind: 'unavailable'; readonly retryAfterSeconds: number; readonly operator: string };

/** Where the keys of one issuer come from. `epoch` grows whenever the set of keys changes: verdicts of an older one are void. */
export type KeySource = {
  readonly epoch: number;
  find(kid: string | undefined, algorithm: SignatureAlgorithm): KeyAnswer | Promise<KeyAnswer>;
};
