import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AUTHORIZE, Browser, newPkce, type Pkce, redirectOf } from './browser.ts';
import {
  type Answer,
  INTROSPECTION,
  KEYCLOAK,
  type OpenedIssuer,
  openIssuer,
  REVOCATION,
  SAAS,
} from './opened-issuer.ts';

const CALLBACK = 'https://app.example/callback';
const login = { redirectUris: [CALLBACK], postLogoutRedirectUris: [] };
const FORMS = [
  ['SaaS', REVOCATION.saas],
  ['Keycloak', REVOCATION.keycloak],
] as const;

let opened: OpenedIssuer;
let pkce: Pkce;
let app: { readonly client_id: string; readonly client_secret: string };
beforeEach(async () => {
  opened = await openIssuer();
  opened.people.set('demo', 'demo-password');
  pkce = newPkce();
  await opened.change(async (tx) => {
    for (const id of ['spa', 'other'])
      await opened.commands.insertPublicClient(tx, { id, name: id, scopes: ['orchestration'], login });
    const made = await opened.commands.insertClient(tx, { id: 'app', name: 'app', scopes: ['orchestration'], login });
    app = { client_id: 'app', client_secret: made.clientSecret };
  });
});
afterEach(() => opened.close());

type Tokens = { readonly access_token: string; readonly refresh_token: string };
async function loggedIn(credentials: Readonly<Record<string, string>> = { client_id: 'spa' }): Promise<Tokens> {
  const browser = new Browser(opened, AUTHORIZE.saas);
  const asked = {
    client_id: credentials.client_id ?? '',
    redirect_uri: CALLBACK,
    response_type: 'code',
    code_challenge: pkce.challenge,
    code_challenge_method: 'S256',
  };
  await browser.open(asked);
  const { code = '' } = redirectOf(await browser.submit('demo', 'demo-password')).parameters;
  const grant = { grant_type: 'authorization_code', redirect_uri: CALLBACK, code, code_verifier: pkce.verifier };
  const answer = await opened.post(SAAS, { ...credentials, ...grant });
  expect(answer.status).toBe(200);
  return answer.json as Tokens;
}
const revoke = (token: string, client_id = 'spa', path: string = REVOCATION.saas) =>
  opened.post(path, { client_id, token });
const opens = async ({ access_token }: Tokens) => (await opened.verify(access_token, 'orchestration')).kind;
const renews = async (
  { refresh_token }: Tokens,
  credentials: Readonly<Record<string, string>> = { client_id: 'spa' },
) => (await opened.post(SAAS, { ...credentials, grant_type: 'refresh_token', refresh_token })).status;
const revocations = () => opened.audited.filter(({ operation }) => operation === 'token.revoke');
const DONE = { status: 200, text: '' };

