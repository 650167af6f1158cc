import { afterEach, beforeEach, expect, it } from 'vitest';
import { AUTHORIZE, Browser, claimsOf, newPkce, redirectOf } from './browser.ts';
import { type OpenedIssuer, openIssuer, SAAS } from './opened-issuer.ts';

const CALLBACK = 'https://app.example/callback';
let opened: OpenedIssuer;

beforeEach(async () => {
  opened = await openIssuer();
  opened.people.set('demo', 'demo-password');
  const login = { redirectUris: [CALLBACK], postLogoutRedirectUris: [] };
  const scopes = ['orchestration', 'operate'];
  await opened.change((tx) => opened.commands.insertPublicClient(tx, { id: 'spa', name: 'SPA', scopes, login }));
});
afterEach(() => opened.close());

type Tokens = { readonly access_token: string; readonly refresh_token: string };

/** The tokens of a login that asked for this. */
async function loggedIn(scope: string): Promise<Tokens> {
  const { challenge, verifier } = newPkce();
  const browser = new Browser(opened, AUTHORIZE.saas);
  await browser.open({
    client_id: 'spa',
    redirect_uri: CALLBACK,
    response_type: 'code',
    scope,
    code_challenge: challenge,
    code_challenge_method: 'S256',
  });
  const { code = '' } = redirectOf(await browser.submit('demo', 'demo-password')).parameters;
  const answer = await opened.post(SAAS, {
    grant_type: 'authorization_code',
    client_id: 'spa',
    redirect_uri: CALLBACK,
    code,
    code_verifier: verifier,
  });
  expect(answer.status).toBe(200);
  return answer.json as Tokens;
}

const refresh = (token: string, scope: string) =>
  opened.post(SAAS, { grant_type: 'refresh_token', client_id: 'spa', refresh_token: token, scope });

// RFC 6749 section 6: it has to be one of the scopes that were granted, and alone it names no API, which stands for all of them.
it('openid alone refreshes no login into more APIs than it was for', async () => {
  const { access_token, refresh_token } = await loggedIn('openid orchestration');
  expect(claimsOf(access_token).aud).toEqual(['orchestration', 'orchestration-api']);
  const answer = await refresh(refresh_token, 'openid');
  expect([answer.status, answer.json]).toEqual([400, expect.objectContaining({ error: 'invalid_scope' })]);
});

it('openid alone refreshes a login that was for all of them', async () => {
  const { access_token, refresh_token } = await loggedIn('openid');
  const answer = await refresh(refresh_token, 'openid');
  expect(answer.status).toBe(200);
  expect(claimsOf((answer.json as Tokens).access_token).aud).toEqual(claimsOf(access_token).aud);
});

it('one of two scopes refreshes for its APIs alone', async () => {
  const { refresh_token } = await loggedIn('openid orchestration operate');
  const answer = await refresh(refresh_token, 'orchestration');
  expect(claimsOf((answer.json as Tokens).access_token).aud).toEqual(['orchestration', 'orchestration-api']);
});
