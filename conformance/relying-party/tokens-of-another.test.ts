import { afterAll, beforeAll, expect, it } from 'vitest';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';
import { type HostileProvider, startHostileProvider } from './hostile-provider.ts';
import { locationOf, plainBrowser } from './plain-browser.ts';

/** Two providers that are believed about the same names: one of them has come by a token of the other one. */
let liar: HostileProvider;
let honest: HostileProvider;
let program: Program;

beforeAll(async () => {
  [liar, honest] = await Promise.all([startHostileProvider(), startHostileProvider()]);
  const knows = (issuer: string) =>
    `{ issuer-uri: "${issuer}", client-id: stage, client-secret: secret, audiences: the-api, username-claim: name }`;
  program = await startProgram({
    args: ['--memory', ...FREE_PORTS],
    yaml: `
camunda.security.initialization.default-roles.admin.users: [ann, bob]
camunda.security.authentication:
  method: oidc
  providers.oidc:
    liar: ${knows(liar.issuer)}
    honest: ${knows(honest.issuer)}
stagedoor.oidc.shared-names: true
`,
  });
}, 60_000);
afterAll(async () => {
  await Promise.all([program?.stop(), liar?.stop(), honest?.stop()]);
});

async function loggedInWith(accessToken: (good: Readonly<Record<string, unknown>>) => string): Promise<unknown> {
  const browser = plainBrowser();
  const { searchParams } = locationOf(await browser.ask(`${program.rest}/oauth2/authorization/liar`));
  const iat = Math.floor(Date.now() / 1000);
  const good = { iss: liar.issuer, aud: 'stage', sub: 'a', name: 'ann', iat, exp: iat + 300 };
  liar.gives(liar.signed({ ...good, nonce: searchParams.get('nonce') }), accessToken(good));
  const back = new URLSearchParams({ code: 'c', state: searchParams.get('state') ?? '', iss: liar.issuer });
  expect((await browser.ask(`${program.rest}/sso-callback?${back}`)).status).toBe(302);
  return (await browser.ask(`${program.rest}/v2/authentication/me`)).json();
}

it('an access token of another provider says nothing about who logged in', async () => {
  const stolen = await loggedInWith((good) =>
    honest.signed({ ...good, iss: honest.issuer, aud: 'the-api', name: 'bob' }),
  );
  expect(stolen).toMatchObject({ username: 'ann' });
});

it('one of its own does', async () => {
  const own = await loggedInWith((good) => liar.signed({ ...good, aud: 'the-api', name: 'bob' }));
  expect(own).toMatchObject({ username: 'bob' });
});
