import type { Authenticated, Outcome, ParameterizedRequest } from './token-request.ts';

type WithToken = { readonly token: string };

/** A request about a token, of a client that showed who it is. */
export type TokenBearingRequest = ParameterizedRequest & Authenticated & WithToken;

/** `token_type_hint` is passed over: a token is known by what it is (RFC 7009 section 2.1). */
export function acceptToken<Request extends ParameterizedRequest>(request: Request): Outcome<Request & WithToken> {
  const token = request.parameters.get('token');
  if (token === undefined) return { ok: false, problem: { kind: 'token-missing' } };
  return { ok: true, value: { ...request, token } };
}
