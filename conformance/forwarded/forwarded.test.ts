import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { basic, bearer, type Client } from '../program/credentials.ts';
import { makeCertificates } from '../program/make-certificates.ts';
import { command } from '../program/run-command-line.ts';
import { FREE_PORTS, type Program, refusedStart, startProgram } from '../program/start-program.ts';
import { confirming, type ForeignIssuer, openForeignIssuer } from '../ways-in/foreign-issuer.ts';

/** Another place of this machine (loopback is a whole network), where the proxy is said to be. */
const PROXY = '127.0.0.2';
const STRANGER = '127.0.0.3';
const FORWARDED = `stagedoor.forwarded: { peers: [${PROXY}], headers: forwarded, certificate-header: Client-Cert }`;

type Asked = {
  readonly from: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly path?: string;
  /** A form; the request is a POST where it is there. */
  readonly form?: Readonly<Record<string, string>>;
};
type Answer = { readonly status: number; readonly body: string };

function ask(origin: string, { from, headers = {}, path = '/v2/topology', form }: Asked): Promise<Answer> {
  const { port } = new URL(origin);
  const body = form === undefined ? undefined : new URLSearchParams(form).toString();
  const sent = body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
  return new Promise((resolve, reject) => {
    const options = {
      host: '127.0.0.1',
      port,
      path,
      localAddress: from,
      agent: false,
      headers: { ...sent, ...headers },
    };
    const asked = request({ ...options, method: body === undefined ? 'GET' : 'POST' }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
    });
    asked.on('error', reject).end(body);
  });
}

const forClient = (address: string) => ({ forwarded: `for=${address};proto=https;host=door.example` });

describe('the address of a client', () => {
  let program: Program;
  let client: Client;
  beforeAll(async () => {
    program = await startProgram({
      args: [...FREE_PORTS, '--method', 'basic', '--memory'],
      yaml: `${FORWARDED}\nstagedoor.hosts: [door.example]`,
    });
    client = JSON.parse(await command(program, ['client', 'create', '--name', 'reader', '--json']));
    await command(program, ['user', 'create', 'owner', '--password-stdin'], 'a good password');
  });
  afterAll(() => program?.stop());

  const statuses = async (times: number, one: () => Promise<Answer>) => {
    const seen: number[] = [];
    for (let time = 0; time < times; time += 1) seen.push((await one()).status);
    return seen;
  };

  it('is what a configured proxy says: who guesses behind it is limited, and nobody else behind it', async () => {
    const guess = () =>
      ask(program.rest, { from: PROXY, headers: { ...basic('owner', 'a guess'), ...forClient('203.0.113.7') } });
    expect((await statuses(12, guess)).slice(9)).toEqual([401, 429, 429]);
    const headers = { ...basic('owner', 'a good password'), ...forClient('203.0.113.8') };
    expect((await ask(program.rest, { from: PROXY, headers })).status).toBe(200);
    expect(program.output()).toContain('203.0.113.7');
  });

  it('is not what a stranger says: he is limited under every name that he gives himself', async () => {
    let last = 0;
    const guess = () => {
      last += 1;
      const forged = { ...forClient(`198.51.100.${last}`), 'x-forwarded-for': `198.51.100.${last}` };
      return ask(program.rest, { from: STRANGER, headers: { ...basic('nobody', 'a guess'), ...forged } });
    };
    expect((await statuses(12, guess)).slice(9)).toEqual([401, 429, 429]);
    expect(program.output()).not.toContain('198.51.100.');
  });

  it('counts at the token issuer as well', async () => {
    const wrong = { grant_type: 'client_credentials', client_id: client.clientId, client_secret: 'wrong' };
    const at = (from: string, address: string, form: Record<string, string> = wrong) =>
      ask(program.issuer ?? '', { from, headers: forClient(address), path: '/oauth/token', form });
    expect((await statuses(12, () => at(PROXY, '203.0.113.7'))).slice(9)).toEqual([401, 429, 429]);
    expect((await at(PROXY, '203.0.113.8')).status).toBe(401);
    let last = 0;
    const forging = () => {
      last += 1;
      return at(STRANGER, `198.51.100.${last}`);
    };
    // The Host that came is the one of loopback, whatever the header says.
    expect((await statuses(12, forging)).slice(9)).toEqual([401, 429, 429]);
  });
});

