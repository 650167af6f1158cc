import { DEFAULT_CLOCK_SKEW_SECONDS } from '@stagedoor/tokens';
import { acceptMediaType, acceptParameters, authenticateClient } from './accept-request.ts';
import { namedPublicClient } from './authorizing/find-public-client.ts';
import type { Login } from './authorizing/login.ts';
import { noteRevocation } from './note-client-login.ts';
import { type Phase, runPhases } from './phases.ts';
import { acceptToken } from './token-bearing-request.ts';
import type {
  Identified,
  Outcome,
  ParameterizedRequest,
  ReadableRequest,
  ReceivedRequest,
  TokenIssuance,
} from './token-request.ts';

type IdentifiedRequest = ParameterizedRequest & Identified;
type RevocationRequest = IdentifiedRequest & { readonly token: string };

const PHASES: readonly [
  Phase<ReceivedRequest, ReadableRequest>,
  Phase<ReadableRequest, ParameterizedRequest>,
  Phase<ParameterizedRequest, IdentifiedRequest>,
  Phase<IdentifiedRequest, RevocationRequest>,
  Phase<RevocationRequest, null>,
] = [/* 1 */ acceptMediaType, /* 2 */ acceptParameters, /* 3 */ acceptClient, /* 4 */ acceptToken, /* 5 */ revoke];

/** The oldest of so many revocations ends within the life of a token. */
const FULL_RETRY_SECONDS = 60;
const DONE = { ok: true, value: null } as const;

/**
 * Token revocation (RFC 7009): by the client that the token was issued to, and nobody else. A token that is no good, or was
 * never one of ours, is as revoked as can be. A public client shows nothing but the token (section 2.1): it is told of no token
 * of another's, and what it shows in vain is counted as the failed attempts of other clients are.
 */
export async function runRevocationPhases(received: ReceivedRequest, issuance: TokenIssuance): Promise<Outcome<null>> {
  const outcome = await runPhases(PHASES, received, issuance);
  return outcome.ok ? DONE : outcome;
}

function acceptClient(
  request: ParameterizedRequest,
  issuance: TokenIssuance,
): Outcome<IdentifiedRequest> | Promise<Outcome<IdentifiedRequest>> {
  const client = namedPublicClient(request, issuance.registry);
  if (client !== null) return { ok: true, value: { ...request, client, authenticatedBy: 'none' } };
  return authenticateClient(request, issuance);
}

async function revoke(request: RevocationRequest, issuance: TokenIssuance): Promise<Outcome<null>> {
  const { token, client, authenticatedBy, caller } = request;
  const found = issuance.logins.findByRefreshToken(token);
  const login = found.kind === 'good' ? found.login : null;
  // Before any limit: whoever ends his own login is not kept waiting for others.
  if (login?.clientId === client.clientId) return revokeLogin(login, request, issuance);
  if (authenticatedBy === 'none') {
    const retryAfterSeconds = issuance.failed.begin(caller.address, client.clientId);
    if (retryAfterSeconds > 0) return { ok: false, problem: { kind: 'attempts-limited', retryAfterSeconds } };
  }
  return login === null ? revokeAccessToken(request, issuance) : ofAnother(request);
}

async function revokeAccessToken(request: RevocationRequest, issuance: TokenIssuance): Promise<Outcome<null>> {
  const { token, client, authenticatedBy, caller } = request;
  const issued = await issuance.issuedTokens.read(token);
  if (issued === null) return DONE;
  if (issued.clientId !== client.clientId) return ofAnother(request);
  if (authenticatedBy === 'none') issuance.failed.withdraw(caller.address, client.clientId);
  // For as long as a verifier would take it.
  const ends = issued.expiresAt + DEFAULT_CLOCK_SKEW_SECONDS * 1000;
  const became = await issuance.revoked.spend(client.clientId, issued.jti, ends);
  if (became === 'full')
    return { ok: false, problem: { kind: 'attempts-limited', retryAfterSeconds: FULL_RETRY_SECONDS } };
  if (became === 'spent') noteRevocation(issuance, client.clientId, authenticatedBy);
  return DONE;
}

/** RFC 7009 section 2.1: with the refresh token goes all that came of the login. One that was replaced is as revoked as can be. */
async function revokeLogin(
  { sid, clientId }: Login,
  { authenticatedBy }: Identified,
  issuance: TokenIssuance,
): Promise<Outcome<null>> {
  await issuance.logins.end(sid);
  noteRevocation(issuance, clientId, authenticatedBy);
  return DONE;
}

function ofAnother({ authenticatedBy }: Identified): Outcome<null> {
  return authenticatedBy === 'none' ? DONE : { ok: false, problem: { kind: 'token-of-another' } };
}
