import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';
import { type Claims, type HostileProvider, newKeyPair, startHostileProvider } from './hostile-provider.ts';
import { locationOf, plainBrowser } from './plain-browser.ts';

/** What Stagedoor takes from a provider, and from browsers that say they come from one. */
const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const STRANGER = newKeyPair().privateKey;

let provider: HostileProvider;
let program: Program;

beforeAll(async () => {
  provider = await startHostileProvider();
  program = await startProgram({
    args: ['--memory', ...FREE_PORTS],
    yaml: `
camunda.security.initialization.default-roles.admin.users: [ann]
camunda.security.authentication:
  method: oidc
  oidc:
    issuer-uri: ${provider.issuer}
    client-id: stage
    client-secret: "the secret+of the stage"
    audiences: the-api
    username-claim: name
    scope: [profile, email]
    resource: ["urn:one", "urn:two"]
    authorize-request.additional-parameters: { prompt: login, state: mine, redirect_uri: "https://evil.example" }
stagedoor.oidc.pins: { org: ours }
`,
  });
}, 60_000);
afterAll(async () => {
  await Promise.all([program?.stop(), provider?.stop()]);
});
beforeEach(() => {
  provider.asked.length = 0;
});

const now = () => Math.floor(Date.now() / 1000);

/** A login that was begun in a browser of its own. */
async function begun(returnTo = '/') {
  const browser = plainBrowser();
  const beginning = `${program.rest}/oauth2/authorization/oidc?returnTo=${encodeURIComponent(returnTo)}`;
  const authorization = locationOf(await browser.ask(beginning));
  const { searchParams } = authorization;
  const state = searchParams.get('state') ?? '';
  const good: Claims = {
    iss: provider.issuer,
    aud: 'stage',
    sub: 'subject-of-ann',
    sid: `session-${state}`,
    name: 'ann',
    org: 'ours',
    iat: now(),
    exp: now() + 300,
    nonce: searchParams.get('nonce'),
  };
  const back = (answer: Readonly<Record<string, string>> = {}) => {
    const query = new URLSearchParams({ code: 'a-code', state, iss: provider.issuer, ...answer });
    return browser.ask(`${program.rest}/sso-callback?${query}`);
  };
  const me = () => browser.ask(`${program.rest}/v2/authentication/me`);
  return { browser, authorization, state, good, back, me };
}

/** A browser that is logged in as ann. */
async function loggedIn() {
  const login = await begun();
  provider.gives(provider.signed(login.good));
  expect((await login.back()).status).toBe(302);
  return login;
}