describe('the host', () => {
  it('is what a configured proxy says, and must still be one of ours', async () => {
    const program = await startProgram({
      args: [...FREE_PORTS, '--memory'],
      yaml: `${FORWARDED}\nstagedoor.hosts: [door.example]`,
    });
    const status = async (from: string, host: string, forwarded: string) =>
      (await ask(program.rest, { from, headers: { host, forwarded } })).status;
    try {
      expect(await status(PROXY, 'inner.example', 'for=203.0.113.7;host=door.example')).toBe(200);
      expect(await status(PROXY, 'localhost', 'for=203.0.113.7;host=evil.example')).toBe(421);
      expect(await status(STRANGER, 'inner.example', 'for=203.0.113.7;host=door.example')).toBe(421);
      expect(await status(STRANGER, 'localhost', 'for=203.0.113.7;host=evil.example')).toBe(200);
    } finally {
      await program.stop();
    }
  });
});

describe('the cookies of a session', () => {
  const cookiesOf = async (yaml: string, path: string, headers: Readonly<Record<string, string>> = {}) => {
    const program = await startProgram({ args: [...FREE_PORTS, '--method', 'basic', '--memory'], yaml });
    try {
      const body = new URLSearchParams({ username: 'demo', password: 'demo' });
      const answer = await fetch(`${program.rest}${path}`, { method: 'POST', body, headers, redirect: 'manual' });
      return answer.headers.getSetCookie();
    } finally {
      await program.stop();
    }
  };

  it.each(['/login', '/api/login'])('of %s are kept to TLS where the proxy in front speaks it', async (path) => {
    const cookies = await cookiesOf('server.servlet.session.cookie.secure: true', path);
    expect(cookies.length).toBeGreaterThan(0);
    for (const cookie of cookies) expect(cookie).toMatch(/; Secure$/);
  });

  it('are not where nobody said so, whatever a stranger writes', async () => {
    const cookies = await cookiesOf('', '/login', { 'x-forwarded-proto': 'https', forwarded: 'proto=https' });
    expect(cookies.length).toBeGreaterThan(0);
    for (const cookie of cookies) expect(cookie).not.toContain('Secure');
  });
});

describe('a client certificate', () => {
  const directory = mkdtempSync(join(tmpdir(), 'stagedoor-forwarded-'));
  let issuer: ForeignIssuer;
  let program: Program;
  let bound: string;
  beforeAll(async () => {
    await makeCertificates(directory, 'reader', 'thief');
    issuer = await openForeignIssuer();
    program = await startProgram({
      args: ['--memory', ...FREE_PORTS],
      yaml: `
${FORWARDED}
stagedoor.hosts: [door.example]
camunda.security.authentication:
  method: oidc
  oidc: { issuer-uri: "${issuer.origin}", audiences: [stage], client-id-claim: client_id }
`,
    });
    bound = issuer.token({ aud: 'stage', client_id: 'reader', cnf: confirming(certificate('reader')) });
  });
  afterAll(async () => {
    await program?.stop();
    await issuer?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const certificate = (name: string) => new X509Certificate(readFileSync(join(directory, `${name}.pem`)));
  const handedOn = (name: string) => ({ 'client-cert': `:${certificate(name).raw.toString('base64')}:` });
  const status = async (from: string, headers: Readonly<Record<string, string>>) =>
    (await ask(program.rest, { from, headers: { ...bearer(bound), ...forClient('203.0.113.7'), ...headers } })).status;

  it('that a configured proxy hands on proves a token that is bound to it, and no other', async () => {
    expect(await status(PROXY, handedOn('reader'))).toBe(200);
    expect(await status(PROXY, handedOn('thief'))).toBe(401);
    expect(await status(PROXY, {})).toBe(401);
    expect(await status(PROXY, handedOn('reader'))).toBe(200);
  });

  it('that anybody else writes into the header proves nothing', async () => {
    expect(await status(STRANGER, handedOn('reader'))).toBe(401);
    expect(await status('127.0.0.1', handedOn('reader'))).toBe(401);
  });
});

it.each(['0.0.0.0/0', '::/0', '*'])('everybody (%s) as a proxy refuses the start', async (everybody) => {
  const { code, stderr } = await refusedStart({ yaml: `stagedoor.forwarded.peers: ['${everybody}']` });
  expect(code).not.toBe(0);
  expect(stderr).toContain('stagedoor.forwarded.peers');
});
