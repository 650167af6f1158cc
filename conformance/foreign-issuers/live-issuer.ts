import type { ChildProcess } from 'node:child_process';
import type { Browser, Page } from './browser.ts';

/** Where a token is for, as its request says it. */
export type Target = Readonly<Record<string, string>>;

/** Starts one with TLS from a directory of `stagedoor ca`, where the pages of Stagedoor at this origin are `web`, too. */
export type StartIssuer = (authority: string, pages?: string) => Promise<LiveIssuer>;

/**
 * A real identity provider, running, with the clients `program` (a secret), `machine` (the certificate of that name) and
 * `web` (authorization code, a secret), and with the user `person`.
 */
export type LiveIssuer = {
  readonly issuer: string;
  /** How Stagedoor is to trust it: below `camunda.security.authentication.oidc`, beside the issuer. */
  readonly oidc: string;
  /** And below `stagedoor.oidc.providers.oidc`. */
  readonly own: string;
  /** What Stagedoor, too, has to ask for when people log in at its pages: below the first of them. */
  readonly login: string;
  readonly ours: Target;
  readonly elsewhere: Target;
  /** Signs with a key of its own from now on; the one before stays published. */
  rotate(): Promise<void>;
  /** Takes the key before back. */
  retire(): Promise<void>;
  /** `person` does in her browser what the issuer asks for. Where she gets to, or is sent `until`. */
  logIn(browser: Browser, authorization: string, until: string): Promise<Page>;
  /** An administrator ends all logins of `person`; where the issuer tells its clients so. */
  endLogins?(): Promise<void>;
  stop(): Promise<void>;
};

/** Letters alone: glewlwyd does not decode what RFC 6749 section 2.3.1 has clients encode. */
export const PROGRAM_SECRET = 'secretOfTheProgram';
export const WEB_SECRET = 'secretOfTheWebPages';
export const PERSON_PASSWORD = 'password-of-a-person';
/** Of a program that is `web` without being Stagedoor. Nobody listens there. */
export const CALLBACK = 'https://web.example/callback';

/** What `web` registers. */
export type WebAddresses = {
  /** Where codes may be sent. */
  readonly callbacks: readonly string[];
  /** Where people may be sent after they logged out. */
  readonly afterLogout: string;
  /** OpenID Connect Back-Channel Logout 1.0. */
  readonly backChannel: string;
};

export function webAddresses(pages = 'https://pages.example'): WebAddresses {
  return {
    callbacks: [CALLBACK, `${pages}/sso-callback`],
    afterLogout: `${pages}/`,
    backChannel: `${pages}/logout/connect/back-channel/oidc`,
  };
}

/** Waits until a server prints what tells that it is open; rejects with all that it printed where it ends before. */
export function waitFor(child: ChildProcess, ready: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let printed = '';
    const read = (chunk: Buffer) => {
      printed += chunk.toString();
      const found = ready.exec(printed);
      if (found !== null) resolve(found);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${child.spawnfile} ended with ${code}:\n${printed}`)));
  });
}

export function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once('exit', () => resolve()));
}
