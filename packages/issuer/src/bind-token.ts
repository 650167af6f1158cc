import { proveKey } from './dpop-key.ts';
import type { BoundRequest, Outcome, TargetedRequest, TokenIssuance } from './token-request.ts';

/** What the token is bound to: who has it must prove that he has that, too. */
export async function bindToken(request: TargetedRequest, issuance: TokenIssuance): Promise<Outcome<BoundRequest>> {
  const key = await proveKey(request, issuance);
  return key.ok ? { ok: true, value: { ...request, confirmation: key.value } } : key;
}