describe('a login', () => {
  it('asks for a code with state, nonce and PKCE, and nothing that is configured takes their place', async () => {
    const { authorization } = await begun();
    const { searchParams } = authorization;
    expect(authorization.href.startsWith(`${provider.issuer}/authorize?`)).toBe(true);
    expect(Object.fromEntries(searchParams)).toMatchObject({
      client_id: 'stage',
      response_type: 'code',
      redirect_uri: `${program.rest}/sso-callback`,
      scope: 'openid profile email',
      prompt: 'login',
      code_challenge_method: 'S256',
    });
    expect(searchParams.getAll('resource')).toEqual(['urn:one', 'urn:two']);
    expect(searchParams.getAll('state')).toEqual([expect.stringMatching(/^[\w-]{43}$/)]);
    const other = (await begun()).authorization.searchParams;
    for (const name of ['state', 'nonce', 'code_challenge']) expect(other.get(name)).not.toBe(searchParams.get(name));
  });

  it('brings a session of the person', async () => {
    const { me } = await loggedIn();
    expect(await (await me()).json()).toMatchObject({ username: 'ann' });
    const [asked] = provider.asked;
    // RFC 6749 section 2.3.1: each of the two is encoded as a form is.
    expect(asked?.authorization).toBe(`Basic ${Buffer.from('stage:the+secret%2Bof+the+stage').toString('base64')}`);
    expect(asked?.form.get('code_verifier')).toMatch(/^[\w-]{43}$/);
    expect(asked?.form.getAll('resource')).toEqual(['urn:one', 'urn:two']);
  });

  it('takes its claims from an access token that opens the API', async () => {
    const login = await begun();
    const access = provider.signed({ ...login.good, aud: 'the-api', name: 'bob', nonce: undefined });
    provider.gives(provider.signed({ ...login.good, name: 'ann', org: 'not in ID tokens' }), access);
    await login.back();
    expect(await (await login.me()).json()).toMatchObject({ username: 'bob' });
  });

  it.each([
    ['for somebody else', { aud: 'other-api' }],
    ['of another organization', { aud: 'the-api', org: 'theirs' }],
  ])('takes no claims from an access token %s', async (_what, claims) => {
    const login = await begun();
    provider.gives(provider.signed(login.good), provider.signed({ ...login.good, name: 'bob', ...claims }));
    await login.back();
    expect(await (await login.me()).json()).toMatchObject({ username: 'ann' });
  });

  it.each([
    ['another issuer', { iss: 'https://evil.example' }],
    ['another audience', { aud: 'other' }],
    ['more audiences and another authorized party', { aud: ['stage', 'other'], azp: 'other' }],
    ['another nonce', { nonce: 'n' }],
    ['no nonce', { nonce: undefined }],
    ['an end that is past', { exp: Math.floor(Date.now() / 1000) - 120 }],
    ['no end', { exp: undefined }],
    ['no beginning', { iat: undefined }],
    ['no subject', { sub: undefined }],
    ['no user name', { name: undefined }],
    ['a user name that is none', { name: 7 }],
    ['another organization', { org: 'theirs' }],
  ])('is refused with an ID token of %s', async (_what, claims) => {
    const login = await begun();
    provider.gives(provider.signed({ ...login.good, ...claims }));
    const answer = await login.back();
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([401, []]);
    expect((await login.me()).status).toBe(401);
  });

  it.each([
    ['the key of a stranger', {}, STRANGER],
    ['a key that is not published', { kid: 'two' }, undefined],
    ['no algorithm', { alg: 'none' }, undefined],
    ['an algorithm that is not configured', { alg: 'PS256' }, undefined],
    ['a critical header', { crit: ['exp'] }, undefined],
    ['the type of access tokens', { typ: 'at+jwt' }, undefined],
    ['the type of logout tokens', { typ: 'logout+jwt' }, undefined],
  ])('is refused with an ID token of %s', async (_what, header, key) => {
    const login = await begun();
    provider.gives(provider.signed(login.good, { header, ...(key === undefined ? {} : { key }) }));
    expect((await login.back()).status).toBe(401);
    expect((await login.me()).status).toBe(401);
  });

  it.each([
    ['another state', { state: 'x' }],
    ['another issuer', { iss: 'https://evil.example' }],
    ['an error', { error: 'access_denied', error_description: '<script>' }],
  ])('is refused when the browser brings back %s', async (_what, answer) => {
    const login = await begun();
    provider.gives(provider.signed(login.good));
    const refused = await login.back(answer);
    expect(refused.status).toBe(401);
    expect(await refused.text()).not.toContain('<script>');
    expect(provider.asked).toEqual([]);
  });

  it('is refused in a browser that did not begin it, so nobody is logged in as somebody else', async () => {
    const { state } = await begun();
    const query = new URLSearchParams({ code: 'of-the-attacker', state, iss: provider.issuer });
    const answer = await plainBrowser().ask(`${program.rest}/sso-callback?${query}`);
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain(`${program.rest}/login`);
    expect(provider.asked).toEqual([]);
  });

  it('is finished once', async () => {
    const login = await loggedIn();
    expect((await login.back()).status).toBe(400);
  });

  it.each([
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example/',
    '/\t/evil.example/',
    '/.//evil.example/',
    '/%2e//evil.example/',
    'javascript:alert(1)',
    '\\\\evil.example',
    `/${'x'.repeat(2_000)}`,
  ])('does not lead to %j afterwards', async (returnTo) => {
    const login = await begun(returnTo);
    provider.gives(provider.signed(login.good));
    expect((await login.back()).headers.get('location')).toBe(`${program.rest}/`);
  });

  it('leads to the page that it was begun from', async () => {
    const login = await begun('/v2/topology?a=b%20c');
    provider.gives(provider.signed(login.good));
    expect((await login.back()).headers.get('location')).toBe(`${program.rest}/v2/topology?a=b%20c`);
  });

  it.each([500, 503, 429])('is 503 while the provider answers %i, and may be tried again', async (status) => {
    const login = await begun();
    provider.answer = (response) => response.writeHead(status).end();
    const answer = await login.back();
    expect([answer.status, answer.headers.has('retry-after')]).toEqual([503, true]);
  });

  it('is refused when the token endpoint knows the code not, and its words are not in the log', async () => {
    const login = await begun();
    provider.answer = (response) =>
      response
        .writeHead(400, { 'content-type': 'application/json' })
        .end('{"error":"invalid_grant","error_description":"c4n4ry"}');
    expect((await login.back()).status).toBe(401);
    await vi.waitFor(() => expect(program.output()).toContain('invalid_grant'));
    expect(program.output()).not.toContain('c4n4ry');
  });

  it('at a provider that is not configured is 404', async () => {
    expect((await plainBrowser().ask(`${program.rest}/oauth2/authorization/other`)).status).toBe(404);
  });
});

