import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bearer, type Client, tokenOf } from '../program/credentials.ts';
import { command } from '../program/run-command-line.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';
import { sentTo, typePassword } from './type-password.ts';

/** Two libraries that nobody here wrote, as applications have them, and a person who types his password. */
const FORMS = ['', '/auth/realms/camunda-platform'] as const;
const CALLBACK = 'http://127.0.0.1/callback';
const BYE = 'http://127.0.0.1/bye';
const ALICE = { username: 'alice', password: 'alice in the wings' };
const insecure = { [oauth.allowInsecureRequests]: true };

let program: Program;
let secret: Client;
let open: { readonly clientId: string };
let other: { readonly clientId: string };

beforeAll(async () => {
  program = await startProgram({ args: ['--method', 'oidc', ...FREE_PORTS] });
  await command(program, ['user', 'create', ALICE.username, '--password-stdin'], ALICE.password);
  const create = async (...args: string[]) =>
    JSON.parse(await command(program, ['client', 'create', '--json', '--name', ...args, '--redirect-uri', CALLBACK]));
  secret = await create('with a secret');
  open = await create('public', '--public', '--post-logout-redirect-uri', BYE);
  other = await create('another', '--public');
});
afterAll(() => program?.stop());

const issuerOf = (form: string) => new URL(`${program.issuer}${form}`);
const clients: readonly [string, () => readonly [string, openid.ClientAuth]][] = [
  ['a client with a secret', () => [secret.clientId, openid.ClientSecretBasic(secret.clientSecret)]],
  ['a public client', () => [open.clientId, openid.None()]],
];

async function who(token: string): Promise<unknown> {
  const answer = await fetch(`${program.rest}/v2/authentication/me`, { headers: bearer(token) });
  return [answer.status, answer.status === 200 ? ((await answer.json()) as { username: string }).username : null];
}

async function configured([clientId, authentication]: readonly [string, openid.ClientAuth], form: string) {
  return openid.discovery(issuerOf(form), clientId, undefined, authentication, {
    execute: [openid.allowInsecureRequests],
  });
}

async function logIn(config: openid.Configuration, parameters: Readonly<Record<string, string>> = {}) {
  const pkceCodeVerifier = openid.randomPKCECodeVerifier();
  const expectedState = openid.randomState();
  const expectedNonce = openid.randomNonce();
  const url = openid.buildAuthorizationUrl(config, {
    redirect_uri: 'http://127.0.0.1:4567/callback',
    scope: 'openid orchestration',
    code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: expectedState,
    nonce: expectedNonce,
    ...parameters,
  });
  const back = sentTo(await typePassword(url, ALICE));
  return openid.authorizationCodeGrant(config, back, { pkceCodeVerifier, expectedState, expectedNonce });
}

