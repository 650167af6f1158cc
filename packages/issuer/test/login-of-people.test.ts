import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClientWithSecret } from '../src/index.ts';
import { AUTHORIZE, Browser, claimsOf, LOGOUT, newPkce, type Pkce, redirectOf } from './browser.ts';
import {
  type Answer,
  INTROSPECTION,
  KEYCLOAK,
  type OpenedIssuer,
  openIssuer,
  REVOCATION,
  SAAS,
} from './opened-issuer.ts';

const CALLBACK = 'https://app.example/callback?tenant=1';
const NATIVE = 'http://127.0.0.1/native';
const BYE = 'https://app.example/bye';
const login = {
  redirectUris: [CALLBACK, NATIVE, 'http://[::1]/native', 'com.example.app:/back'],
  postLogoutRedirectUris: [BYE],
};

let opened: OpenedIssuer;
let app: ClientWithSecret;
let pkce: Pkce;

beforeEach(async () => {
  opened = await openIssuer();
  opened.people.set('demo', 'demo-password');
  opened.people.set('other', 'other-password');
  pkce = newPkce();
  await opened.change(async (tx) => {
    app = await opened.commands.insertClient(tx, {
      id: 'app',
      name: 'The <App>',
      scopes: ['orchestration', 'operate'],
      claims: '{"permissions":{"operate-api":["read:*"]}}',
      login,
    });
    await opened.commands.insertClient(tx, { id: 'machine', name: 'machine', scopes: ['orchestration'] });
    await opened.commands.insertPublicClient(tx, { id: 'spa', name: 'SPA', scopes: ['orchestration'], login });
    await opened.commands.insertPublicClient(tx, { id: 'spa2', name: 'SPA', scopes: ['orchestration'], login });
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

async function codeFor(more: Readonly<Record<string, string>> = {}, path = AUTHORIZE.saas): Promise<string> {
  const browser = new Browser(opened, path);
  await browser.open(asking(more));
  return redirectOf(await browser.submit('demo', 'demo-password')).parameters.code ?? '';
}

const exchange = (code: string, more: Readonly<Record<string, string>> = {}, path = SAAS) =>
  opened.post(path, {
    grant_type: 'authorization_code',
    client_id: 'spa',
    redirect_uri: CALLBACK,
    code,
    code_verifier: pkce.verifier,
    ...more,
  });

type Tokens = {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly id_token: string;
  readonly scope: string;
};
const tokensOf = ({ status, json }: Answer): Tokens => {
  expect([status, json]).toEqual([200, expect.anything()]);
  return json as Tokens;
};
const loggedIn = async (more: Readonly<Record<string, string>> = {}) => tokensOf(await exchange(await codeFor(more)));
const refresh = (token: string, more: Readonly<Record<string, string>> = {}) =>
  opened.post(SAAS, { grant_type: 'refresh_token', client_id: 'spa', refresh_token: token, ...more });
const refused = (answer: Answer) => [answer.status, (answer.json as { error?: string } | undefined)?.error];
const opens = async (token: string) => (await opened.verify(token, 'orchestration')).kind;

describe.each([
  ['SaaS', AUTHORIZE.saas, SAAS, 'http://localhost:18080'],
  ['Keycloak', AUTHORIZE.keycloak, KEYCLOAK, 'http://localhost:18080/auth/realms/camunda-platform'],
])('a person who logs in at the issuer in %s form', (_, authorize, token, iss) => {
  it('is sent back with a code, the state, and the issuer, and gets tokens that name him', async () => {
    const browser = new Browser(opened, authorize);
    expect((await browser.open(asking())).status).toBe(200);
    const answer = await browser.submit('demo', 'demo-password');
    expect(answer.status).toBe(303);
    expect(redirectOf(answer)).toEqual({
      to: 'https://app.example/callback',
      parameters: { tenant: '1', code: expect.stringMatching(/^[\w-]{43}$/), state: 's t&te', iss },
    });
    const tokens = tokensOf(await exchange(redirectOf(answer).parameters.code ?? '', {}, token));
    const seconds = Math.floor(opened.clock.now() / 1000);
    const about = {
      iss,
      sub: 'demo',
      username: 'demo',
      azp: 'spa',
      iat: seconds,
      exp: seconds + 300,
      auth_time: seconds,
    };
    expect(claimsOf(tokens.access_token)).toEqual({
      ...about,
      client_id: 'spa',
      aud: ['orchestration', 'orchestration-api'],
      jti: expect.stringMatching(/^[\w-]{22}$/),
      sid: expect.stringMatching(/^[\w-]{22}$/),
      scope: 'openid orchestration',
    });
    expect(claimsOf(tokens.id_token)).toEqual({
      ...about,
      aud: 'spa',
      nonce: 'n-1',
      preferred_username: 'demo',
      sid: claimsOf(tokens.access_token).sid,
    });
    expect(tokens).toMatchObject({ expires_in: 300, refresh_expires_in: 1800, token_type: 'Bearer' });
  });

  it('is a user at the API, and his ID token and refresh token open nothing', async () => {
    const tokens = tokensOf(await exchange(await codeFor({}, authorize), {}, token));
    expect(await opened.verify(tokens.access_token, 'orchestration')).toMatchObject({
      kind: 'verified',
      subject: { subject: { kind: 'user', username: 'demo' }, groups: null },
    });
    expect(await opened.verify(tokens.id_token, 'orchestration')).toMatchObject({ code: 'TOKEN_TYPE_REFUSED' });
    expect(await opened.verify(tokens.refresh_token, 'orchestration')).toMatchObject({ code: 'TOKEN_MALFORMED' });
  });
});

describe('the login page', () => {
  it('names the application, and can neither be framed nor send what is typed elsewhere', async () => {
    const { headers, text } = await new Browser(opened).open(asking({ client_id: 'app' }));
    expect(text).toContain('The &lt;App&gt;');
    expect(text).not.toContain('<script');
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; base-uri 'none'; form-action 'self' https:\/\/app\.example; frame-ancestors 'none'$/,
    );
    expect(headers['set-cookie']).toEqual([
      expect.stringMatching(/^stagedoor-login=[\w-]{43}; Path=\/oauth\/authorize; HttpOnly; SameSite=Strict$/),
    ]);
  });

  it('lets an application on the loopback address of IPv6 be gone on to, for which a policy has no words but its port', async () => {
    const asked = asking({ redirect_uri: 'http://[::1]:4000/native' });
    const { headers } = await new Browser(opened).open(asked);
    expect(headers['content-security-policy']).toContain("form-action 'self' http://*:4000;");
  });

  it('takes the request also from a form, as OpenID Connect wants it', async () => {
    expect((await opened.post(AUTHORIZE.saas, asking())).status).toBe(200);
  });

  it.each([
    ['a wrong password', 'demo', 'wrong'],
    ['nobody’s name', 'nobody', 'demo-password'],
    ['no name', '', ''],
  ])('says the same of %s, and repeats nothing of it', async (_, username, password) => {
    const browser = new Browser(opened);
    await browser.open(asking());
    const answer = await browser.submit(username, password);
    expect(answer.status).toBe(401);
    expect(answer.text).toContain('The user name or the password is wrong.');
    expect(answer.text).not.toContain('nobody');
    expect(opened.audited.at(-1)).toMatchObject({ actor: { kind: 'anonymous' }, entityKey: null, outcome: 'FAIL' });
    expect((await browser.submit('demo', 'demo-password')).status).toBe(303);
  });

  it('keeps to the limits on guessing that Basic has', async () => {
    const browser = new Browser(opened);
    await browser.open(asking());
    opened.people.limited = true;
    const answer = await browser.submit('demo', 'demo-password');
    expect([answer.status, answer.headers['retry-after']]).toEqual([429, '7']);
  });

  const forged: [string, (mine: Browser) => Promise<Answer>][] = [
    ['without the cookie', (mine) => submitted(mine, { cookie: 'other=1' })],
    ['with the cookie twice', (mine) => submitted(mine, { cookie: `${mine.cookie}; ${mine.cookie}` })],
    ['from another site', (mine) => submitted(mine, { 'sec-fetch-site': 'cross-site' })],
    ['from another port of this host', (mine) => submitted(mine, { 'sec-fetch-site': 'same-site' })],
    [
      'with the request of another browser',
      async (mine) => {
        const theirs = new Browser(opened);
        await theirs.open(asking());
        theirs.cookie = mine.cookie;
        return submitted(theirs, {});
      },
    ],
    [
      'after half an hour',
      async (mine) => {
        opened.clock.move(30 * 60_000);
        return submitted(mine, {});
      },
    ],
  ];
  const submitted = (browser: Browser, headers: Readonly<Record<string, string>>) =>
    browser.submit('demo', 'demo-password', headers);

  it.each(forged)('does not log in what is sent %s: it asks again', async (_, send) => {
    const browser = new Browser(opened);
    await browser.open(asking());
    const answer = await send(browser);
    expect([answer.status, answer.headers.location]).toEqual([403, undefined]);
    expect(answer.text).toContain('name="password"');
    expect(opened.audited).toEqual([]);
  });

  it.each([
    ['none', () => ''],
    ['another one', () => 'abc.def'],
    ['one whose MAC is cut', (mine: string) => mine.slice(0, -1)],
    ['one that was changed', (mine: string) => `${mine.startsWith('W') ? 'X' : 'W'}${mine.slice(1)}`],
  ])('takes no request but its own: %s', async (_, change) => {
    const browser = new Browser(opened);
    await browser.open(asking());
    const typed = { request: change(browser.request), username: 'demo', password: 'demo-password' };
    const answer = await opened.post(`${AUTHORIZE.saas}/login`, typed, { cookie: browser.cookie ?? '' });
    expect([answer.status, answer.headers.location]).toEqual([400, undefined]);
  });

  it('of one form of the issuer does nothing at the other', async () => {
    const browser = new Browser(opened);
    await browser.open(asking());
    const typed = { request: browser.request, username: 'demo', password: 'demo-password' };
    const answer = await opened.post(`${AUTHORIZE.keycloak}/login`, typed, { cookie: browser.cookie ?? '' });
    expect(answer.status).toBe(400);
  });
});

describe('a code', () => {
  const cases: [string, Readonly<Record<string, string>>][] = [
    ['another verifier', { code_verifier: newPkce().verifier }],
    ['no verifier', { code_verifier: '' }],
    ['the challenge in place of the verifier', { code_verifier: 'challenge' }],
    ['another redirect URI', { redirect_uri: NATIVE }],
    ['no redirect URI', { redirect_uri: '' }],
    ['another public client', { client_id: 'spa2' }],
  ];
  it.each(cases)('is refused with %s, and spent by that', async (_, more) => {
    const code = await codeFor();
    const wrong = more.code_verifier === 'challenge' ? { code_verifier: pkce.challenge } : more;
    expect(refused(await exchange(code, wrong))).toEqual([400, 'invalid_grant']);
    expect(refused(await exchange(code))).toEqual([400, 'invalid_grant']);
  });

  it('is refused at the other form of the issuer (mix-up)', async () => {
    expect(refused(await exchange(await codeFor(), {}, KEYCLOAK))).toEqual([400, 'invalid_grant']);
  });

  it('is good for a minute', async () => {
    const code = await codeFor();
    opened.clock.move(60_000);
    expect(refused(await exchange(code))).toEqual([400, 'invalid_grant']);
  });

  it.each([
    ['changed his password', () => opened.people.set('demo', 'another-password')],
    ['was deleted', () => opened.people.delete('demo')],
  ])('is refused where its user %s meanwhile', async (_, happens) => {
    const code = await codeFor();
    happens();
    expect(refused(await exchange(code))).toEqual([400, 'invalid_grant']);
  });

  it('that comes again ends what its first use began', async () => {
    const code = await codeFor();
    const { access_token, refresh_token } = tokensOf(await exchange(code));
    expect(await opens(access_token)).toBe('verified');
    expect(refused(await exchange(code))).toEqual([400, 'invalid_grant']);
    expect(await opens(access_token)).toBe('refused');
    expect(refused(await refresh(refresh_token))).toEqual([400, 'invalid_grant']);
    expect(opened.audited.at(-1)).toMatchObject({ operation: 'token.reuse', entityKey: 'demo', outcome: 'FAIL' });
  });

  it('that comes twice at the same time leaves no login behind', async () => {
    const code = await codeFor();
    const [one, other] = await Promise.all([exchange(code), exchange(code)]);
    expect([one.status, other.status]).toEqual([400, 400]);
    expect(await opened.db.selectFrom('issuer_logins').selectAll().execute()).toEqual([]);
  });

  it('of a client with a secret needs the secret, in one way', async () => {
    const withSecret = { client_id: 'app', client_secret: app.clientSecret };
    expect(refused(await exchange(await codeFor({ client_id: 'app' }), { client_id: 'app' }))).toEqual([
      401,
      'access_denied',
    ]);
    const wrong = { client_id: 'app', client_secret: 'wrong' };
    expect(refused(await exchange(await codeFor({ client_id: 'app' }), wrong))).toEqual([401, 'access_denied']);
    const tokens = tokensOf(await exchange(await codeFor({ client_id: 'app' }), withSecret));
    expect(claimsOf(tokens.access_token)).not.toHaveProperty('permissions');
  });

  it('is nothing to a public client that sends a secret, nor to a client that nobody logs in with', async () => {
    expect(refused(await exchange(await codeFor(), { client_secret: 'x' }))).toEqual([401, 'access_denied']);
    const machine = await opened.change((tx) =>
      opened.commands.insertClient(tx, { id: 'm2', name: 'm2', scopes: ['orchestration'] }),
    );
    const asMachine = { client_id: 'm2', client_secret: machine.clientSecret };
    expect(refused(await exchange(await codeFor(), asMachine))).toEqual([400, 'invalid_grant']);
  });

  it('names no other target than was asked for at the login', async () => {
    const answer = await exchange(await codeFor(), { audience: 'orchestration-api' });
    expect(refused(answer)).toEqual([400, 'invalid_request']);
  });

  it('is missing', async () => {
    expect(refused(await exchange(''))).toEqual([400, 'invalid_request']);
  });
});

it('a name in a token stands only with a login of that name', async () => {
  // Versions of passwords are told apart by chance alone: here they are equal.
  opened.people.set('other', 'demo-password');
  const claims = claimsOf((await loggedIn()).access_token);
  const [demo, other] = ['demo', 'other'].map((name) => opened.people.user(name)?.username);
  expect(demo !== undefined && opened.issuer.userStands(demo, claims)).toBe(true);
  expect(other === undefined || opened.issuer.userStands(other, claims)).toBe(false);
});

describe('a public client', () => {
  it.each([
    ['tokens of its own', SAAS, { grant_type: 'client_credentials' }],
    ['to introspect', INTROSPECTION.saas, { token: 'x' }],
  ])('gets no %s', async (_, path, parameters) => {
    expect((await opened.post(path, { ...parameters, client_id: 'spa' })).status).toBe(401);
  });
});

describe('a refresh token', () => {
  it('is replaced by each use, and keeps the login', async () => {
    const first = await loggedIn();
    const second = tokensOf(await refresh(first.refresh_token));
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect(second.id_token).toBeUndefined();
    expect(claimsOf(second.access_token)).toMatchObject({ sub: 'demo', sid: claimsOf(first.access_token).sid });
    tokensOf(await refresh(second.refresh_token));
    expect(await opens(second.access_token)).toBe('verified');
  });

  it('that comes again ends the login for both who have it', async () => {
    const first = await loggedIn();
    const second = tokensOf(await refresh(first.refresh_token));
    expect(refused(await refresh(first.refresh_token))).toEqual([400, 'invalid_grant']);
    expect(refused(await refresh(second.refresh_token))).toEqual([400, 'invalid_grant']);
    expect(await opens(second.access_token)).toBe('refused');
    expect(opened.audited.at(-1)).toMatchObject({ operation: 'token.reuse', entityKey: 'demo' });
  });

  it('that comes twice at the same time ends the login', async () => {
    const { refresh_token } = await loggedIn();
    const { promise, resolve } = Promise.withResolvers<void>();
    let waiting = 0;
    opened.signing.hold = () => {
      waiting += 1;
      if (waiting === 2) resolve();
      return promise;
    };
    const answers = await Promise.all([refresh(refresh_token), refresh(refresh_token)]);
    const won = answers.filter((answer) => answer.status === 200).map((answer) => tokensOf(answer));
    expect(won).toHaveLength(1);
    for (const { access_token } of won) expect(await opens(access_token)).toBe('refused');
  });

  it('is known after a restart, and so is the one that it replaced', async () => {
    const first = await loggedIn();
    const second = tokensOf(await refresh(first.refresh_token));
    await opened.restart();
    const third = tokensOf(await refresh(second.refresh_token));
    await opened.restart();
    expect(refused(await refresh(first.refresh_token))).toEqual([400, 'invalid_grant']);
    expect(refused(await refresh(third.refresh_token))).toEqual([400, 'invalid_grant']);
    await opened.restart();
    expect(refused(await refresh(third.refresh_token))).toEqual([400, 'invalid_grant']);
  });

  it('is not in the records', async () => {
    const { refresh_token } = await loggedIn();
    const rows = JSON.stringify(await opened.db.selectFrom('issuer_logins').selectAll().execute());
    for (const part of refresh_token.split('.')) expect(rows).not.toContain(part);
  });

  it('is over after half an hour without use', async () => {
    const { refresh_token } = await loggedIn();
    opened.clock.move(30 * 60_000);
    expect(refused(await refresh(refresh_token))).toEqual([400, 'invalid_grant']);
  });

  it('is over after ten hours, however it is used, and so is the last access token, to the second', async () => {
    const end = opened.clock.now() + 10 * 3_600_000;
    let tokens = await loggedIn();
    while (opened.clock.now() + 25 * 60_000 < end) {
      opened.clock.move(25 * 60_000 - 7);
      tokens = tokensOf(await refresh(tokens.refresh_token));
    }
    opened.clock.move(end - opened.clock.now() - 1000);
    tokens = tokensOf(await refresh(tokens.refresh_token));
    expect(claimsOf(tokens.access_token).exp).toBe(end / 1000);
    expect(await opens(tokens.access_token)).toBe('verified');
    opened.clock.move(1000);
    expect(await opens(tokens.access_token)).toBe('refused');
    expect(refused(await refresh(tokens.refresh_token))).toEqual([400, 'invalid_grant']);
  });

  it('is what keeps the access token: that of a client whose tokens live for a day lives as long as it', async () => {
    await opened.change((tx) =>
      opened.commands.insertPublicClient(tx, {
        id: 'slow',
        name: 'slow',
        scopes: ['orchestration'],
        login,
        tokenLifetimeSeconds: 86_400,
      }),
    );
    const answer = await exchange(await codeFor({ client_id: 'slow' }), { client_id: 'slow' });
    expect(answer.json).toMatchObject({ expires_in: 1800, refresh_expires_in: 1800 });
  });

  it('that could not be recorded is not spent', async () => {
    const { refresh_token } = await loggedIn();
    await opened.db.schema.alterTable('issuer_logins').renameTo('away').execute();
    expect((await refresh(refresh_token)).status).toBe(500);
    expect(opened.faults.splice(0)).toHaveLength(1);
    await opened.db.schema.alterTable('away').renameTo('issuer_logins').execute();
    expect((await refresh(refresh_token)).status).toBe(200);
  });

  const ends: [string, () => unknown][] = [
    ['his password is changed', () => opened.people.set('demo', 'another-password')],
    ['he is deleted', () => opened.people.delete('demo')],
    ['the client is deleted', () => opened.change((tx) => opened.commands.deleteClient(tx, 'spa'))],
  ];
  it.each(ends)('ends with its access token when %s', async (_, happens) => {
    const { refresh_token, access_token } = await loggedIn();
    expect(await opens(access_token)).toBe('verified');
    await happens();
    expect(await opens(access_token)).toBe('refused');
    expect([400, 401]).toContain((await refresh(refresh_token)).status);
  });

  it.each([
    ['another client', { client_id: 'spa2' }],
    ['a target', { audience: 'orchestration-api' }],
    ['more scopes than were granted', { scope: 'openid orchestration' }],
  ])('is refused with %s, and not spent by that', async (_, more) => {
    const { refresh_token } = await loggedIn();
    expect((await refresh(refresh_token, more)).status).toBe(400);
    expect((await refresh(refresh_token)).status).toBe(200);
  });

  it('may be used for less than was granted', async () => {
    const scope = 'openid orchestration operate';
    const ofApp = { client_id: 'app', client_secret: app.clientSecret };
    const first = tokensOf(await exchange(await codeFor({ client_id: 'app', scope }), ofApp));
    expect(first.scope).toBe('openid operate orchestration');
    expect(tokensOf(await refresh(first.refresh_token, { ...ofApp, scope: 'operate' })).scope).toBe('operate');
  });

  it.each(['', 'x', `${'a'.repeat(22)}.${'b'.repeat(43)}`])('that is none is refused: %j', async (token) => {
    expect((await refresh(token)).status).toBe(400);
  });

  it('is taken back by its client, and with it all that came of the login (RFC 7009)', async () => {
    const ofApp = { client_id: 'app', client_secret: app.clientSecret };
    const { refresh_token, access_token } = tokensOf(await exchange(await codeFor({ client_id: 'app' }), ofApp));
    const other = await opened.change((tx) =>
      opened.commands.insertClient(tx, { id: 'third', name: 'third', scopes: ['orchestration'] }),
    );
    const ofOther = { client_id: 'third', client_secret: other.clientSecret, token: refresh_token };
    expect((await opened.post(REVOCATION.saas, ofOther)).status).toBe(400);
    expect(await opens(access_token)).toBe('verified');
    expect((await opened.post(REVOCATION.saas, { ...ofApp, token: refresh_token })).status).toBe(200);
    expect(await opens(access_token)).toBe('refused');
    expect(refused(await refresh(refresh_token, ofApp))).toEqual([400, 'invalid_grant']);
  });

  it('cannot be ended by whoever knows the sid that stands in the access token', async () => {
    const { refresh_token, access_token } = await loggedIn();
    await refresh(`${claimsOf(access_token).sid}.${'b'.repeat(43)}`);
    expect((await refresh(refresh_token)).status).toBe(200);
  });
});

describe('the end of a login', () => {
  const end = (more: Readonly<Record<string, string>>, path = LOGOUT.saas) =>
    opened.send(`${path}?${new URLSearchParams({ post_logout_redirect_uri: BYE, state: 'bye', ...more })}`);

  it('is asked for with its ID token, and sends the browser to the registered address', async () => {
    const { id_token, access_token, refresh_token } = await loggedIn();
    opened.clock.move(10 * 60_000);
    const answer = await end({ id_token_hint: id_token });
    expect([answer.status, answer.headers.location]).toEqual([303, `${BYE}?state=bye`]);
    expect(await opens(access_token)).toBe('refused');
    expect(refused(await refresh(refresh_token))).toEqual([400, 'invalid_grant']);
    expect(opened.audited.at(-1)).toMatchObject({ operation: 'logout', entityKey: 'demo', outcome: 'SUCCESS' });
    expect((await end({ id_token_hint: id_token })).status).toBe(303);
  });

  it.each([
    ['an address that is not registered', { post_logout_redirect_uri: 'https://evil.example/' }],
    ['the address of the login', { post_logout_redirect_uri: CALLBACK }],
    ['none', { post_logout_redirect_uri: '' }],
  ])('leads to a page of ours with %s', async (_, more) => {
    const { id_token, access_token } = await loggedIn();
    const answer = await end({ id_token_hint: id_token, ...more });
    expect([answer.status, answer.headers.location]).toEqual([200, undefined]);
    expect(await opens(access_token)).toBe('refused');
  });

  const hints: [string, (tokens: Tokens) => Readonly<Record<string, string>>, string?][] = [
    ['no ID token', () => ({})],
    ['an access token', ({ access_token }) => ({ id_token_hint: access_token })],

    ['a forged ID token', ({ id_token }) => ({ id_token_hint: `${id_token.slice(0, -6)}AAAAAA` })],
    ['an unsigned ID token', ({ id_token }) => ({ id_token_hint: `${unsigned}.${id_token.split('.')[1]}.AA` })],
    ['the ID token of another client', ({ id_token }) => ({ id_token_hint: id_token, client_id: 'spa2' })],
    ['the ID token of the other form', ({ id_token }) => ({ id_token_hint: id_token }), LOGOUT.keycloak],
  ];
  const unsigned = Buffer.from('{"alg":"none","typ":"JWT","kid":"x"}').toString('base64url');
  it.each(hints)('is not for everybody: %s', async (_, hint, path) => {
    // With one audience, the claims of an access token look like those of an ID token.
    const tokens = await loggedIn({ audience: 'orchestration-api' });
    const answer = await end(hint(tokens), path);
    expect([answer.status, answer.headers.location]).toEqual([400, undefined]);
    expect(await opens(tokens.access_token)).toBe('verified');
  });
});
