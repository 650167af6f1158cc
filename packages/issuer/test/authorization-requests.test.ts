import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Browser, newPkce, type Pkce, redirectOf } from './browser.ts';
import { type OpenedIssuer, openIssuer } from './opened-issuer.ts';

const CALLBACK = 'https://app.example/callback?tenant=1';
const NATIVE = 'http://127.0.0.1/native';
const login = { redirectUris: [CALLBACK, NATIVE, 'com.example.app:/back'], postLogoutRedirectUris: [] };

let opened: OpenedIssuer;
let pkce: Pkce;

beforeEach(async () => {
  opened = await openIssuer();
  opened.people.set('demo', 'demo-password');
  pkce = newPkce();
  await opened.change(async (tx) => {
    await opened.commands.insertClient(tx, { id: 'machine', name: 'machine', scopes: ['orchestration'] });
    await opened.commands.insertPublicClient(tx, { id: 'spa', name: 'SPA', scopes: ['orchestration'], login });
  });
});
afterEach(() => opened.close());

const asking = (more: Readonly<Record<string, string>> = {}) => ({
  client_id: 'spa',
  redirect_uri: CALLBACK,
  response_type: 'code',
  scope: 'openid',
  state: 's t&te',
  nonce: 'n-1',
  code_challenge: pkce.challenge,
  code_challenge_method: 'S256',
  ...more,
});

describe('where nobody vouches for the address, the person is told and sent nowhere:', () => {
  const cases: [string, Readonly<Record<string, string>>][] = [
    ['an unknown client', { client_id: 'nobody' }],
    ['no client', { client_id: '' }],
    ['a client that people do not log in with', { client_id: 'machine' }],
    ['no redirect URI', { redirect_uri: '' }],
    ['another host', { redirect_uri: 'https://evil.example/callback?tenant=1' }],
    ['a path below', { redirect_uri: 'https://app.example/callback/more?tenant=1' }],
    ['another query', { redirect_uri: 'https://app.example/callback?tenant=2' }],
    ['credentials in it', { redirect_uri: 'https://app.example@evil.example/callback?tenant=1' }],
    ['another case', { redirect_uri: 'https://APP.example/callback?tenant=1' }],
    ['a fragment', { redirect_uri: `${CALLBACK}#x` }],
    ['http in place of https', { redirect_uri: 'http://app.example/callback?tenant=1' }],
    ['a loopback address of another path', { redirect_uri: 'http://127.0.0.1:4000/other' }],
    ['localhost for a loopback address', { redirect_uri: 'http://localhost:4000/native' }],
    ['a host that begins like a loopback address', { redirect_uri: 'http://127.0.0.1.evil.example/native' }],
    ['a name before a loopback address', { redirect_uri: 'http://127.0.0.1:80@evil.example/native' }],
    ['a state that is too long', { state: 'x'.repeat(2_001) }],
  ];
  it.each(cases)('%s', async (_, more) => {
    const answer = await new Browser(opened).open(asking(more));
    expect([answer.status, answer.headers.location, answer.headers['set-cookie']]).toEqual([400, undefined, undefined]);
    expect(answer.text).not.toContain('evil');
  });

  it('a parameter that comes twice', async () => {
    const query = new URLSearchParams(asking()).toString();
    const answer = await new Browser(opened).open(`${query}&client_id=spa`);
    expect([answer.status, answer.text]).toEqual([
      400,
      expect.stringContaining('the parameter client_id of the request'),
    ]);
    const madeUp = await new Browser(opened).open(`${query}&canary=1&canary=2`);
    expect([madeUp.status, madeUp.text]).toEqual([400, expect.stringContaining('a parameter of the request')]);
    expect(madeUp.text).not.toContain('canary');
  });

  it('an expired client', async () => {
    await opened.change((tx) =>
      opened.commands.insertPublicClient(tx, {
        id: 'brief',
        name: 'brief',
        scopes: ['orchestration'],
        login,
        expires: opened.clock.now() + 1000,
      }),
    );
    expect((await new Browser(opened).open(asking({ client_id: 'brief' }))).status).toBe(200);
    opened.clock.move(1000);
    expect((await new Browser(opened).open(asking({ client_id: 'brief' }))).status).toBe(400);
  });

  it('but a loopback address may have any port, and an app a scheme of its own', async () => {
    for (const redirect_uri of ['http://127.0.0.1:51004/native', 'com.example.app:/back']) {
      const browser = new Browser(opened);
      expect((await browser.open(asking({ redirect_uri }))).status).toBe(200);
      expect(redirectOf(await browser.submit('demo', 'demo-password')).to).toBe(redirect_uri);
    }
  });
});

describe('what the application asks for is refused at its own address, with the state and the issuer:', () => {
  const cases: [string, Readonly<Record<string, string>>, string][] = [
    ['no response type', { response_type: '' }, 'invalid_request'],
    ['an implicit token', { response_type: 'token' }, 'unsupported_response_type'],
    ['a hybrid answer', { response_type: 'code id_token' }, 'unsupported_response_type'],
    ['an answer in a fragment', { response_mode: 'fragment' }, 'invalid_request'],
    ['no code challenge', { code_challenge: '' }, 'invalid_request'],
    ['a plain code challenge', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['a code challenge of no method, which is plain', { code_challenge_method: '' }, 'invalid_request'],
    ['a code challenge that is no digest', { code_challenge: 'x'.repeat(44) }, 'invalid_request'],
    ['nobody to be asked', { prompt: 'none' }, 'login_required'],
    ['nobody to be asked, and a login', { prompt: 'none login' }, 'invalid_request'],
    ['a request object', { request: 'e30.e30.' }, 'request_not_supported'],
    ['a request elsewhere', { request_uri: 'https://evil.example/' }, 'request_uri_not_supported'],
    ['an unknown scope', { scope: 'openid nonsense' }, 'invalid_scope'],
    ['an audience that is not its own', { audience: 'operate-api' }, 'invalid_target'],
    ['a resource that is not its own', { resource: 'https://elsewhere.example/' }, 'invalid_target'],
  ];
  it.each(cases)('%s', async (_, more, error) => {
    const answer = await new Browser(opened).open(asking(more));
    expect(answer.status).toBe(303);
    expect(redirectOf(answer)).toMatchObject({
      to: 'https://app.example/callback',
      parameters: { error, state: 's t&te', iss: 'http://localhost:18080', tenant: '1' },
    });
    expect(redirectOf(answer).parameters.code).toBeUndefined();
  });
});
