import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Browser, Page } from '../foreign-issuers/browser.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';
import { CLIENT_SECRET, type PersonProvider, startPersonProvider } from './person-provider.ts';
import { locationOf, plainBrowser } from './plain-browser.ts';

/** Two providers that nobody here wrote, and a person who has an account at each. */
let theatre: PersonProvider;
let opera: PersonProvider;
let late: PersonProvider;
let program: Program;

beforeAll(async () => {
  [theatre, opera, late] = await Promise.all([startPersonProvider(), startPersonProvider(), startPersonProvider()]);
  theatre.open();
  opera.open();
  const provider = ({ issuer }: PersonProvider, more: string) =>
    `{ issuer-uri: "${issuer}", client-id: stage, client-secret: ${CLIENT_SECRET}, audiences: stage, ${more} }`;
  program = await startProgram({
    args: ['--memory', ...FREE_PORTS],
    yaml: `
camunda.security.authentication:
  method: oidc
  oidc: ${provider(theatre, 'client-name: "The <Theatre>"')}
  providers.oidc.opera: ${provider(opera, 'idp-logout-enabled: false')}
  providers.oidc.late: ${provider(late, 'client-name: Late')}
stagedoor.oidc.shared-names: true
`,
  });
  theatre.know(program.rest, 'oidc');
  opera.know(program.rest, 'opera');
}, 60_000);
afterAll(async () => {
  await Promise.all([program?.stop(), theatre?.stop(), opera?.stop(), late?.stop()]);
});

const statusOf = async (browser: Browser) => (await browser.ask(`${program.rest}/v2/topology`)).status;

/** Logs a person in with the provider's own pages: name and password, then consent. */
async function logIn(id: 'oidc' | 'opera', username: string): Promise<Browser> {
  const browser = plainBrowser();
  const home = `${program.rest}/v2/authentication/me`;
  const begin = `${program.rest}/oauth2/authorization/${id}?returnTo=/v2/authentication/me`;
  const question = await browser.open(begin, 'nowhere');
  const consent = await browser.submit(question, { login: username, password: 'whatever' }, 'nowhere');
  const arrived = await browser.submit(consent, {}, 'nowhere');
  expect([arrived.url, arrived.status]).toEqual([home, 200]);
  expect(JSON.parse(arrived.text)).toMatchObject({ username });
  return browser;
}

/** Says yes on the provider's page that asks whether to log out. */
async function confirmLogout(browser: Browser, page: Page): Promise<Page> {
  const action = /<form[^>]*action="([^"]*)"/.exec(page.text)?.[1] ?? '';
  const xsrf = /name="xsrf" value="([^"]*)"/.exec(page.text)?.[1] ?? '';
  const body = new URLSearchParams({ xsrf, logout: 'yes' });
  return browser.open(new URL(action, page.url).href, 'nowhere', { method: 'POST', body });
}

describe('oidc-provider', () => {
  it('that is away when the program starts is 503 at the log-in, and is asked again', async () => {
    const begin = () => plainBrowser().ask(`${program.rest}/oauth2/authorization/late`);
    const away = await begin();
    expect([away.status, away.headers.get('retry-after')]).toEqual([503, '5']);
    late.open();
    await vi.waitFor(async () => expect(locationOf(await begin()).origin).toBe(late.issuer), {
      timeout: 15_000,
      interval: 500,
    });
  }, 20_000);

  it('is one of several that people choose from', async () => {
    const page = await plainBrowser().open(`${program.rest}/login?returnTo=/v2/topology`, 'nowhere');
    const links = [...page.text.matchAll(/<a href="([^"]*)">([^<]*)<\/a>/g)].map(([, address, name]) => [
      address,
      name,
    ]);
    const addressOf = (id: string) => `${program.rest}/oauth2/authorization/${id}?returnTo=%2Fv2%2Ftopology`;
    expect(links).toEqual([
      [addressOf('oidc'), 'The &lt;Theatre&gt;'],
      [addressOf('opera'), 'opera'],
      [addressOf('late'), 'Late'],
    ]);
  });

  it.each(['oidc', 'opera'] as const)('logs a person in (%s)', async (id) => {
    expect(await statusOf(await logIn(id, 'ann'))).toBe(200);
  });

  it('takes no code of one provider for a login that was begun at the other', async () => {
    const [browser, other] = [plainBrowser(), plainBrowser()];
    const question = await other.open(`${program.rest}/oauth2/authorization/opera`, `${program.rest}/sso-callback`);
    const consent = await other.submit(question, { login: 'ann', password: 'x' }, `${program.rest}/sso-callback`);
    const back = await other.submit(consent, {}, `${program.rest}/sso-callback`);
    const begun = locationOf(await browser.ask(`${program.rest}/oauth2/authorization/oidc`));
    const answer = new URL(back.url);
    answer.searchParams.set('state', begun.searchParams.get('state') ?? '');
    expect((await browser.ask(answer.href)).status).toBe(401);
    expect(await statusOf(browser)).toBe(401);
  });

  it('logs out when the person logs out here, and sends him home', async () => {
    const browser = await logIn('oidc', 'ann');
    const end = locationOf(await browser.ask(`${program.rest}/logout`, { method: 'POST' }));
    expect([end.origin, await statusOf(browser)]).toEqual([theatre.issuer, 401]);
    const home = await confirmLogout(browser, await browser.open(end.href, 'nowhere'));
    expect(home.url).toBe(`${program.rest}/`);
    const again = await browser.open(`${program.rest}/oauth2/authorization/oidc`, 'nowhere');
    expect(again.text).toContain('name="login"');
  });

  it('is left alone at the log-out where that is configured', async () => {
    const browser = await logIn('opera', 'ann');
    expect(locationOf(await browser.ask(`${program.rest}/logout`, { method: 'POST' })).href).toBe(`${program.rest}/`);
  });

  it('ends the session when the person logs out there, and nobody else’s', async () => {
    const [ann, bob] = [await logIn('oidc', 'ann'), await logIn('oidc', 'bob')];
    await confirmLogout(ann, await ann.open(`${theatre.issuer}/session/end`, 'nowhere'));
    await vi.waitFor(async () => expect(await statusOf(ann)).toBe(401));
    expect(await statusOf(bob)).toBe(200);
  });

  it('brings a person back without typing who is still logged in there', async () => {
    const browser = await logIn('oidc', 'ann');
    await browser.ask(`${program.rest}/logout`, { method: 'POST', headers: { accept: '*/*' } });
    expect(await statusOf(browser)).toBe(401);
    const home = await browser.open(`${program.rest}/oauth2/authorization/oidc`, 'nowhere');
    expect([home.url, await statusOf(browser)]).toEqual([`${program.rest}/`, 200]);
  });
});
