import { hash } from 'node:crypto';
import { assertNever, type Clock, type PresentedToken, type TokenVerdict, type TokenVerifier } from '@stagedoor/access';
import { readCompactToken, type UnverifiedToken } from './compact-token.ts';
import type { ProvedRequest } from './dpop-proof.ts';
import type { DpopProofs, ProofVerdict } from './dpop-proofs.ts';
import { FOREIGN_TOKEN_TYPES, findPolicyProblems, type IssuerPolicy, IssuerPolicyError } from './issuer-policy.ts';
import type { KeyAnswer } from './key-source.ts';
import { isSignatureAlgorithm, type SignatureAlgorithm } from './signature-algorithm.ts';
import { isSignedByOne } from './signed-by-one.ts';
import { fitsBinding } from './token-binding.ts';
import { decideRequest, examineClaims, type RefusedVerdict, refused, type VerifiedToken } from './verified-token.ts';
import { VerifiedTokenCache } from './verified-token-cache.ts';

export type TokenVerifierOptions = {
  readonly policies: readonly IssuerPolicy[];
  readonly clock: Clock;
  /** Where there are none, DPoP-bound tokens are refused. */
  readonly proofs?: DpopProofs;
  /** Default: `enforced`. Passed over by whoever looks into a token that nobody presents to get in. */
  readonly bindings?: 'enforced' | 'passed-over';
};

/** Longer than a token that fits into Node's 16 kB of headers. */
const MAX_TOKEN_LENGTH = 16_384;
/** How often a verification starts again because the keys changed under it. */
const MAX_ATTEMPTS = 3;

const TOO_LARGE: RefusedVerdict = {
  kind: 'refused',
  code: 'TOKEN_TOO_LARGE',
  operator: `the token is longer than ${MAX_TOKEN_LENGTH} characters`,
};
const UNKNOWN_ISSUER: RefusedVerdict = {
  kind: 'refused',
  code: 'TOKEN_ISSUER_UNKNOWN',
  operator: 'no policy names the iss of the token',
};

const NOT_TAKEN: ProofVerdict = { kind: 'refused', problem: 'cannot be taken here' };

/** A token that is read and routed, with all of its header that counts. */
type RoutedToken = {
  readonly presented: PresentedToken;
  readonly digest: string;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly policy: IssuerPolicy;
  readonly algorithm: SignatureAlgorithm;
  readonly kid: string | undefined;
};

/**
 * Verifies access tokens by the policies of their issuers (RFC 7519 section 7.2, RFC 8725, RFC 9068 section 4). A token is
 * routed by its `iss` before any key is touched. Throws `IssuerPolicyError` for policies that cannot be meant.
 */
export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  const problems = findPolicyProblems(options.policies);
  if (problems.length > 0) throw new IssuerPolicyError(problems);
  return new CachingTokenVerifier(options);
}

class CachingTokenVerifier implements TokenVerifier {
  readonly #policies: ReadonlyMap<unknown, IssuerPolicy>;
  readonly #unnamed: IssuerPolicy | undefined;
  readonly #clock: Clock;
  readonly #proofs: DpopProofs | undefined;
  readonly #enforcing: boolean;
  // The digest of a token stands for its policy too, since the policy follows from its iss; the entry has the epoch.
  readonly #cache = new VerifiedTokenCache<VerifiedToken>();

  constructor({ policies, clock, proofs, bindings = 'enforced' }: TokenVerifierOptions) {
    const named = policies.flatMap((policy) =>
      policy.issuers === 'unnamed' ? [] : policy.issuers.map((issuer) => [issuer, policy] as const),
    );
    this.#policies = new Map(named);
    this.#unnamed = policies.find(({ issuers }) => issuers === 'unnamed');
    this.#clock = clock;
    this.#proofs = proofs;
    this.#enforcing = bindings === 'enforced';
  }

