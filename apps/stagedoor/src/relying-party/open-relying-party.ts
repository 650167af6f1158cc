import type { Clock, NonEmpty, TokenVerifier } from '@stagedoor/access';
import type { BegunLogin, FinishedLogin, ProviderUnavailable, RelyingParty } from '@stagedoor/gateway';
import { parseJsonObject } from '@stagedoor/tokens';
import { loginOf } from './login-of.ts';
import type { LoginProvider } from './login-provider.ts';
import { readLogoutToken } from './logout-token.ts';
import { openidClient, ProviderClient, RETRY_AFTER_SECONDS } from './provider-client.ts';
import { isAway, problemOf } from './provider-problem.ts';
import { userInfoOf } from './user-info.ts';

export type RelyingPartyParts = {
  readonly providers: NonEmpty<LoginProvider>;
  readonly home: string;
  readonly verifier: TokenVerifier;
  readonly clock: Clock;
};

/** What is kept in the browser between the beginning and the end of a login. */
type Secrets = { readonly state: string; readonly nonce: string; readonly codeVerifier: string };

/** Stagedoor as a client of identity providers: authorization code with PKCE, state and nonce, by openid-client. */
export function openRelyingParty({ providers, home, verifier, clock }: RelyingPartyParts): RelyingParty {
  const clients = new Map(providers.map((provider) => [provider.id, new ProviderClient(provider, clock)]));
  const known = (id: string) => {
    const provider = providers.find((one) => one.id === id);
    const client = clients.get(id);
    return provider === undefined || client === undefined ? null : { provider, client };
  };
  const [first, ...others] = providers;
  return {
    providers: [shown(first), ...others.map(shown)],
    home,
    begin: async (id) => {
      const found = known(id);
      return found === null ? unknown : begin(found.provider, found.client);
    },
    finish: async (id, secrets, answer) => {
      const found = known(id);
      const read = readSecrets(secrets);
      if (found === null || read === null) return { kind: 'refused', operator: 'the login was begun elsewhere' };
      return finish(found.provider, found.client, { secrets: read, answer, verifier });
    },
    endAddress: async ({ provider: id, idToken }) => {
      const found = known(id);
      return found === null ? null : endAddress(found.provider, found.client, { idToken, home });
    },
    readLogoutToken: async (id, token) => {
      const found = known(id);
      if (found === null) return { kind: 'refused', operator: 'no such provider is configured' };
      const { settings, policy, endpoints } = found.provider;
      return readLogoutToken(token, { issuer: endpoints.issuer, clientId: settings.clientId, policy, clock });
    },
  };
}

const unknown: ProviderUnavailable = {
  kind: 'unavailable',
  operator: 'no such provider is configured',
  retryAfterSeconds: RETRY_AFTER_SECONDS,
};

function shown({ id, settings }: LoginProvider): RelyingParty['providers'][0] {
  return { id, name: settings.name };
}

async function begin(provider: LoginProvider, client: ProviderClient): Promise<BegunLogin> {
  const openid = await openidClient();
  const { settings, redirectUri } = provider;
  const secrets: Secrets = {
    state: openid.randomState(),
    nonce: openid.randomNonce(),
    codeVerifier: openid.randomPKCECodeVerifier(),
  };
  try {
    const configuration = await client.configuration();
    // What is configured besides cannot take the place of what the login is kept safe by.
    const parameters = new URLSearchParams();
    for (const [name, value] of settings.parameters) parameters.set(name, value.reveal());
    for (const resource of settings.resources) parameters.append('resource', resource);
    parameters.set('redirect_uri', redirectUri);
    parameters.set('scope', settings.scopes.join(' '));
    parameters.set('response_type', 'code');
    parameters.delete('response_mode');
    parameters.set('state', secrets.state);
    parameters.set('nonce', secrets.nonce);
    parameters.set('code_challenge', await openid.calculatePKCECodeChallenge(secrets.codeVerifier));
    parameters.set('code_challenge_method', 'S256');
    const location = openid.buildAuthorizationUrl(configuration, parameters).href;
    return { kind: 'begun', location, secrets: JSON.stringify(secrets) };
  } catch (error) {
    return { ...unknown, operator: `identity provider ${provider.id}: ${problemOf(openid, error)}` };
  }
}

type Coming = { readonly secrets: Secrets; readonly answer: URLSearchParams; readonly verifier: TokenVerifier };

async function finish(
  provider: LoginProvider,
  client: ProviderClient,
  { secrets, answer, verifier }: Coming,
): Promise<FinishedLogin> {
  const openid = await openidClient();
  const by = (operator: string) => `identity provider ${provider.id}: ${operator}`;
  let finished: FinishedLogin;
  try {
    const configuration = await client.configuration();
    const url = new URL(`${provider.redirectUri}?${answer}`);
    const resources = new URLSearchParams();
    for (const resource of provider.settings.resources) resources.append('resource', resource);
    const checks = {
      pkceCodeVerifier: secrets.codeVerifier,
      expectedState: secrets.state,
      expectedNonce: secrets.nonce,
      idTokenExpected: true,
    };
    const tokens = await openid.authorizationCodeGrant(configuration, url, checks, resources);
    const { id_token: idToken, access_token: accessToken } = tokens;
    if (idToken === undefined) return { kind: 'refused', operator: by('it gave no ID token') };
    const userInfo = (sub: string) => userInfoOf(configuration, { provider, accessToken, sub });
    finished = await loginOf({ idToken, accessToken, userInfo }, provider, verifier);
  } catch (error) {
    const operator = by(problemOf(openid, error));
    return isAway(error) ? { ...unknown, operator } : { kind: 'refused', operator };
  }
  return finished.kind === 'in' ? finished : { ...finished, operator: by(finished.operator) };
}

/** OpenID Connect RP-Initiated Logout 1.0 section 2. Here the session is over anyway: whoever is away is not waited for twice. */
async function endAddress(
  { settings, redirectUri }: LoginProvider,
  client: ProviderClient,
  { idToken, home }: { readonly idToken: string; readonly home: string },
): Promise<string | null> {
  if (!settings.logoutAtProvider) return null;
  try {
    const configuration = await client.configuration();
    if (configuration.serverMetadata().end_session_endpoint === undefined) return null;
    const openid = await openidClient();
    const back = redirectUri.replace(/sso-callback$/, '');
    return openid.buildEndSessionUrl(configuration, {
      id_token_hint: idToken,
      post_logout_redirect_uri: back === redirectUri ? home : back,
    }).href;
  } catch {
    return null;
  }
}

/** What `begin` wrote, and a seal kept. */
function readSecrets(text: string): Secrets | null {
  const parsed = parseJsonObject(text);
  if (!parsed.ok) return null;
  const { state, nonce, codeVerifier } = parsed.value;
  if (typeof state !== 'string' || typeof nonce !== 'string' || typeof codeVerifier !== 'string') return null;
  return { state, nonce, codeVerifier };
}
