import { cnfOf, lifetimeOf } from '../issue-access-token.ts';
import type { BoundRequest, Grant, Outcome, TokenAnswer, TokenIssuance } from '../token-request.ts';
import { endReused } from './accept-login-grant.ts';
import { type Login, wantsIdToken } from './login.ts';
import { IDLE_MILLIS } from './logins.ts';

type LoginGrant = Extract<Grant, { kind: 'login' }>;

/**
 * The tokens of a person who logged in: an access token that names him (RFC 9068 section 2.2), a refresh token in the place of
 * what was shown, and at first an ID token where one was asked for (OpenID Connect Core section 2). `username` is a claim that
 * no token of a client has: by it the API knows a user (`embedded-policy.ts`). The client's own claims are not the user's.
 */
export async function issueToPerson(
  request: BoundRequest,
  { login, named, shown }: LoginGrant,
  issuance: TokenIssuance,
): Promise<Outcome<TokenAnswer>> {
  const { client, form, confirmation } = request;
  const { signingKeys, clock, randomness } = issuance;
  const boundTo = confirmation === null ? null : JSON.stringify(cnfOf(confirmation));
  if (login.boundTo !== null && login.boundTo !== boundTo) return refused(shown);
  const issuedAt = Math.floor(clock.now() / 1000);
  const untilEnd = Math.floor(login.endsAt / 1000) - issuedAt;
  // With the refresh token unused for longer the login is over, and the access token with it.
  const lifetime = Math.min(lifetimeOf(client, issuance, issuedAt), untilEnd, IDLE_SECONDS);
  if (lifetime < 1) return refused(shown);

  const about = {
    iss: form.issuer,
    sub: login.username,
    username: login.username,
    azp: client.clientId,
    iat: issuedAt,
    exp: issuedAt + lifetime,
    auth_time: login.authenticatedAt,
    sid: login.sid,
  };
  const [audience, ...more] = request.audiences;
  const scope = scopeOf(request, named.scope);
  const accessToken = {
    ...about,
    client_id: client.clientId,
    aud: more.length === 0 ? audience : request.audiences,
    jti: Buffer.from(randomness.bytes(16)).toString('base64url'),
    ...scope,
    ...(confirmation === null ? {} : { cnf: cnfOf(confirmation) }),
  };
  const idToken = shown.kind === 'code' && wantsIdToken(named) ? idTokenOf(about, client.clientId, shown.nonce) : null;
  // Signed before anything is spent: what fails here costs the person nothing.
  const access_token = await signingKeys.sign(accessToken, 'at+jwt');
  const signed = idToken === null ? {} : { id_token: await signingKeys.sign(idToken, 'JWT') };
  const isPublic = client.authentication.kind === 'none';
  const refreshToken = await exchange({ ...login, boundTo: isPublic ? boundTo : null }, shown, issuance);
  if (refreshToken === null) return refused(shown);
  return {
    ok: true,
    value: {
      access_token,
      expires_in: lifetime,
      refresh_token: refreshToken,
      refresh_expires_in: Math.min(untilEnd, IDLE_SECONDS),
      token_type: confirmation?.kind === 'dpop' ? 'DPoP' : 'Bearer',
      'not-before-policy': 0,
      ...signed,
      ...scope,
    },
  };
}

const IDLE_SECONDS = IDLE_MILLIS / 1000;

/** The refresh token that takes the place of what was shown; null where of two at the same time the other one was first. */
async function exchange(login: Login, shown: LoginGrant['shown'], issuance: TokenIssuance): Promise<string | null> {
  const { logins, codes } = issuance;
  if (shown.kind === 'refresh-token') {
    const next = await logins.renew(shown.token);
    if (next === null) await endReused(login, issuance);
    return next;
  }
  const first = await logins.begin(login);
  if (!codes.wasReused(shown.code)) return first;
  await logins.end(login.sid);
  return null;
}

function idTokenOf(about: Readonly<Record<string, unknown>>, clientId: string, nonce: string | undefined) {
  return {
    ...about,
    aud: clientId,
    preferred_username: about.sub,
    ...(nonce === undefined ? {} : { nonce }),
  };
}

/** The scopes of the audiences, and `openid` where it was asked for: clients look for it. */
function scopeOf({ scopes }: BoundRequest, asked: string | undefined): { readonly scope?: string } {
  const granted = [
    ...(wantsIdToken({ audience: undefined, scope: asked, resources: [] }) ? ['openid'] : []),
    ...scopes,
  ];
  return granted.length === 0 ? {} : { scope: granted.join(' ') };
}

function refused({ kind }: LoginGrant['shown']): Outcome<never> {
  return { ok: false, problem: { kind: 'grant-refused', shown: kind } };
}