  verify(presented: PresentedToken): TokenVerdict | Promise<TokenVerdict> {
    const { token } = presented;
    if (token.length > MAX_TOKEN_LENGTH) return TOO_LARGE;
    const digest = hash('sha256', token, 'base64url');
    const now = this.#clock.now();
    const known = this.#remembered(digest, now);
    return known === undefined ? this.#verifyUnknown(presented, digest) : this.#decide(known, presented, digest);
  }

  #decide(token: VerifiedToken, presented: PresentedToken, digest: string): TokenVerdict | Promise<TokenVerdict> {
    const verdict = decideRequest(token, presented, this.#clock.now());
    const { binding, policy } = token;
    if (verdict.kind !== 'verified' || !this.#enforcing) return verdict;
    if (!fitsBinding(binding, presented))
      return refused(policy, 'TOKEN_BINDING_REFUSED', 'is bound to a key that the request does not prove');
    if (binding.kind !== 'dpop') return verdict;
    return this.#prove(token, presented, { accessTokenHash: digest, thumbprint: binding.thumbprint });
  }

  async #prove(
    token: VerifiedToken,
    presented: PresentedToken,
    bound: Pick<ProvedRequest, 'accessTokenHash' | 'thumbprint'>,
  ): Promise<TokenVerdict> {
    const { method, dpop } = presented;
    const target = dpop?.target ?? null;
    if (target === null || dpop === undefined)
      return refused(token.policy, 'PROOF_REFUSED', 'is bound to a key, and came under an address that is not ours');
    const proved: ProofVerdict = (await this.#proofs?.accept(dpop.proofs, { ...bound, method, target })) ?? NOT_TAKEN;
    // It was being written down meanwhile: the token may have been revoked, and its client deleted.
    return refusedProof(token.policy, proved) ?? decideRequest(token, presented, this.#clock.now());
  }

  #remembered(digest: string, now: number): VerifiedToken | undefined {
    const known = this.#cache.get(digest);
    if (known === undefined) return undefined;
    if (now < known.staleAt && known.epoch === known.policy.keys.epoch) return known;
    this.#cache.delete(digest);
    return undefined;
  }

  #verifyUnknown(presented: PresentedToken, digest: string): TokenVerdict | Promise<TokenVerdict> {
    const read = readCompactToken(presented.token);
    if (!read.ok) return { kind: 'refused', code: 'TOKEN_MALFORMED', operator: `the token ${read.problem}` };
    const policy = this.#policies.get(read.value.claims.iss) ?? this.#unnamed;
    if (policy === undefined) return UNKNOWN_ISSUER;
    const header = readHeader(policy, read.value);
    if ('code' in header) return header;
    return this.#verifyRouted({ presented, digest, policy, claims: read.value.claims, ...header });
  }

  async #verifyRouted(token: RoutedToken): Promise<TokenVerdict> {
    const { policy, presented } = token;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const answer = await policy.keys.find(token.kid, token.algorithm);
      if (answer.kind !== 'keys') return withoutKeys(policy, answer);
      const signed = await isSignedByOne(presented.token, answer.keys, token.algorithm);
      // A key may have been taken back while it was being used: its verdict is void, and the keys are asked again.
      if (answer.epoch !== policy.keys.epoch) continue;
      if (!signed)
        return refused(policy, 'TOKEN_SIGNATURE_INVALID', 'has a signature that none of the issuer’s keys made');
      return this.#conclude(token, answer.epoch);
    }
    return {
      kind: 'unavailable',
      retryAfterSeconds: 1,
      operator: `issuer ${policy.id}: the keys change faster than a token is verified`,
    };
  }

  #conclude(
    { policy, presented, digest, claims, kid }: RoutedToken,
    epoch: number,
  ): TokenVerdict | Promise<TokenVerdict> {
    const now = this.#clock.now();
    // Another request may have been first: its entry is kept, so that everybody speaks of one subject.
    const known = this.#remembered(digest, now);
    if (known !== undefined) return this.#decide(known, presented, digest);
    const examined = examineClaims(policy, claims, { epoch, keyId: kid ?? null }, now);
    if ('code' in examined) return examined;
    if (now < examined.staleAt) this.#cache.set(digest, examined);
    return this.#decide(examined, presented, digest);
  }
}

