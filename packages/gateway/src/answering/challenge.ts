import { PROOF_ALGORITHMS, REFUSALS, type Refusal } from '@stagedoor/access';

/** Which scheme a 401 of this API asks for. */
export type ChallengeScheme = 'Basic' | 'Bearer' | 'DPoP';

/**
 * `WWW-Authenticate` of a refusal (RFC 6750 section 3, RFC 7617 section 2, RFC 9449 section 7.1). Without credentials there is no error code; the
 * Basic challenge is kept from scripts, whose browser would otherwise ask its user for a password.
 */
export function challengeOf(refusal: Refusal, scheme: ChallengeScheme, fromScript: boolean): string | null {
  const row = REFUSALS[refusal.code];
  const challenged =
    row.status === 401 || ('error' in row && row.error === 'insufficient_scope') || row.step === 'credentials';
  if (!challenged) return null;
  if (scheme === 'Basic') return fromScript || row.status !== 401 ? null : 'Basic realm="Stagedoor"';
  const algorithms = scheme === 'DPoP' ? [`algs="${PROOF_ALGORITHMS.join(' ')}"`] : [];
  // Our own table's words: no quote and no backslash stands in them, and nothing of the request.
  const error = 'error' in row ? [`error="${row.error}"`, `error_description="${row.description}"`] : [];
  return [scheme, [...algorithms, ...error].join(', ')].filter(Boolean).join(' ');
}
