import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AUTHORIZE, Browser, newPkce, redirectOf } from './browser.ts';
import { INTROSPECTION, type OpenedIssuer, openIssuer, REVOCATION, SAAS } from './opened-issuer.ts';

const CALLBACK = 'https://app.example/callback';
const LOCAL = 'http://localhost:3000/callback';
const scopes = ['orchestration'];
const login = { redirectUris: [CALLBACK, LOCAL], postLogoutRedirectUris: [] };
let opened: OpenedIssuer;
let secret: string;

beforeEach(async () => {
  opened = await openIssuer();
  opened.people.set('demo', 'demo-password');
  const app = await opened.change((tx) => opened.commands.insertClient(tx, { id: 'app', name: 'App', scopes, login }));
  secret = app.clientSecret;
});
afterEach(() => opened.close());

type Tokens = { readonly access_token: string; readonly refresh_token: string };
const asApp = () => ({ client_id: 'app', client_secret: secret });

async function loggedIn(): Promise<Tokens> {
  const { challenge, verifier } = newPkce();
  const browser = new Browser(opened, AUTHORIZE.saas);
  await browser.open({
    client_id: 'app',
    redirect_uri: CALLBACK,
    response_type: 'code',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  });
  const { code = '' } = redirectOf(await browser.submit('demo', 'demo-password')).parameters;
  const grant = { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: CALLBACK };
  const answer = await opened.post(SAAS, { ...grant, ...asApp() });
  expect(answer.status).toBe(200);
  return answer.json as Tokens;
}

const opens = async ({ access_token }: Tokens) => (await opened.verify(access_token, 'orchestration')).kind;
const refresh = ({ refresh_token }: Tokens) =>
  opened.post(SAAS, { grant_type: 'refresh_token', refresh_token, ...asApp() });

it('a person’s access token is taken back by its client, and the login goes on', async () => {
  const tokens = await loggedIn();
  const revoked = await opened.post(REVOCATION.saas, { token: tokens.access_token, ...asApp() });
  expect(revoked.status).toBe(200);
  expect(await opens(tokens)).toBe('refused');
  const told = await opened.post(INTROSPECTION.saas, { token: tokens.access_token, ...asApp() });
  expect(told.json).toEqual({ active: false });
  expect(await opens((await refresh(tokens)).json as Tokens)).toBe('verified');
});

it('a login whose end cannot be recorded is over all the same', async () => {
  const tokens = await loggedIn();
  await opened.db.schema.alterTable('issuer_logins').renameTo('away').execute();
  const answer = await opened.post(REVOCATION.saas, { token: tokens.refresh_token, ...asApp() });
  expect(answer.status).toBe(500);
  expect(opened.faults.splice(0)).toHaveLength(1);
  expect(await opens(tokens)).toBe('refused');
  await opened.db.schema.alterTable('away').renameTo('issuer_logins').execute();
  expect((await refresh(tokens)).status).toBe(400);
});

it('a person has fifty logins at most: the oldest makes room', async () => {
  const first = await loggedIn();
  const second = await loggedIn();
  for (let more = 0; more < 48; more += 1) await loggedIn();
  expect(await Promise.all([opens(first), opens(second)])).toEqual(['verified', 'verified']);
  const last = await loggedIn();
  expect(await Promise.all([opens(first), opens(second), opens(last)])).toEqual(['refused', 'verified', 'verified']);
});

it('a name that may lead anywhere has the one port that is registered (RFC 8252 section 8.3)', async () => {
  const { challenge } = newPkce();
  const ask = (redirect_uri: string) => {
    const asked = { client_id: 'app', redirect_uri, response_type: 'code' };
    return new Browser(opened).open({ ...asked, code_challenge: challenge, code_challenge_method: 'S256' });
  };
  expect((await ask(LOCAL)).status).toBe(200);
  const other = await ask('http://localhost:3001/callback');
  expect([other.status, other.headers.location]).toEqual([400, undefined]);
});

describe('what tells people from clients', () => {
  // The API takes whoever has `username` for a person.
  it.each(['username', 'sid', 'preferred_username'])('is no claim that a client may have: %s', async (name) => {
    const claims = JSON.stringify({ [name]: 'demo' });
    const inserted = opened.change((tx) => opened.commands.insertClient(tx, { id: 'demo', name: 'x', scopes, claims }));
    await expect(inserted).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

it('a client that has expired asks about no token, its own or another’s', async () => {
  const tokens = await loggedIn();
  const expires = opened.clock.now() + 60_000;
  const short = await opened.change((tx) =>
    opened.commands.insertClient(tx, { id: 'short', name: 'x', scopes, expires }),
  );
  const ask = () =>
    opened.post(INTROSPECTION.saas, {
      token: tokens.access_token,
      client_id: 'short',
      client_secret: short.clientSecret,
    });
  expect((await ask()).json).toMatchObject({ active: true });
  opened.clock.move(60_000);
  expect((await ask()).status).toBe(401);
});
