import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser } from '../foreign-issuers/browser.ts';
import { trustingFetch } from '../foreign-issuers/trusting-fetch.ts';
import { command, runCommandLine } from '../program/run-command-line.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';

/** Certificates of an authority that browsers trust, and the program itself does not. */
const PASSWORD = 'alice in the wings';
const authority = mkdtempSync(join(tmpdir(), 'relying-party-'));

let program: Program;

beforeAll(async () => {
  const ran = await runCommandLine(['ca', '--dir', authority], { directory: authority });
  if (ran.code !== 0) throw new Error(ran.stderr);
  const tls = `certificate: ${authority}/server.pem, certificate-private-key: ${authority}/server-key.pem`;
  program = await startProgram({
    args: ['--method', 'oidc', ...FREE_PORTS],
    yaml: `server.ssl: { ${tls} }\nstagedoor.issuer.ssl: { ${tls} }\n`,
  });
  await command(program, ['user', 'create', 'alice', '--password-stdin'], PASSWORD);
}, 60_000);
afterAll(async () => {
  await program?.stop();
  rmSync(authority, { recursive: true, force: true });
});

describe('the embedded issuer', () => {
  it('logs people in over TLS, with cookies that never leave it', async () => {
    const set: string[] = [];
    const trusting = trustingFetch(authority);
    const browser = new Browser(async (url, asked = {}) => {
      const answer = await trusting(url, { ...asked, headers: { accept: 'text/html', ...asked.headers } });
      set.push(...answer.headers.getSetCookie());
      return answer;
    });
    const question = await browser.open(`${program.rest}/login?returnTo=/v2/authentication/me`, 'nowhere');
    const arrived = await browser.submit(question, { username: 'alice', password: PASSWORD }, 'nowhere');
    expect([arrived.url, arrived.status]).toEqual([`${program.rest}/v2/authentication/me`, 200]);
    expect(JSON.parse(arrived.text)).toMatchObject({ username: 'alice' });
    const kept = set.filter((cookie) => !/max-age=0/i.test(cookie));
    expect(kept.length).toBeGreaterThan(2);
    expect(kept.filter((cookie) => !/; Secure/.test(cookie))).toEqual([]);
  });
});
