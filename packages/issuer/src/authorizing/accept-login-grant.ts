import { chooseTarget } from '../choose-target.ts';
import type { NamedTargets } from '../named-targets.ts';
import type { RegisteredClient } from '../registered-client.ts';
import type { AuthenticatedRequest, Grant, Outcome, TokenIssuance } from '../token-request.ts';
import type { Login } from './login.ts';
import { noteReuse } from './note-reuse.ts';

type LoginGrant = Extract<Grant, { kind: 'login' }>;

/** The code that a person's login made (RFC 6749 section 4.1.3). It is spent by this, also where a later phase refuses. */
export async function acceptCode(request: AuthenticatedRequest, issuance: TokenIssuance): Promise<Outcome<LoginGrant>> {
  const code = request.parameters.get('code');
  if (code === undefined) return malformed('the parameter code is missing');
  const problem = problemOf(request);
  if (problem !== null) return problem;
  const redeemed = issuance.codes.redeem({
    code,
    clientId: request.client.clientId,
    issuer: request.form.issuer,
    redirectUri: request.parameters.get('redirect_uri'),
    codeVerifier: request.parameters.get('code_verifier'),
  });
  if (redeemed.kind === 'reused') await endReused(redeemed.login, issuance);
  if (redeemed.kind !== 'good' || !stands(redeemed.authorization.login, issuance))
    return { ok: false, problem: { kind: 'grant-refused', shown: 'code' } };
  const { login, nonce } = redeemed.authorization;
  return { ok: true, value: { kind: 'login', login, named: login.named, shown: { kind: 'code', code, nonce } } };
}

/** A refresh token (RFC 6749 section 6). It is spent when the new one is issued, not here. */
export async function acceptRefreshToken(
  request: AuthenticatedRequest,
  issuance: TokenIssuance,
): Promise<Outcome<LoginGrant>> {
  const token = request.parameters.get('refresh_token');
  if (token === undefined) return malformed('the parameter refresh_token is missing');
  const problem = problemOf(request);
  if (problem !== null) return problem;
  const found = issuance.logins.findByRefreshToken(token);
  if (found.kind === 'reused') await endReused(found.login, issuance);
  if (found.kind !== 'good' || !isOf(found.login, request) || !stands(found.login, issuance))
    return { ok: false, problem: { kind: 'grant-refused', shown: 'refresh-token' } };
  const { login } = found;
  const scope = request.parameters.get('scope');
  const named = scope === undefined ? login.named : { ...login.named, scope };
  if (scope !== undefined && !isPartOf(login.named, named, request.client))
    return { ok: false, problem: { kind: 'scope-refused', scope } };
  return { ok: true, value: { kind: 'login', login, named, shown: { kind: 'refresh-token', token } } };
}

/**
 * RFC 6749 section 6: less than was granted, never more. Also what the scopes stand for is looked at, since `openid` alone names
 * no API, and so stands for all that the client may have.
 */
function isPartOf(granted: NamedTargets, asked: NamedTargets, client: RegisteredClient): boolean {
  const scopes = granted.scope?.split(' ') ?? [];
  if (asked.scope?.split(' ').every((one) => scopes.includes(one)) !== true) return false;
  const [whole, part] = [chooseTarget(client, granted), chooseTarget(client, asked)];
  return whole.ok && part.ok && part.value.audiences.every((one) => whole.value.audiences.includes(one));
}

/** Somebody else has a copy of what his client has: nobody's is good any more (RFC 9700 section 4.14.2). */
export async function endReused(login: Login, issuance: TokenIssuance): Promise<void> {
  noteReuse(issuance, login);
  await issuance.logins.end(login.sid);
}

/** Whether he is there, with the password that he logged in with. */
function stands({ username, credentialVersion }: Login, { people }: TokenIssuance): boolean {
  return people.user(username)?.credentialVersion === credentialVersion;
}

function isOf({ clientId, issuer }: Login, { client, form }: AuthenticatedRequest): boolean {
  return clientId === client.clientId && issuer === form.issuer;
}

function problemOf({ parameters, resources }: AuthenticatedRequest): ReturnType<typeof malformed> | null {
  if (parameters.has('audience') || resources.length > 0)
    return malformed('audience and resource are named when the person logs in');
  return null;
}

function malformed(detail: string): Extract<Outcome<never>, { ok: false }> {
  return { ok: false, problem: { kind: 'malformed', detail } };
}
