import type { Browser as Chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from '../foreign-issuers/browser.ts';
import { command } from '../program/run-command-line.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';
import { hasChromium, launchChromium } from '../ways-in/chromium.ts';
import { locationOf, plainBrowser } from './plain-browser.ts';

/** Stagedoor's own pages, which log in at Stagedoor's own issuer. */
const PASSWORD = 'alice in the wings';

let program: Program;

beforeAll(async () => {
  program = await startProgram({ args: ['--method', 'oidc', ...FREE_PORTS] });
  for (const name of ['alice', 'bob']) await command(program, ['user', 'create', name, '--password-stdin'], PASSWORD);
  await command(program, ['grant', 'add', '--owner', 'user:alice', '--resource', 'ROLE', '--permission', 'CREATE']);
}, 60_000);
afterAll(() => program?.stop());

async function logIn(username: string, browser: Browser = plainBrowser()): Promise<Browser> {
  const page = await browser.open(`${program.rest}/login?returnTo=/v2/authentication/me`, 'nowhere');
  const arrived = await browser.submit(page, { username, password: PASSWORD }, 'nowhere');
  expect([arrived.url, arrived.status]).toEqual([`${program.rest}/v2/authentication/me`, 200]);
  expect(JSON.parse(arrived.text)).toMatchObject({ username });
  return browser;
}

const statusOf = async (browser: Browser) => (await browser.ask(`${program.rest}/v2/topology`)).status;

describe('the embedded issuer', () => {
  it('logs people in for the web pages, without anything that has to be configured', async () => {
    const browser = await logIn('alice');
    expect(await statusOf(browser)).toBe(200);
  });

  it('does not log in with a wrong password', async () => {
    const browser = plainBrowser();
    const page = await browser.open(`${program.rest}/login`, 'nowhere');
    const refused = await browser.submit(page, { username: 'alice', password: 'wrong' }, 'nowhere');
    expect([refused.status, refused.url.startsWith(`${program.issuer}`)]).toEqual([401, true]);
    expect(await statusOf(browser)).toBe(401);
  });

  it('gives a session the rights of its user', async () => {
    for (const [username, status] of [
      ['alice', 201],
      ['bob', 403],
    ] as const) {
      const browser = await logIn(username);
      const csrf = (await browser.ask(`${program.rest}/v2/topology`)).headers.get('x-csrf-token') ?? '';
      const created = await browser.ask(`${program.rest}/v2/roles`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-csrf-token': csrf },
        body: JSON.stringify({ roleId: 'stagehands', name: 'Stagehands' }),
      });
      expect([username, created.status]).toEqual([username, status]);
    }
  });

  it('ends its own login with the log-out, and brings the browser home', async () => {
    const browser = await logIn('alice');
    const end = locationOf(await browser.ask(`${program.rest}/logout`, { method: 'POST' }));
    expect(end.origin).toBe(program.issuer);
    expect(await statusOf(browser)).toBe(401);
    expect(locationOf(await browser.ask(end.href)).href).toBe(`${program.rest}/`);
  });

  it('ends one session of a user and not the other, and tells a script nothing of issuers', async () => {
    const [browser, other] = [await logIn('alice'), await logIn('alice')];
    const answer = await browser.ask(`${program.rest}/logout`, { method: 'POST', headers: { accept: '*/*' } });
    expect([answer.status, answer.headers.get('location')]).toEqual([204, null]);
    expect([await statusOf(browser), await statusOf(other)]).toEqual([401, 200]);
  });

  it('ends the sessions of a user whose password changed', async () => {
    const browser = await logIn('bob');
    await command(program, ['user', 'passwd', 'bob', '--password-stdin'], 'bob in the pit');
    expect(await statusOf(browser)).toBe(401);
  });

  it('has a page that says where to log in', async () => {
    const page = await (await fetch(`${program.rest}/`)).text();
    expect(page).toContain(`<a href="${program.rest}/login">Log in</a>`);
  });

  it('takes a person through it all in Chromium', async (ctx) => {
    ctx.skip(!hasChromium(), 'Chromium is not installed');
    const chromium: Chromium = await launchChromium();
    try {
      const page = await chromium.newPage();
      // By another name of this machine: the cookie of the log-in has to be of the name that the issuer sends back to.
      await page.goto(program.rest.replace('localhost', '127.0.0.1'));
      await page.getByRole('link', { name: 'Log in' }).click();
      await page.getByLabel('User name').fill('alice');
      await page.getByLabel('Password').fill(PASSWORD);
      await page.getByRole('button', { name: 'Log in' }).click();
      await page.waitForURL(`${program.rest}/`);
      const me = await page.goto(`${program.rest}/v2/authentication/me`);
      expect(await me?.json()).toMatchObject({ username: 'alice' });
      const names = (await page.context().cookies()).map(({ name, httpOnly }) => [name, httpOnly]);
      expect(names).toContainEqual(['camunda-session', true]);
      await page.goto(`${program.rest}/`);
      await page.getByText('You are logged in as alice.').waitFor();
      // By way of the issuer, where the log-in ends too, and which no policy of the page may keep the form from.
      await page.getByRole('button', { name: 'Log out' }).click();
      await page.getByRole('link', { name: 'Log in' }).waitFor();
      expect(page.url()).toBe(`${program.rest}/`);
      expect((await page.context().cookies()).map(({ name }) => name)).not.toContain('camunda-session');
    } finally {
      await chromium.close();
    }
  }, 60_000);
});
