import {
  APIS,
  type Api,
  type ClientId,
  type Parsed,
  type PresentedToken,
  type RefusalCode,
  type TokenVerdict,
} from '@stagedoor/access';
import { DEFAULT_CLOCK_SKEW_SECONDS, type IssuerPolicy, meetsPin } from './issuer-policy.ts';
import { isOtherKindOfToken } from './other-kind-of-token.ts';
import { readBinding, type TokenBinding } from './token-binding.ts';
import { readLifetime } from './token-lifetime.ts';
import { COMPONENT_PERMISSIONS_CLAIM, subjectOfClaims } from './token-subject.ts';

type Claims = Readonly<Record<string, unknown>>;
export type RefusedVerdict = Extract<TokenVerdict, { kind: 'refused' }>;

/** What a good signature left to decide on every request; immutable. */
export type VerifiedToken = {
  readonly policy: IssuerPolicy;
  /** The key-set epoch that it was verified in: void in any other. */
  readonly epoch: number;
  /** From this moment on it is verified anew: at its end, or after a minute. */
  readonly staleAt: number;
  /** Milliseconds, skew counted. */
  readonly refusedFrom: number;
  readonly acceptedFrom: number;
  readonly opens: ReadonlySet<Api>;
  readonly binding: TokenBinding;
  /** The client that must still be registered; null where nobody is asked. */
  readonly registeredAs: ClientId | null;
  /** Its `jti`, by which it may be revoked; null where it has none. */
  readonly tokenId: string | null;
  readonly verdict: Extract<TokenVerdict, { kind: 'verified' }>;
};

const MAX_CACHED_MILLIS = 60_000;

export function refused(policy: IssuerPolicy, code: RefusalCode, problem: string): RefusedVerdict {
  return { kind: 'refused', code, operator: `issuer ${policy.id}: the token ${problem}` };
}

/**
 * Everything about a token whose signature is good that stays as it is for as long as the token lives: refused at once, or
 * an entry to decide from. Not decided here: time, audience, binding and registration (`decideRequest`).
 */
export function examineClaims(
  policy: IssuerPolicy,
  claims: Claims,
  { epoch, keyId }: { readonly epoch: number; readonly keyId: string | null },
  now: number,
): VerifiedToken | RefusedVerdict {
  const lifetime = readLifetime(claims);
  if (!lifetime.ok) return refused(policy, 'TOKEN_MALFORMED', lifetime.problem);
  if (lifetime.value === null) return refused(policy, 'TOKEN_LIFETIME_MISSING', 'has no exp');
  const audiences = readAudiences(claims);
  if (!audiences.ok) return refused(policy, 'TOKEN_MALFORMED', audiences.problem);
  const unmet = policy.pins?.find((pin) => !meetsPin(claims, pin));
  if (unmet !== undefined)
    return refused(
      policy,
      'TOKEN_PIN_REFUSED',
      `does not have the value that is pinned for ${JSON.stringify(unmet.claim)}`,
    );
  if (isOtherKindOfToken(claims)) return refused(policy, 'TOKEN_TYPE_REFUSED', 'is not an access token by its claims');
  const subject = subjectOfClaims(claims, policy);
  if (!subject.ok) return refused(policy, 'TOKEN_SUBJECT_MISSING', subject.problem);
  const { token, subjectClaim } = subject.value;
  const { expiresAt, notBefore } = lifetime.value;
  const skew = (policy.clockSkewSeconds ?? DEFAULT_CLOCK_SKEW_SECONDS) * 1000;
  const named = token.subject;
  const rolesClaim = policy.componentPermissions === true ? COMPONENT_PERMISSIONS_CLAIM : null;
  return {
    policy,
    epoch,
    staleAt: Math.min(expiresAt + skew, now + MAX_CACHED_MILLIS),
    refusedFrom: expiresAt + skew,
    acceptedFrom: notBefore - skew,
    opens: new Set(APIS.filter((api) => opensApi(policy, api, audiences.value))),
    binding: readBinding(claims),
    registeredAs: policy.stillRegistered !== undefined && named.kind === 'client' ? named.clientId : null,
    tokenId: typeof claims.jti === 'string' ? claims.jti : null,
    verdict: {
      kind: 'verified',
      subject: token,
      issuer: issuerOf(policy, claims),
      expiresAt,
      evidence: { policy: policy.id, keyId, subjectClaim, groupsClaim: policy.groupsClaim ?? null, rolesClaim },
    },
  };
}

/**
 * What may differ from one request to the next with the same token. Runs on every request, also for a token just seen. Not
 * decided here: whether it proves what the token is bound to.
 */
export function decideRequest(token: VerifiedToken, presented: PresentedToken, now: number): TokenVerdict {
  const { policy } = token;
  if (now >= token.refusedFrom) return refused(policy, 'TOKEN_EXPIRED', 'has expired');
  if (now < token.acceptedFrom) return refused(policy, 'TOKEN_NOT_YET_VALID', 'is not valid yet');
  if (!token.opens.has(presented.api))
    return refused(policy, 'TOKEN_AUDIENCE_REFUSED', `has no audience that opens the ${presented.api} API`);
  if (token.registeredAs !== null && policy.stillRegistered?.(token.registeredAs) !== true) {
    return refused(policy, 'TOKEN_REVOKED', 'belongs to a client that is not registered any more');
  }
  if (token.registeredAs !== null && token.tokenId !== null && policy.isRevoked?.(token.registeredAs, token.tokenId)) {
    return refused(policy, 'TOKEN_REVOKED', 'was revoked by its client');
  }
  const { subject, claims } = token.verdict.subject;
  if (subject.kind === 'user' && policy.userStands?.(subject.username, claims) === false) {
    return refused(policy, 'TOKEN_REVOKED', 'belongs to a login that is over');
  }
  return token.verdict;
}

/** A policy without an identifier may take a token without one: then the policy's name stands for it. */
function issuerOf(policy: IssuerPolicy, { iss }: Claims): string {
  return typeof iss === 'string' ? iss : policy.id;
}

/** One audience is a text, several are a list (RFC 7519 section 4.1.3); none is an empty list, which opens nothing. */
function readAudiences(claims: Claims): Parsed<readonly string[]> {
  const { aud = [] } = claims;
  const list: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  if (!list.every((item) => typeof item === 'string'))
    return { ok: false, problem: 'has an aud that is neither a text nor a list of texts' };
  return { ok: true, value: list };
}

function opensApi(policy: IssuerPolicy, api: Api, audiences: readonly string[]): boolean {
  const accepted = policy.audiences[api];
  return accepted === 'unchecked' || accepted.some((audience) => audiences.includes(audience));
}
