import { type Api, assertNever, type ClientId, type NonEmpty, type Username } from '@stagedoor/access';
import { isClaimPath, readClaim } from './claim-path.ts';
import type { KeySource } from './key-source.ts';
import { isSignatureAlgorithm, type SignatureAlgorithm } from './signature-algorithm.ts';

/** The `typ` headers that a token may have; null stands for none. Compared without regard to case (RFC 7515 section 4.1.9). */
export type TokenTypes = NonEmpty<string | null>;

/** RFC 9068 section 2.1; what our own tokens have, and nothing else is taken from our own issuer. */
export const EMBEDDED_TOKEN_TYPES: TokenTypes = ['at+jwt'];
/** What foreign issuers give their access tokens (facts, section 4.1). */
export const FOREIGN_TOKEN_TYPES: TokenTypes = [null, 'JWT', 'at+jwt', 'application/at+jwt'];
export const DEFAULT_CLOCK_SKEW_SECONDS = 60;

/** A claim that must be exactly one of these: an organization, a tenant, an application. Plain name or JSONPath. */
export type ClaimPin = { readonly claim: string; readonly oneOf: NonEmpty<string> };

/** Compared as texts, so a list or a number never is one of the values. */
export function meetsPin(claims: Readonly<Record<string, unknown>>, { claim, oneOf }: ClaimPin): boolean {
  const value = readClaim(claims, claim);
  return oneOf.some((allowed) => allowed === value);
}

/** Whether a token is a client or a user is what its issuer's policy says, never what the token happens to contain. */
export type SubjectRule =
  /** Always a client, by the first of these claims that is there. */
  | { readonly kind: 'client'; readonly clientIdClaims: NonEmpty<string> }
  /** Camunda's rule (facts, section 4.2): a client where the client id claim is there, a user otherwise; or the other way round. */
  | {
      readonly kind: 'claims';
      readonly usernameClaim: string;
      readonly clientIdClaim?: string;
      readonly preferUsernameClaim?: boolean;
    }
  /**
   * For issuers whose tokens of both kinds have both claims: one of them is marked. The token of a user is known by a claim
   * that no client's has, or the token of a client by values that no user's has; what is not marked is the other kind.
   */
  | {
      readonly kind: 'marked';
      readonly usernameClaim: string;
      readonly clientIdClaim: string;
      readonly mark: SubjectMark;
    };

export type SubjectMark =
  | { readonly of: 'user'; readonly claim: string }
  | { readonly of: 'client'; readonly values: NonEmpty<ClaimPin> };

/** What is believed of one issuer's tokens. */
export type IssuerPolicy = {
  /** Names the policy in the log. */
  readonly id: string;
  /**
   * The `iss` values that are this issuer's. `unnamed` where only the address of its keys is known: then every `iss` that is
   * no other policy's comes here, its keys and audience alone vouch for the token, and one policy at most may be so.
   */
  readonly issuers: NonEmpty<string> | 'unnamed';
  readonly keys: KeySource;
  readonly algorithms: NonEmpty<SignatureAlgorithm>;
  /** Default: `FOREIGN_TOKEN_TYPES`. */
  readonly types?: TokenTypes;
  /** Which audiences open which API: one of them must be in `aud`. No audience opens nothing; `unchecked` needs a pin. */
  readonly audiences: Readonly<Record<Api, readonly string[] | 'unchecked'>>;
  readonly pins?: readonly ClaimPin[];
  /** Default: 60. */
  readonly clockSkewSeconds?: number;
  readonly subject: SubjectRule;
  /** Where it is set, groups come from the token alone. Plain name or JSONPath. */
  readonly groupsClaim?: string;
  /** Whether `permissions: {"operate-api": ["read:*", "write:*"]}` of Camunda 8.6 grants something. Default: false. */
  readonly componentPermissions?: boolean;
  /** Asked on every request; false refuses the client's tokens at once. */
  readonly stillRegistered?: (clientId: ClientId) => boolean;
  /** Asked on every request about a client's token that has a `jti`; true refuses it at once. */
  readonly isRevoked?: (clientId: ClientId, tokenId: string) => boolean;
  /** Asked on every request about a user's token; false refuses it at once. */
  readonly userStands?: (username: Username, claims: Readonly<Record<string, unknown>>) => boolean;
};

