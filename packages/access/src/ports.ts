import type { TokenSubject } from './principal.ts';
import type { UserRecord } from './records.ts';
import type { RefusalCode } from './refusal.ts';
import type { Api } from './vocabulary.ts';

/** Time, in milliseconds since the epoch. One clock moves the whole system in tests. */
export type Clock = { now(): number };

/** Cryptographically strong bytes. */
export type Randomness = { bytes(length: number): Uint8Array };

/** What came along with a token of the scheme DPoP (RFC 9449 section 7.1). */
export type PresentedProof = {
  /** Every DPoP header of the request. */
  readonly proofs: readonly string[];
  /** Scheme, authority and path as the client addressed them, without a query; null where the authority is not this server's. */
  readonly target: string | null;
};

/** What a client may sign a DPoP proof with (RFC 9449); Ed25519 is the one algorithm that EdDSA stands for here (RFC 9864 section 2.2). */
export const PROOF_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'] as const;

/** A token as it came with a request, and everything that it may be bound to. */
export type PresentedToken = {
  readonly token: string;
  readonly api: Api;
  readonly method: string;
  readonly url: string;
  /** DER of the client certificate of the connection; possession only, never an identity. */
  readonly certificate?: Uint8Array;
  /** Undefined where the token came with the scheme Bearer. */
  readonly dpop?: PresentedProof;
};

/** What vouched for a token, for `explain`: names of claims, and never a value of one. */
export type TokenEvidence = {
  /** The id of the issuer's policy. */
  readonly policy: string;
  /** Of the key, as the token names it; null where it names none. */
  readonly keyId: string | null;
  /** The claim that named the subject. */
  readonly subjectClaim: string;
  /** The claim that the groups come from; null where they are the records'. */
  readonly groupsClaim: string | null;
  /** The claim that some of the roles come from; null where none may. */
  readonly rolesClaim: string | null;
};

export type TokenVerdict =
  | {
      readonly kind: 'verified';
      readonly subject: TokenSubject;
      readonly issuer: string;
      readonly expiresAt: number;
      readonly evidence?: TokenEvidence;
    }
  | {
      readonly kind: 'refused';
      readonly code: RefusalCode /** For the log: no claim value, no token. */;
      readonly operator: string;
    }
  | {
      readonly kind: 'unavailable';
      /** Default: `ISSUER_UNAVAILABLE`. */
      readonly code?: 'PROOFS_UNAVAILABLE';
      readonly retryAfterSeconds: number;
      readonly operator: string;
    };

/**
 * Verifies an access token for one API: signature, type, time, issuer, audience, what it is bound to, whether it was
 * revoked or its client deleted. Answers at once for a token it has seen. Not checked here: what its subject may do.
 */
export type TokenVerifier = { verify(presented: PresentedToken): TokenVerdict | Promise<TokenVerdict> };

/** Where a caller sits and whether he is still there: hashing stops for callers who have gone. */
export type Caller = {
  /** Remote address, as the socket has it. */
  readonly address: string;
  /** Calls back when the connection closes; the returned function takes the call back. */
  onGone(listener: () => void): () => void;
};

export type PasswordVerdict =
  | { readonly kind: 'verified'; readonly user: UserRecord }
  | { readonly kind: 'refused' }
  | { readonly kind: 'limited'; readonly retryAfterSeconds: number }
  /** The caller hung up while waiting: nobody is there to be answered. */
  | { readonly kind: 'gone' };

/**
 * Verifies a user name and a password. A pair that verified before is answered at once, for as long as the user's stored
 * hash is the same; anything else waits for a bounded pool, and an unknown name costs what a known one costs.
 */
export type PasswordVerifier = {
  verify(username: string, password: string, caller: Caller): PasswordVerdict | Promise<PasswordVerdict>;
};