describe('a session', () => {
  it('has the rights of the person, and does what changes something only with its CSRF token, and for pages of this origin', async () => {
    const { browser } = await loggedIn();
    const csrf = (await browser.ask(`${program.rest}/v2/topology`)).headers.get('x-csrf-token') ?? '';
    const create = (headers: Readonly<Record<string, string>>) =>
      browser.ask(`${program.rest}/v2/roles`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ roleId: 'r', name: 'r' }),
      });
    expect((await create({})).status).toBe(403);
    expect((await create({ 'x-csrf-token': csrf, origin: 'https://evil.example' })).status).toBe(403);
    expect((await create({ 'x-csrf-token': csrf })).status).toBe(201);
  });

  it('does not help a Bearer token that does not verify', async () => {
    const { browser } = await loggedIn();
    const answer = await browser.ask(`${program.rest}/v2/topology`, { headers: { authorization: 'Bearer x' } });
    expect(answer.status).toBe(401);
  });

  it('ends with the log-out, which goes on to the provider', async () => {
    const { browser, me } = await loggedIn();
    const end = locationOf(await browser.ask(`${program.rest}/logout`, { method: 'POST' }));
    expect(`${end.origin}${end.pathname}`).toBe(`${provider.issuer}/end`);
    expect(end.searchParams.get('post_logout_redirect_uri')).toBe(`${program.rest}/`);
    expect(end.searchParams.get('id_token_hint')?.split('.')).toHaveLength(3);
    expect((await me()).status).toBe(401);
  });

  it('is not ended by a page of another origin', async () => {
    const { browser, me } = await loggedIn();
    const headers = { origin: 'https://evil.example' };
    expect((await browser.ask(`${program.rest}/logout`, { method: 'POST', headers })).status).toBe(403);
    expect((await me()).status).toBe(200);
  });
});

describe('a logout token', () => {
  const goodFor = (state: string): Claims => ({
    iss: provider.issuer,
    aud: 'stage',
    sid: `session-${state}`,
    iat: now(),
    exp: now() + 120,
    jti: 'j',
    events: { [EVENT]: {} },
  });
  const send = (logout_token: string, id = 'oidc') =>
    fetch(`${program.rest}/logout/connect/back-channel/${id}`, {
      method: 'POST',
      body: new URLSearchParams({ logout_token }),
    });

  it('ends the session that it names, and no other', async () => {
    const [one, other] = [await loggedIn(), await loggedIn()];
    expect((await send(provider.signed(goodFor(one.state), { header: { typ: 'logout+jwt' } }))).status).toBe(200);
    expect([(await one.me()).status, (await other.me()).status]).toEqual([401, 200]);
  });

  it('ends all sessions of the person whom it names', async () => {
    const [one, other] = [await loggedIn(), await loggedIn()];
    const token = provider.signed({ ...goodFor(''), sid: undefined, sub: 'subject-of-ann' });
    expect((await send(token)).status).toBe(200);
    expect([(await one.me()).status, (await other.me()).status]).toEqual([401, 401]);
  });

  it('that names somebody else’s session of the same person ends nothing', async () => {
    const { state, me } = await loggedIn();
    expect((await send(provider.signed({ ...goodFor(state), sub: 'subject-of-bob' }))).status).toBe(200);
    expect((await me()).status).toBe(200);
  });

  it('that is sent again ends nothing that began after it was made', async () => {
    const token = provider.signed({ ...goodFor(''), sid: undefined, sub: 'subject-of-ann', iat: now() - 100 });
    const { me } = await loggedIn();
    expect((await send(token)).status).toBe(200);
    expect((await me()).status).toBe(200);
  });

  it.each([
    ['another issuer', { iss: 'https://evil.example' }],
    ['another audience', { aud: 'other' }],
    ['an end that is past', { exp: Math.floor(Date.now() / 1000) - 120 }],
    ['no end', { exp: undefined }],
    ['no time', { iat: undefined }],
    ['a time that is to come', { iat: Math.floor(Date.now() / 1000) + 3_600 }],
    ['no jti', { jti: undefined }],
    ['a nonce', { nonce: 'n' }],
    ['no event', { events: undefined }],
    ['another event', { events: { other: {} } }],
    ['an event that is no object', { events: { [EVENT]: true } }],
    ['neither session nor person', { sid: undefined }],
    ['a session that is no text', { sid: 7 }],
  ])('with %s is refused, and ends nothing', async (_what, claims) => {
    const { state, me } = await loggedIn();
    const answer = await send(provider.signed({ ...goodFor(state), ...claims }));
    expect([answer.status, await answer.json()]).toEqual([400, expect.objectContaining({ error: 'invalid_request' })]);
    expect((await me()).status).toBe(200);
  });

  it.each([
    ['the key of a stranger', {}, STRANGER],
    ['no algorithm', { alg: 'none' }, undefined],
    ['the type of access tokens', { typ: 'at+jwt' }, undefined],
    ['a critical header', { crit: ['exp'] }, undefined],
  ])('with %s is refused, and ends nothing', async (_what, header, key) => {
    const { state, me } = await loggedIn();
    const token = provider.signed(goodFor(state), { header, ...(key === undefined ? {} : { key }) });
    expect((await send(token)).status).toBe(400);
    expect((await me()).status).toBe(200);
  });

  it('is refused where there is none, and unknown where its provider is', async () => {
    const address = `${program.rest}/logout/connect/back-channel/oidc`;
    const body = new URLSearchParams({ id_token: 'x' });
    expect((await fetch(address, { method: 'POST', body })).status).toBe(400);
    expect((await send('x', 'other')).status).toBe(404);
  });
});
