import { DEFAULT_CLOCK_SKEW_SECONDS } from '@stagedoor/tokens';
import { acceptMediaType, acceptParameters, authenticateClient } from './accept-request.ts';
import type { Login } from './authorizing/login.ts';
import { noteRevocation } from './note-client-login.ts';
import { type Phase, runPhases } from './phases.ts';
import { acceptToken, type TokenBearingRequest } from './token-bearing-request.ts';
import type {
  Authenticated,
  Outcome,
  ParameterizedRequest,
  ReadableRequest,
  ReceivedRequest,
  TokenIssuance,
} from './token-request.ts';

const PHASES: readonly [
  Phase<ReceivedRequest, ReadableRequest>,
  Phase<ReadableRequest, ParameterizedRequest>,
  Phase<ParameterizedRequest, ParameterizedRequest & Authenticated>,
  Phase<ParameterizedRequest & Authenticated, TokenBearingRequest>,
  Phase<TokenBearingRequest, null>,
] = [
  /* 1 */ acceptMediaType,
  /* 2 */ acceptParameters,
  /* 3 */ authenticateClient,
  /* 4 */ acceptToken,
  /* 5 */ revoke,
];

/** The oldest of so many revocations ends within the life of a token. */
const FULL_RETRY_SECONDS = 60;

/**
 * Token revocation (RFC 7009): by the client that the token was issued to, and nobody else. A token that is no good, or was
 * never one of ours, is as revoked as can be.
 */
export async function runRevocationPhases(received: ReceivedRequest, issuance: TokenIssuance): Promise<Outcome<null>> {
  const outcome = await runPhases(PHASES, received, issuance);
  return outcome.ok ? { ok: true, value: null } : outcome;
}

async function revoke(
  { token, client, authenticatedBy }: TokenBearingRequest,
  issuance: TokenIssuance,
): Promise<Outcome<null>> {
  const login = issuance.logins.findByRefreshToken(token);
  if (login.kind === 'good') return revokeLogin(login.login, { client, authenticatedBy }, issuance);
  const issued = await issuance.issuedTokens.read(token);
  if (issued === null) return { ok: true, value: null };
  if (issued.clientId !== client.clientId) return { ok: false, problem: { kind: 'token-of-another' } };
  // For as long as a verifier would take it.
  const ends = issued.expiresAt + DEFAULT_CLOCK_SKEW_SECONDS * 1000;
  const became = await issuance.revoked.spend(client.clientId, issued.jti, ends);
  if (became === 'full')
    return { ok: false, problem: { kind: 'attempts-limited', retryAfterSeconds: FULL_RETRY_SECONDS } };
  if (became === 'spent') noteRevocation(issuance, client.clientId, authenticatedBy);
  return { ok: true, value: null };
}

/** RFC 7009 section 2.1: with the refresh token goes all that came of the login. One that was replaced is as revoked as can be. */
async function revokeLogin(
  { sid, clientId }: Login,
  { client, authenticatedBy }: Authenticated,
  issuance: TokenIssuance,
): Promise<Outcome<null>> {
  if (clientId !== client.clientId) return { ok: false, problem: { kind: 'token-of-another' } };
  await issuance.logins.end(sid);
  noteRevocation(issuance, clientId, authenticatedBy);
  return { ok: true, value: null };
}
