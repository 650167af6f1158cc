import { hash } from 'node:crypto';
import { assertNever } from '@stagedoor/access';
import { proveKey } from './dpop-key.ts';
import type { BoundRequest, Confirmation, Outcome, TargetedRequest, TokenIssuance } from './token-request.ts';

/** What the token is bound to: who has it must prove that he has that, too. */
export async function bindToken(request: TargetedRequest, issuance: TokenIssuance): Promise<Outcome<BoundRequest>> {
  const confirmation = await confirmationFor(request, issuance);
  return confirmation.ok ? { ok: true, value: { ...request, confirmation: confirmation.value } } : confirmation;
}

function confirmationFor(
  request: TargetedRequest,
  issuance: TokenIssuance,
): Outcome<Confirmation | null> | Promise<Outcome<Confirmation | null>> {
  const { bindTokens } = request.client;
  switch (bindTokens) {
    case 'none':
      return proveKey(request, issuance);
    case 'dpop':
      // RFC 9449 section 5.2, of a client with `dpop_bound_access_tokens`.
      return request.dpop.length > 0 ? proveKey(request, issuance) : refusedProof('is missing');
    case 'certificate':
      return confirmedByCertificate(request);
    default:
      return assertNever(bindTokens);
  }
}

/** RFC 8705 section 3. Any certificate will do for a client that authenticates otherwise: it is its key that counts. */
function confirmedByCertificate({ certificate, dpop }: TargetedRequest): Outcome<Confirmation> {
  // A token that is bound twice is taken nowhere, and one of the two must not be dropped in silence.
  if (dpop.length > 0) return refusedProof('is not taken from this client: its tokens are bound to its certificate');
  if (certificate === null) return { ok: false, problem: { kind: 'certificate-missing' } };
  return { ok: true, value: { kind: 'certificate', 'x5t#S256': hash('sha256', certificate.der, 'base64url') } };
}

function refusedProof(problem: string): Outcome<never> {
  return { ok: false, problem: { kind: 'proof-refused', detail: `the DPoP proof ${problem}` } };
}
