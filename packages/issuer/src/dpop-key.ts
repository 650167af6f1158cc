import { assertNever } from '@stagedoor/access';
import type { BoundToKey, Outcome, ReceivedRequest, TokenIssuance } from './token-request.ts';

/**
 * The key that the client asks its token to be bound to (RFC 9449 section 5): null where it sends no proof. The proof is good for
 * the token endpoint of the form that it came to, by the constant of the issuer and whatever the Host. Used up by whoever gets
 * here, so the client has shown who it is.
 */
export async function proveKey(
  { form, method, dpop }: Pick<ReceivedRequest, 'form' | 'method' | 'dpop'>,
  { origin, proofs }: Pick<TokenIssuance, 'origin' | 'proofs'>,
): Promise<Outcome<BoundToKey | null>> {
  if (dpop.length === 0) return { ok: true, value: null };
  const target = `${origin}${form.tokenPath}`;
  const verdict = await proofs.accept(dpop, { method, target, accessTokenHash: null, thumbprint: null });
  switch (verdict.kind) {
    case 'proved':
      return { ok: true, value: { kind: 'dpop', jkt: verdict.thumbprint } };
    case 'refused':
      return { ok: false, problem: { kind: 'proof-refused', detail: `the DPoP proof ${verdict.problem}` } };
    case 'replayed':
      return { ok: false, problem: { kind: 'proof-refused', detail: 'the DPoP proof was used before' } };
    case 'unavailable':
      return { ok: false, problem: { kind: 'proofs-unavailable' } };
    default:
      return assertNever(verdict);
  }
}