describe.each(FORMS)('openid-client at the issuer %s/', (form) => {
  it.each(clients)('logs in a person with %s, refreshes, and logs him out', async (_, client) => {
    const config = await configured(client(), form);
    const tokens = await logIn(config);
    expect(tokens.claims()).toMatchObject({ sub: 'alice', preferred_username: 'alice', aud: client()[0] });
    expect(await who(tokens.access_token)).toEqual([200, 'alice']);
    const found = await openid.fetchUserInfo(config, tokens.access_token, 'alice');
    expect(found).toMatchObject({ sub: 'alice', preferred_username: 'alice' });
    const renewed = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '');
    expect(await who(renewed.access_token)).toEqual([200, 'alice']);
    await expect(openid.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    expect(await who(renewed.access_token)).toEqual([401, null]);
  });

  it('ends a login where its application asks for it', async () => {
    const config = await configured([open.clientId, openid.None()], form);
    const { id_token = '', access_token, refresh_token = '' } = await logIn(config);
    const parameters = { id_token_hint: id_token, post_logout_redirect_uri: BYE, state: 'x' };
    const answer = await fetch(openid.buildEndSessionUrl(config, parameters), { redirect: 'manual' });
    expect(sentTo(answer).href).toBe(`${BYE}?state=x`);
    expect(await who(access_token)).toEqual([401, null]);
    await expect(openid.refreshTokenGrant(config, refresh_token)).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it.each(clients)('takes back the login of a person with %s, by its refresh token', async (_, client) => {
    const config = await configured(client(), form);
    const { access_token, refresh_token = '' } = await logIn(config);
    const stranger = await configured(
      [open.clientId === client()[0] ? other.clientId : open.clientId, openid.None()],
      form,
    );
    await openid.tokenRevocation(stranger, refresh_token);
    expect(await who(access_token)).toEqual([200, 'alice']);
    await openid.tokenRevocation(config, refresh_token, { token_type_hint: 'refresh_token' });
    expect(await who(access_token)).toEqual([401, null]);
    await expect(openid.refreshTokenGrant(config, refresh_token)).rejects.toMatchObject({ error: 'invalid_grant' });
    await openid.tokenRevocation(config, refresh_token);
  });

  it('introspects nothing for a public client', async () => {
    const config = await configured([open.clientId, openid.None()], form);
    const { access_token } = await logIn(config);
    await expect(openid.tokenIntrospection(config, access_token)).rejects.toMatchObject({ status: 401 });
  });

  it('hears of what is refused, with the issuer that says so', async () => {
    const config = await configured([open.clientId, openid.None()], form);
    const url = openid.buildAuthorizationUrl(config, {
      redirect_uri: CALLBACK,
      scope: 'openid',
      prompt: 'none',
      code_challenge: await openid.calculatePKCECodeChallenge(openid.randomPKCECodeVerifier()),
      code_challenge_method: 'S256',
    });
    const back = sentTo(await fetch(url, { redirect: 'manual' }));
    await expect(openid.authorizationCodeGrant(config, back)).rejects.toMatchObject({ error: 'login_required' });
    expect(back.searchParams.get('iss')).toBe(issuerOf(form).href.replace(/\/$/, ''));
  });
});

describe('a person’s tokens', () => {
  it('are bound to a key where the application proves one, and worthless without it', async () => {
    const config = await configured([open.clientId, openid.None()], '');
    const DPoP = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair('ES256'));
    const verifier = openid.randomPKCECodeVerifier();
    const url = openid.buildAuthorizationUrl(config, {
      redirect_uri: CALLBACK,
      scope: 'openid',
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    const back = sentTo(await typePassword(url, ALICE));
    const checks = { pkceCodeVerifier: verifier };
    const tokens = await openid.authorizationCodeGrant(config, back, checks, undefined, { DPoP });
    const me = new URL(`${program.rest}/v2/authentication/me`);
    const answer = await openid.fetchProtectedResource(config, tokens.access_token, me, 'GET', null, undefined, {
      DPoP,
    });
    expect(answer.status).toBe(200);
    expect(await who(tokens.access_token)).toEqual([401, null]);
    expect(await openid.fetchUserInfo(config, tokens.access_token, 'alice', { DPoP })).toMatchObject({ sub: 'alice' });
    await expect(openid.fetchUserInfo(config, tokens.access_token, 'alice')).rejects.toThrow();
    // RFC 9449 section 5: also the refresh token of a public client.
    const stolen = openid.refreshTokenGrant(config, tokens.refresh_token ?? '');
    await expect(stolen).rejects.toMatchObject({ error: 'invalid_grant' });
    const renewed = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '', undefined, { DPoP });
    expect(renewed.token_type).toBe('dpop');
  });

  it('name him and not the client that got them, and can be looked into and taken back by it', async () => {
    expect(await who(await tokenOf(program.issuer, secret))).toEqual([200, secret.clientId]);
    const config = await configured([secret.clientId, openid.ClientSecretPost(secret.clientSecret)], '');
    const { access_token } = await logIn(config);
    expect(await who(access_token)).toEqual([200, 'alice']);
    const found = await openid.tokenIntrospection(config, access_token);
    expect(found).toMatchObject({ active: true, username: 'alice', sub: 'alice', client_id: secret.clientId });
    await openid.tokenRevocation(config, access_token);
    expect(await openid.tokenIntrospection(config, access_token)).toEqual({ active: false });
    expect(await who(access_token)).toEqual([401, null]);
  });

  it('end with his password', async () => {
    await command(program, ['user', 'create', 'bob', '--password-stdin'], 'a first password');
    const config = await configured([open.clientId, openid.None()], '');
    const verifier = openid.randomPKCECodeVerifier();
    const url = openid.buildAuthorizationUrl(config, {
      redirect_uri: CALLBACK,
      scope: 'openid',
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    const back = sentTo(await typePassword(url, { username: 'bob', password: 'a first password' }));
    const tokens = await openid.authorizationCodeGrant(config, back, { pkceCodeVerifier: verifier });
    expect(await who(tokens.access_token)).toEqual([200, 'bob']);
    await command(program, ['user', 'passwd', 'bob', '--password-stdin'], 'a second password');
    expect(await who(tokens.access_token)).toEqual([401, null]);
  });
});

describe('oauth4webapi', () => {
  it('validates our answers as the RFCs say, and our access token as one of RFC 9068', async () => {
    const answer = await oauth.discoveryRequest(issuerOf(''), insecure);
    const as = await oauth.processDiscoveryResponse(issuerOf(''), answer);
    const client = { client_id: open.clientId };
    const verifier = oauth.generateRandomCodeVerifier();
    const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()];
    const url = new URL(as.authorization_endpoint ?? '');
    url.search = new URLSearchParams({
      ...client,
      redirect_uri: CALLBACK,
      response_type: 'code',
      scope: 'openid',
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    }).toString();
    const back = oauth.validateAuthResponse(as, client, sentTo(await typePassword(url, ALICE)), state);
    const granted = await oauth.authorizationCodeGrantRequest(
      as,
      client,
      oauth.None(),
      back,
      CALLBACK,
      verifier,
      insecure,
    );
    const tokens = await oauth.processAuthorizationCodeResponse(as, client, granted, {
      expectedNonce: nonce,
      requireIdToken: true,
    });
    expect(oauth.getValidatedIdTokenClaims(tokens)).toMatchObject({ sub: 'alice' });
    const request = new Request('http://resource.example/', { headers: bearer(tokens.access_token) });
    expect(await oauth.validateJwtAccessToken(as, request, 'orchestration-api', insecure)).toMatchObject({
      sub: 'alice',
    });
    const telling = await oauth.userInfoRequest(as, client, tokens.access_token, insecure);
    expect(await oauth.processUserInfoResponse(as, client, 'alice', telling)).toMatchObject({ sub: 'alice' });
    const revoking = await oauth.revocationRequest(as, client, oauth.None(), tokens.refresh_token ?? '', insecure);
    expect(await oauth.processRevocationResponse(revoking)).toBeUndefined();
    expect(await who(tokens.access_token)).toEqual([401, null]);
  });
});
