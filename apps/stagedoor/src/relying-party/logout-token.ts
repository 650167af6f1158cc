import type { Clock } from '@stagedoor/access';
import type { ReadLogout } from '@stagedoor/gateway';
import { DEFAULT_CLOCK_SKEW_SECONDS, type IssuerPolicy } from '@stagedoor/tokens';
import { readSignedClaims } from './signed-claims.ts';

/** OpenID Connect Back-Channel Logout 1.0 section 2.4 recommends a type of its own, which not everybody gives. */
const TYPES = ['logout+jwt', 'jwt', null];
const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

export type Expected = {
  /** As the ID tokens of this provider have it. */
  readonly issuer: string;
  readonly clientId: string;
  readonly policy: Pick<IssuerPolicy, 'keys' | 'algorithms' | 'clockSkewSeconds'>;
  readonly clock: Clock;
};

/**
 * Whether a provider says that a login is over: OpenID Connect Back-Channel Logout 1.0 section 2.6, steps 1 to 7. A token that
 * is sent again (step 8) is taken again: it ends nothing that began after it was made.
 */
export async function readLogoutToken(token: string, expected: Expected): Promise<ReadLogout> {
  const signed = await readSignedClaims(token, expected.policy, TYPES);
  if (signed.kind === 'unavailable') return signed;
  if (signed.kind === 'refused') return refused(signed.problem);
  const { claims } = signed;
  const skew = expected.policy.clockSkewSeconds ?? DEFAULT_CLOCK_SKEW_SECONDS;
  const { iat, sub = null, sid = null } = claims;
  const problem = problemOf(claims, expected, skew);
  if (problem !== null) return refused(problem);
  if (typeof iat !== 'number' || !isName(sub) || !isName(sid) || (sub === null && sid === null))
    return refused('names neither a person nor a session, or does not say when');
  return { kind: 'over', ended: { issuer: expected.issuer, sub, sid, at: (iat + skew) * 1000 } };
}

function problemOf(
  { iss, aud, exp, iat, jti, nonce, events }: Readonly<Record<string, unknown>>,
  { issuer, clientId, clock }: Expected,
  skew: number,
): string | null {
  if (iss !== issuer) return 'is of another issuer';
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  if (!audiences.includes(clientId)) return 'is for another client';
  const now = clock.now() / 1000;
  if (typeof exp !== 'number' || !(now < exp + skew)) return 'has expired, or does not say when';
  if (typeof iat !== 'number' || !(iat <= now + skew)) return 'does not say when it was made, or says the future';
  if (typeof jti !== 'string') return 'has no jti';
  if (nonce !== undefined) return 'has a nonce, as ID tokens do';
  return saysLogout(events) ? null : 'does not say that it is about a logout';
}

/** A JSON object with the event as a member, whose value is an object. */
function saysLogout(events: unknown): boolean {
  if (typeof events !== 'object' || events === null || !Object.hasOwn(events, EVENT)) return false;
  const { [EVENT]: event } = events as { readonly [EVENT]: unknown };
  return typeof event === 'object' && event !== null && !Array.isArray(event);
}

function isName(value: unknown): value is string | null {
  return value === null || (typeof value === 'string' && value !== '');
}

function refused(problem: string): ReadLogout {
  return { kind: 'refused', operator: `the logout token ${problem}` };
}
