import type { Authenticated, Outcome, ParameterizedRequest } from './token-request.ts';

/** A request about a token, of a client that showed who it is. */
export type TokenBearingRequest = ParameterizedRequest & Authenticated & { readonly token: string };

/** `token_type_hint` is passed over: a token is known by what it is (RFC 7009 section 2.1). */
export function acceptToken(request: ParameterizedRequest & Authenticated): Outcome<TokenBearingRequest> {
  const token = request.parameters.get('token');
  if (token === undefined) return { ok: false, problem: { kind: 'token-missing' } };
  return { ok: true, value: { ...request, token } };
}