describe.each(FORMS)('a public client at the revocation endpoint in %s form', (_, path) => {
  it('ends its own login by the refresh token, and all that came of it, at once', async () => {
    const tokens = await loggedIn();
    expect(await opens(tokens)).toBe('verified');
    expect(await revoke(tokens.refresh_token, 'spa', path)).toMatchObject(DONE);
    expect([await opens(tokens), await renews(tokens)]).toEqual(['refused', 400]);
    expect(await revoke(tokens.refresh_token, 'spa', path)).toMatchObject(DONE);
    expect(revocations()).toMatchObject([{ actor: { kind: 'client', id: 'spa', credential: 'bearer' } }]);
    await opened.restart();
    expect(await opens(tokens)).toBe('refused');
  });

  it('takes back an access token alone, and its login goes on', async () => {
    const tokens = await loggedIn();
    expect(await revoke(tokens.access_token, 'spa', path)).toMatchObject(DONE);
    expect([await opens(tokens), await renews(tokens)]).toEqual(['refused', 200]);
  });

  it('ends nothing of another client, and hears of it what it hears of nothing', async () => {
    const [tokens, confidential] = [await loggedIn(), await loggedIn(app)];
    const nothing = await revoke('nothing', 'other', path);
    expect(nothing).toMatchObject(DONE);
    for (const { access_token, refresh_token } of [tokens, confidential]) {
      for (const token of [access_token, refresh_token]) {
        const answer = await revoke(token, 'other', path);
        const told = ({ status, text, headers: { date: _, ...headers } }: Answer) => ({ status, text, headers });
        expect(told(answer)).toEqual(told(nothing));
      }
    }
    expect([await opens(tokens), await opens(confidential)]).toEqual(['verified', 'verified']);
    expect([await renews(tokens), await renews(confidential, app)]).toEqual([200, 200]);
    expect(revocations()).toEqual([]);
  });

  it('is limited in what it shows in vain, per place and client, and never in ending its own login', async () => {
    const tokens = await loggedIn();
    for (let index = 0; index < 10; index += 1)
      expect(await revoke(`nothing-${index}`, 'spa', path)).toMatchObject(DONE);
    const limited = await revoke('nothing', 'spa', path);
    expect([limited.status, limited.headers['retry-after']]).toEqual([429, expect.stringMatching(/^\d+$/)]);
    // Not even whether it is good: it would be an oracle.
    expect((await revoke(tokens.access_token, 'spa', path)).status).toBe(429);
    expect((await revoke('nothing', 'other', path)).status).toBe(200);
    expect(await revoke(tokens.refresh_token, 'spa', path)).toMatchObject(DONE);
    expect(await opens(tokens)).toBe('refused');
    opened.clock.move(10_000);
    expect((await revoke('nothing', 'spa', path)).status).toBe(200);
  });

  it('is not limited by its own good tokens', async () => {
    for (let index = 0; index < 12; index += 1) {
      const { access_token } = await loggedIn();
      expect(await revoke(access_token, 'spa', path)).toMatchObject(DONE);
    }
  });
});

describe('at the revocation endpoint', () => {
  it('a client that has something to show is not taken for a public one', async () => {
    const tokens = await loggedIn(app);
    expect((await revoke(tokens.refresh_token, 'app')).status).toBe(401);
    expect((await revoke(tokens.refresh_token, 'nobody')).status).toBe(401);
    expect((await opened.post(REVOCATION.saas, { token: tokens.refresh_token })).status).toBe(401);
    expect(await opens(tokens)).toBe('verified');
  });

  it('a public client with a secret, an assertion or a header is refused, whatever the token', async () => {
    const tokens = await loggedIn();
    const body = { client_id: 'spa', token: tokens.refresh_token };
    const basic = { authorization: `Basic ${Buffer.from('spa:x').toString('base64')}` };
    expect((await opened.post(REVOCATION.saas, { ...body, client_secret: 'x' })).status).toBe(401);
    expect((await opened.post(REVOCATION.saas, { ...body, client_assertion: 'x' })).status).toBe(401);
    expect((await opened.post(REVOCATION.saas, body, basic)).status).toBe(401);
    expect(await opens(tokens)).toBe('verified');
  });

  it('a public client that was deleted or has expired is nobody', async () => {
    const tokens = await loggedIn();
    await opened.change((tx) => opened.commands.deleteClient(tx, 'spa'));
    expect((await revoke(tokens.refresh_token)).status).toBe(401);
  });
});

it('introspection stays closed to public clients, also for tokens of their own', async () => {
  const { access_token, refresh_token } = await loggedIn();
  for (const path of Object.values(INTROSPECTION))
    for (const token of [access_token, refresh_token]) expect((await revoke(token, 'spa', path)).status).toBe(401);
  const documents = [
    '/.well-known/openid-configuration',
    KEYCLOAK.replace(/protocol.*/, '.well-known/openid-configuration'),
  ];
  for (const document of documents) {
    const { json } = await opened.send(document);
    expect(json).toMatchObject({ revocation_endpoint_auth_methods_supported: expect.arrayContaining(['none']) });
    expect((json as Record<string, unknown>).introspection_endpoint_auth_methods_supported).not.toContain('none');
  }
});
