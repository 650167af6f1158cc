import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';
import { type Claims, type HostileProvider, json, startHostileProvider } from './hostile-provider.ts';
import { logInPerson } from './log-in-person.ts';
import { type PersonProvider, startPersonProvider } from './person-provider.ts';
import { locationOf, plainBrowser } from './plain-browser.ts';

/** What a provider says of a person where his ID token does not. */
let provider: HostileProvider;
let quiet: HostileProvider;
let real: PersonProvider;
let program: Program;

beforeAll(async () => {
  [provider, quiet, real] = await Promise.all([
    startHostileProvider(),
    startHostileProvider(),
    startPersonProvider({ claims: { stage_name: 'the-great-ann', troupes: ['stagehands'] } }),
  ]);
  real.open();
  const block = ({ issuer }: { readonly issuer: string }) =>
    `{ issuer-uri: "${issuer}", client-id: stage, client-secret: secret-of-the-stage, audiences: the-api, username-claim: stage_name, groups-claim: troupes`;
  program = await startProgram({
    args: ['--memory', ...FREE_PORTS],
    yaml: `
camunda.security.authentication:
  method: oidc
  oidc: ${block(provider)} }
  providers.oidc.quiet: ${block(quiet)}, user-info-enabled: false }
  providers.oidc.real: ${block(real)} }
stagedoor.oidc.shared-names: true
`,
  });
  real.know(program.rest, 'real');
}, 60_000);
afterAll(async () => {
  await Promise.all([program?.stop(), provider?.stop(), quiet?.stop(), real?.stop()]);
});
beforeEach(() => {
  provider.shown.length = 0;
  provider.userInfo = (response) => response.writeHead(401).end();
});

/** Comes back from a provider that says this of ann in her ID token. */
async function comeBack(claims: Claims, at = provider, id = 'oidc') {
  const browser = plainBrowser();
  const { searchParams } = locationOf(await browser.ask(`${program.rest}/oauth2/authorization/${id}`));
  const state = searchParams.get('state') ?? '';
  const now = Math.floor(Date.now() / 1000);
  const good = { iss: at.issuer, aud: 'stage', sub: 'a', iat: now, exp: now + 300, nonce: searchParams.get('nonce') };
  at.gives(at.signed({ ...good, ...claims }), 'an-access-token');
  const query = new URLSearchParams({ code: 'a-code', state, iss: at.issuer });
  const answer = await browser.ask(`${program.rest}/sso-callback?${query}`);
  const me = await browser.ask(`${program.rest}/v2/authentication/me`);
  return { answer, status: answer.status, me: me.status === 200 ? await me.json() : null };
}

const tells = (claims: object) => {
  provider.userInfo = (response) => json(response, 200, claims);
};

describe('user info', () => {
  it('names whom the ID token does not name, and his groups, by the access token of the log-in', async () => {
    tells({ sub: 'a', stage_name: 'ann', troupes: ['stagehands'] });
    expect((await comeBack({})).me).toMatchObject({ username: 'ann', groups: ['stagehands'] });
    expect(provider.shown).toEqual(['Bearer an-access-token']);
  });

  it('is not asked for where the ID token says it all', async () => {
    tells({ sub: 'a', stage_name: 'bob', troupes: ['admins'] });
    const { me } = await comeBack({ stage_name: 'ann', troupes: [] });
    expect(me).toMatchObject({ username: 'ann', groups: [] });
    expect(provider.shown).toEqual([]);
  });

  it('takes the place of nothing that the ID token says', async () => {
    tells({ sub: 'a', stage_name: 'bob', troupes: ['stagehands'] });
    expect((await comeBack({ stage_name: 'ann' })).me).toMatchObject({ username: 'ann', groups: ['stagehands'] });
    tells({ sub: 'a', stage_name: 'ann', troupes: ['admins'] });
    expect((await comeBack({ troupes: ['ushers'] })).me).toMatchObject({ username: 'ann', groups: ['ushers'] });
  });

  it('without groups leaves a person without them', async () => {
    tells({ sub: 'a' });
    expect((await comeBack({ stage_name: 'ann' })).me).toMatchObject({ username: 'ann', groups: [] });
  });

  it.each<[string, object]>([
    ['somebody else', { sub: 'b', stage_name: 'ann', troupes: [] }],
    ['nobody', { stage_name: 'ann', troupes: [] }],
    ['a person without the name that was looked for', { sub: 'a', troupes: [] }],
    ['a name that is none', { sub: 'a', stage_name: 7 }],
    ['groups that are none', { sub: 'a', stage_name: 'ann', troupes: [{}] }],
    ['no object', ['a']],
  ])('of %s logs nobody in', async (_what, claims) => {
    tells(claims);
    expect(await comeBack({})).toMatchObject({ status: 401, me: null });
    expect(provider.shown).toHaveLength(1);
  });

  it.each([
    ['refuses the access token', 401],
    ['finds nothing', 404],
    ['sends elsewhere', 302],
  ])(
    'that %s logs nobody in, also where the ID token has the name: half of the rights are not his rights',
    async (_what, status) => {
      provider.userInfo = (response) => response.writeHead(status, { location: `${provider.issuer}/jwks` }).end();
      const { answer, me } = await comeBack({ stage_name: 'ann' });
      expect([answer.status, me, answer.headers.getSetCookie()]).toEqual([401, null, []]);
      expect(await answer.text()).toContain('You are not logged in');
      await vi.waitFor(() => expect(program.output()).toContain('for user info: '));
    },
  );

  it('of a provider that cannot give it now is 503, and may be tried again', async () => {
    provider.userInfo = (response) => response.writeHead(503).end();
    const { answer, me } = await comeBack({ stage_name: 'ann' });
    expect([answer.status, answer.headers.get('retry-after'), me]).toEqual([503, '5', null]);
  });

  it('that does not end is given up', async () => {
    provider.userInfo = (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write(`{"sub":"a","stage_name":"${'a'.repeat(1_100_000)}`);
    };
    expect(await comeBack({})).toMatchObject({ status: 503, me: null });
  });

  it('that is signed is not believed without a look at the signature, not even a good one', async () => {
    const jwt = provider.signed({ iss: provider.issuer, aud: 'stage', sub: 'a', stage_name: 'ann', troupes: [] });
    provider.userInfo = (response) => response.writeHead(200, { 'content-type': 'application/jwt' }).end(jwt);
    expect(await comeBack({})).toMatchObject({ status: 401, me: null });
    await vi.waitFor(() => expect(program.output()).toContain('have it answer with JSON'));
  });

  it('is left out where that is configured', async () => {
    quiet.userInfo = (response) => json(response, 200, { sub: 'a', stage_name: 'ann', troupes: ['stagehands'] });
    expect(await comeBack({}, quiet, 'quiet')).toMatchObject({ status: 401, me: null });
    expect((await comeBack({ stage_name: 'ann' }, quiet, 'quiet')).me).toMatchObject({ username: 'ann', groups: [] });
    expect(quiet.shown).toEqual([]);
  });

  it('has a real person’s name and groups at oidc-provider, whose ID tokens have neither', async () => {
    const arrived = await logInPerson(program, 'ann', 'real');
    expect(JSON.parse(arrived.text)).toMatchObject({ username: 'the-great-ann', groups: ['stagehands'] });
  });
});