/** Policies that cannot be meant. `problems` are for the operator, all at once. */
export class IssuerPolicyError extends Error {
  override readonly name = 'IssuerPolicyError';
  readonly code = 'ISSUER_POLICY_INVALID';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('; '));
    this.problems = problems;
  }
}

/** Everything that is wrong with these policies, alone and together; empty where they can be used. */
export function findPolicyProblems(policies: readonly IssuerPolicy[]): readonly string[] {
  const problems = policies.flatMap((policy) => problemsOf(policy).map((problem) => `issuer ${policy.id}: ${problem}`));
  const seen = new Map<string, string>();
  const unnamed = policies.filter(({ issuers }) => issuers === 'unnamed').map(({ id }) => id);
  if (unnamed.length > 1) problems.push(`issuers ${unnamed.join(', ')}: only one may be without an identifier`);
  for (const { id, issuers } of policies) {
    if (issuers === 'unnamed') continue;
    for (const issuer of issuers) {
      const other = seen.get(issuer);
      if (other !== undefined) problems.push(`issuers ${other} and ${id}: both claim the issuer identifier ${issuer}`);
      seen.set(issuer, id);
    }
  }
  return problems;
}

function problemsOf(policy: IssuerPolicy): string[] {
  const { types = FOREIGN_TOKEN_TYPES, clockSkewSeconds = DEFAULT_CLOCK_SKEW_SECONDS } = policy;
  const problems: string[] = [];
  if (policy.issuers.length === 0 || (policy.issuers !== 'unnamed' && policy.issuers.includes(''))) {
    problems.push('has no issuer identifier');
  }
  if (policy.algorithms.length === 0) problems.push('accepts no algorithm');
  for (const algorithm of policy.algorithms) {
    if (!isSignatureAlgorithm(algorithm)) problems.push(`the algorithm ${String(algorithm)} cannot be accepted`);
  }
  if (types.length === 0) problems.push('accepts no type of token');
  if (!(clockSkewSeconds >= 0 && clockSkewSeconds <= 600)) {
    problems.push('the clock skew is not between 0 and 600 seconds');
  }
  if (policy.isRevoked !== undefined && policy.stillRegistered === undefined) {
    problems.push('is asked about revoked tokens, and nobody about the clients that they belong to');
  }
  for (const path of claimPathsOf(policy)) {
    if (!isClaimPath(path)) problems.push(`the claim path ${JSON.stringify(path)} cannot be read`);
  }
  return [...problems, ...problemsOfPins(policy)];
}

function problemsOfPins({ issuers, audiences, pins = [] }: IssuerPolicy): string[] {
  const problems: string[] = [];
  if (Object.values(audiences).includes('unchecked') && pins.length === 0) {
    problems.push(
      'the audience is unchecked and no claim is pinned in its place: any token of this issuer would open the API',
    );
  }
  if (issuers === 'unnamed' && Object.values(audiences).includes('unchecked')) {
    problems.push(
      'has neither an identifier nor an audience that is checked: whatever its keys sign would open the API',
    );
  }
  if (pins.some((pin) => pin.oneOf.length === 0 || pin.oneOf.includes(''))) problems.push('a pin has no value');
  return problems;
}

function claimPathsOf({ subject, pins = [], groupsClaim }: IssuerPolicy): string[] {
  const paths = [...pathsOfSubject(subject), ...pins.map((pin) => pin.claim), groupsClaim];
  return paths.filter((path) => path !== undefined);
}

function pathsOfSubject(rule: SubjectRule): readonly (string | undefined)[] {
  switch (rule.kind) {
    case 'client':
      return rule.clientIdClaims;
    case 'claims':
      return [rule.usernameClaim, rule.clientIdClaim];
    case 'marked': {
      const { usernameClaim, clientIdClaim, mark } = rule;
      return [
        usernameClaim,
        clientIdClaim,
        ...(mark.of === 'user' ? [mark.claim] : mark.values.map(({ claim }) => claim)),
      ];
    }
    default:
      return assertNever(rule);
  }
}
