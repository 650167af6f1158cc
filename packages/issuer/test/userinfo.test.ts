import { generateKeyPairSync, hash, randomUUID, sign, X509Certificate } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PresentedCertificate } from '../src/presented-certificate.ts';
import { AUTHORIZE, Browser, newPkce, redirectOf } from './browser.ts';
import { OTHER, READER } from './client-certificates.ts';
import { type Answer, FORM, KEYCLOAK, type OpenedIssuer, openIssuer, REVOCATION, SAAS } from './opened-issuer.ts';

const ORIGIN = 'http://localhost:18080';
const CALLBACK = 'https://app.example/callback';
const USERINFO = {
  saas: '/oauth/userinfo',
  keycloak: '/auth/realms/camunda-platform/protocol/openid-connect/userinfo',
};
const login = { redirectUris: [CALLBACK], postLogoutRedirectUris: [] };
const shown = (pem: string): PresentedCertificate => ({ der: new X509Certificate(pem).raw, trusted: true });

let opened: OpenedIssuer;
let certificate: PresentedCertificate | null;
let secret: string;
beforeEach(async () => {
  certificate = null;
  opened = await openIssuer({ certificate: () => certificate });
  opened.people.set('demo', 'demo-password');
  const scopes = ['orchestration'];
  await opened.change(async (tx) => {
    await opened.commands.insertPublicClient(tx, { id: 'spa', name: 'SPA', scopes, login });
    const bound = { id: 'bound', name: 'bound', scopes, login, bindTokens: 'certificate' };
    await opened.commands.insertPublicClient(tx, bound);
    ({ clientSecret: secret } = await opened.commands.insertClient(tx, { id: 'machine', name: 'machine', scopes }));
  });
});
afterEach(() => opened.close());

type Tokens = { readonly access_token: string; readonly refresh_token: string; readonly id_token: string };
type LogIn = {
  readonly client_id?: string;
  readonly scope?: string;
  readonly form?: keyof typeof AUTHORIZE;
  readonly dpop?: string;
};
async function loggedIn({ client_id = 'spa', scope = 'openid', form = 'saas', dpop }: LogIn = {}): Promise<Tokens> {
  const { challenge, verifier } = newPkce();
  const browser = new Browser(opened, AUTHORIZE[form]);
  const asked = { client_id, redirect_uri: CALLBACK, response_type: 'code', scope };
  await browser.open({ ...asked, code_challenge: challenge, code_challenge_method: 'S256' });
  const { code = '' } = redirectOf(await browser.submit('demo', 'demo-password')).parameters;
  const grant = { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: CALLBACK, client_id };
  const answer = await opened.post(form === 'saas' ? SAAS : KEYCLOAK, grant, dpop === undefined ? {} : { dpop });
  expect(answer.status).toBe(200);
  return answer.json as Tokens;
}
const ask = (authorization: string | string[], more: Readonly<Record<string, string>> = {}, path = USERINFO.saas) =>
  opened.send(path, { headers: { authorization, ...more } });
const challenge = ({ headers }: Answer) => headers['www-authenticate'] ?? '';
const DEMO = { sub: 'demo', username: 'demo', preferred_username: 'demo', name: 'demo' };