/**
 * The header, of which only `alg`, `typ`, `kid` and what is refused count: keys and addresses of keys that a token brings along
 * (`jwk`, `jku`, `x5u`, `x5c`) are neither used nor fetched (RFC 8725 section 3.10).
 */
function readHeader(
  policy: IssuerPolicy,
  { header }: UnverifiedToken,
): Pick<RoutedToken, 'algorithm' | 'kid'> | RefusedVerdict {
  const { alg, typ = null, kid } = header;
  // RFC 7515 section 4.1.11: nothing critical is understood here; RFC 7797 section 7: b64 is not for JWTs.
  if (Object.hasOwn(header, 'crit') || Object.hasOwn(header, 'b64'))
    return refused(policy, 'TOKEN_HEADER_REFUSED', 'has a crit or b64 header');
  if (isWrapping(header)) return refused(policy, 'TOKEN_TYPE_REFUSED', 'says that it is encrypted or nested');
  if (!isSignatureAlgorithm(alg) || !policy.algorithms.includes(alg)) {
    return refused(policy, 'TOKEN_ALGORITHM_REFUSED', 'is signed with an algorithm that the policy does not accept');
  }
  if (!acceptsType(policy, typ))
    return refused(policy, 'TOKEN_TYPE_REFUSED', 'is of a type that the policy does not accept');
  if (kid !== undefined && typeof kid !== 'string')
    return refused(policy, 'TOKEN_MALFORMED', 'has a kid that is not a text');
  return { algorithm: alg, kid };
}

/** RFC 7516 section 9: what has enc is encrypted; RFC 7519 section 7.2: with cty JWT, what was signed is a token, not claims. */
function isWrapping({ enc, cty }: UnverifiedToken['header']): boolean {
  return enc !== undefined || (typeof cty === 'string' && cty.toLowerCase() === 'jwt');
}

function acceptsType({ types = FOREIGN_TOKEN_TYPES }: IssuerPolicy, typ: unknown): boolean {
  if (typ === null) return types.includes(null);
  return typeof typ === 'string' && types.some((type) => type?.toLowerCase() === typ.toLowerCase());
}

function withoutKeys(policy: IssuerPolicy, answer: Exclude<KeyAnswer, { kind: 'keys' }>): TokenVerdict {
  switch (answer.kind) {
    case 'unknown':
      return refused(policy, 'TOKEN_KEY_UNKNOWN', 'is signed with a key that the issuer does not publish');
    case 'other-algorithm':
      return refused(policy, 'TOKEN_ALGORITHM_REFUSED', 'names a key that is for another algorithm');
    case 'unavailable':
      return {
        kind: 'unavailable',
        retryAfterSeconds: answer.retryAfterSeconds,
        operator: `issuer ${policy.id}: ${answer.operator}`,
      };
  }
}

/** Null for a proof that proves it. */
function refusedProof(policy: IssuerPolicy, proved: ProofVerdict): TokenVerdict | null {
  switch (proved.kind) {
    case 'proved':
      return null;
    case 'refused':
      return refused(policy, 'PROOF_REFUSED', `is bound to a key, and the DPoP proof beside it ${proved.problem}`);
    case 'replayed':
      return refused(policy, 'PROOF_REPLAYED', 'is bound to a key, and the DPoP proof beside it was used before');
    case 'unavailable':
      return {
        kind: 'unavailable',
        code: 'PROOFS_UNAVAILABLE',
        retryAfterSeconds: 1,
        operator: `issuer ${policy.id}: the DPoP proof beside the token cannot be remembered`,
      };
    default:
      return assertNever(proved);
  }
}
