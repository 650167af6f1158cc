import type { Page } from '../foreign-issuers/browser.ts';
import type { Program } from '../program/start-program.ts';
import { plainBrowser } from './plain-browser.ts';

/** Logs a person in at `oidc-provider` with its own pages: name and password, then consent. Where he arrives is given. */
export async function logInPerson({ rest }: Pick<Program, 'rest'>, username: string, id = 'oidc'): Promise<Page> {
  const browser = plainBrowser();
  const question = await browser.open(`${rest}/oauth2/authorization/${id}?returnTo=/v2/authentication/me`, 'nowhere');
  const consent = await browser.submit(question, { login: username, password: 'whatever' }, 'nowhere');
  return browser.submit(consent, {}, 'nowhere');
}
