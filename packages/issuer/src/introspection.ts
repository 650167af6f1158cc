import { acceptMediaType, acceptParameters, authenticateClient } from './accept-request.ts';
import type { IssuedToken } from './issued-tokens.ts';
import { type Phase, runPhases } from './phases.ts';
import { audiencesOf, type RegisteredClient } from './registered-client.ts';
import { acceptToken, type TokenBearingRequest } from './token-bearing-request.ts';
import type {
  Authenticated,
  Outcome,
  ParameterizedRequest,
  ReadableRequest,
  ReceivedRequest,
  TokenIssuance,
} from './token-request.ts';

type Introspection = Readonly<Record<string, unknown>>;

const PHASES: readonly [
  Phase<ReceivedRequest, ReadableRequest>,
  Phase<ReadableRequest, ParameterizedRequest>,
  Phase<ParameterizedRequest, ParameterizedRequest & Authenticated>,
  Phase<ParameterizedRequest & Authenticated, TokenBearingRequest>,
  Phase<TokenBearingRequest, Introspection>,
] = [
  /* 1 */ acceptMediaType,
  /* 2 */ acceptParameters,
  /* 3 */ authenticateClient,
  /* 4 */ acceptToken,
  /* 5 */ introspect,
];

/** What may be told of a token: what it says itself, to those it is for. */
const TOLD = ['iss', 'sub', 'client_id', 'azp', 'aud', 'iat', 'exp', 'jti', 'scope', 'cnf', 'username'] as const;
const INACTIVE: Introspection = { active: false };

/**
 * Token introspection (RFC 7662). Only the resource servers that the token is for and the client that it was issued to hear
 * anything of it: everybody else hears what is said of a token that does not exist (threats, "Anybody introspects anybody's token").
 */
export async function runIntrospectionPhases(
  received: ReceivedRequest,
  issuance: TokenIssuance,
): Promise<Outcome<Introspection>> {
  const outcome = await runPhases(PHASES, received, issuance);
  return outcome.ok ? { ok: true, value: outcome.value as Introspection } : outcome;
}

async function introspect(
  { token, client }: TokenBearingRequest,
  { issuedTokens, revoked, clock }: TokenIssuance,
): Promise<Outcome<Introspection>> {
  const issued = await issuedTokens.read(token);
  // The verifier forgives a clock that goes slow; here there is only ours.
  if (issued === null || issued.expiresAt <= clock.now() || !concerns(issued, client))
    return { ok: true, value: INACTIVE };
  if (revoked.has(issued.clientId, issued.jti)) return { ok: true, value: INACTIVE };
  const told = TOLD.filter((name) => Object.hasOwn(issued.claims, name)).map((name) => [name, issued.claims[name]]);
  return { ok: true, value: { active: true, token_type: typeOf(issued), ...Object.fromEntries(told) } };
}

/** RFC 9449 section 6.2: the scheme that the token is presented with. */
function typeOf({ claims: { cnf } }: IssuedToken): 'Bearer' | 'DPoP' {
  return typeof cnf === 'object' && cnf !== null && 'jkt' in cnf ? 'DPoP' : 'Bearer';
}

function concerns({ clientId, audiences }: IssuedToken, asking: RegisteredClient): boolean {
  if (clientId === asking.clientId) return true;
  const own = audiencesOf(asking);
  return audiences.some((audience) => own.includes(audience));
}