describe('the userinfo endpoint', () => {
  it.each(['saas', 'keycloak'] as const)('in %s form says who a person is, by GET and by POST', async (form) => {
    const { access_token } = await loggedIn({ form, scope: 'openid orchestration' });
    const headers = { authorization: `Bearer ${access_token}`, host: 'evil.example' };
    for (const method of ['GET', 'POST']) {
      const answer = await opened.send(USERINFO[form], { method, headers });
      expect([answer.status, answer.json]).toEqual([200, DEMO]);
      expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'content-type': 'application/json' });
    }
    expect((await ask(`bearer ${access_token}`, {}, USERINFO[form])).status).toBe(200);
  });

  it('is that of the form that issued the token, and no other', async () => {
    const { access_token } = await loggedIn();
    const answer = await ask(`Bearer ${access_token}`, {}, USERINFO.keycloak);
    expect([answer.status, challenge(answer)]).toEqual([401, expect.stringContaining('error="invalid_token"')]);
  });

  it('wants a token, and only in the one header', async () => {
    const { access_token } = await loggedIn();
    const none = await opened.send(USERINFO.saas);
    expect([none.status, challenge(none), none.text]).toEqual([401, 'Bearer realm="Stagedoor"', '']);
    const inBody = { method: 'POST', headers: { 'content-type': FORM }, body: `access_token=${access_token}` };
    expect((await opened.send(USERINFO.saas, inBody)).status).toBe(401);
    const inQuery = await opened.send(`${USERINFO.saas}?access_token=${access_token}`);
    expect([inQuery.status, challenge(inQuery)]).toEqual([400, expect.stringContaining('error="invalid_request"')]);
    const twice = [`Bearer ${access_token}`, `Bearer ${access_token}`];
    expect((await ask(twice)).status).toBe(400);
    for (const method of ['PUT', 'DELETE', 'OPTIONS', 'HEAD'])
      expect((await opened.send(USERINFO.saas, { method })).status).toBe(405);
  });

  it.each([
    ['Basic credentials', () => `Basic ${Buffer.from('demo:demo-password').toString('base64')}`],
    ['no token behind the scheme', () => 'Bearer '],
    ['garbage', () => 'Bearer garbage'],
    ['two tokens', ({ access_token }: Tokens) => `Bearer ${access_token}, ${access_token}`],
    ['the ID token', ({ id_token }: Tokens) => `Bearer ${id_token}`],
    ['the refresh token', ({ refresh_token }: Tokens) => `Bearer ${refresh_token}`],
    ['another signature', ({ access_token }: Tokens) => `Bearer ${access_token.replace(/.{10}$/, 'AAAAAAAAAA')}`],
    ['a token that is bound to nothing as a DPoP token', ({ access_token }: Tokens) => `DPoP ${access_token}`],
  ])('tells nothing for %s', async (_, header) => {
    const answer = await ask(header(await loggedIn()));
    expect([answer.status, answer.text]).toEqual([401, '']);
    expect(challenge(answer)).toMatch(/^(?:Bearer|DPoP) realm="Stagedoor"/);
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('tells nothing of nobody: a client’s token has no person', async () => {
    const of = { client_id: 'machine', client_secret: secret };
    const { json } = await opened.post(SAAS, { grant_type: 'client_credentials', ...of });
    const answer = await ask(`Bearer ${(json as Tokens).access_token}`);
    expect([answer.status, answer.text, challenge(answer)]).toEqual([
      403,
      '',
      expect.stringContaining('error="insufficient_scope"'),
    ]);
  });

  it('tells nothing of a person whose application did not ask for openid', async () => {
    const answer = await ask(`Bearer ${(await loggedIn({ scope: 'orchestration' })).access_token}`);
    expect([answer.status, challenge(answer)]).toEqual([403, expect.stringContaining('scope="openid"')]);
  });

  it('tells its operator what it refused and why, and nothing of the token', async () => {
    const { access_token } = await loggedIn({ scope: 'orchestration' });
    await ask(`Bearer ${access_token}`);
    await ask('Bearer canary-7f3a');
    await opened.send(USERINFO.saas);
    const about = { method: 'GET', path: USERINFO.saas, address: '127.0.0.1' };
    expect(opened.refusals).toMatchObject([
      { ...about, status: 403, reason: expect.stringContaining('the scope openid') },
      { ...about, status: 401, code: 'TOKEN_MALFORMED' },
      { ...about, status: 401, code: 'CREDENTIALS_MISSING', reason: 'no credentials were sent' },
    ]);
    expect(JSON.stringify(opened.refusals)).not.toMatch(/canary|eyJ/);
  });

  it.each<[string, (tokens: Tokens) => unknown]>([
    ['it has expired', () => opened.clock.move(361_000)],
    ['it was revoked', ({ access_token: token }) => opened.post(REVOCATION.saas, { client_id: 'spa', token })],
    ['its login has ended', ({ refresh_token: token }) => opened.post(REVOCATION.saas, { client_id: 'spa', token })],
    ['its client is gone', () => opened.change((tx) => opened.commands.deleteClient(tx, 'spa'))],
    ['its person is gone', () => opened.people.delete('demo')],
    ['he has another password', () => opened.people.set('demo', 'another-password')],
  ])('refuses a token that was just good once %s', async (_, happens) => {
    const tokens = await loggedIn();
    expect((await ask(`Bearer ${tokens.access_token}`)).status).toBe(200);
    await happens(tokens);
    const answer = await ask(`Bearer ${tokens.access_token}`);
    expect([answer.status, challenge(answer)]).toEqual([401, expect.stringContaining('error="invalid_token"')]);
  });
});

describe('a bound token at the userinfo endpoint', () => {
  it('of a certificate is taken with that certificate alone', async () => {
    certificate = shown(READER);
    const { access_token } = await loggedIn({ client_id: 'bound' });
    expect((await ask(`Bearer ${access_token}`)).json).toEqual(DEMO);
    for (const other of [null, shown(OTHER)]) {
      certificate = other;
      expect(await ask(`Bearer ${access_token}`)).toMatchObject({ status: 401, text: '' });
    }
  });

  it('of a key is taken with a proof of that key for this request, once', async () => {
    const { access_token } = await loggedIn({ dpop: proof({ htm: 'POST', htu: ORIGIN + SAAS }) });
    const ath = hash('sha256', access_token, 'base64url');
    const good = { htm: 'GET', htu: ORIGIN + USERINFO.saas, ath };
    const dpop = proof(good);
    expect((await ask(`DPoP ${access_token}`, { dpop })).json).toEqual(DEMO);
    const refused = [
      { dpop },
      {},
      { dpop: proof({ ...good, htm: 'POST' }) },
      { dpop: proof({ ...good, htu: ORIGIN + USERINFO.keycloak }) },
      { dpop: proof({ ...good, htu: ORIGIN + SAAS }) },
      { dpop: proof({ ...good, ath: hash('sha256', 'another', 'base64url') }) },
      { dpop: proof(good, generateKeyPairSync('ec', { namedCurve: 'P-256' })) },
    ];
    for (const more of refused) {
      const answer = await ask(`DPoP ${access_token}`, more);
      expect([answer.status, answer.text, challenge(answer)]).toEqual([401, '', expect.stringContaining('algs="')]);
    }
    expect((await ask(`Bearer ${access_token}`, { dpop: proof(good) })).status).toBe(401);
  });
});

const KEY = generateKeyPairSync('ec', { namedCurve: 'P-256' });

function proof(claims: Readonly<Record<string, string>>, { privateKey, publicKey } = KEY): string {
  const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const { crv, kty, x, y } = publicKey.export({ format: 'jwk' });
  const header = { typ: 'dpop+jwt', alg: 'ES256', jwk: { crv, kty, x, y } };
  const iat = Math.floor(opened.clock.now() / 1000);
  const input = `${encoded(header)}.${encoded({ jti: randomUUID(), iat, ...claims })}`;
  return `${input}.${sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}
