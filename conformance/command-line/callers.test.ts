import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bearer } from '../program/credentials.ts';
import { endWithTheFile } from '../program/end-with-the-file.ts';
import { LAUNCHER, ownEnvironment, runCommandLine } from '../program/run-command-line.ts';
import type { Ran } from '../program/run-to-end.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';
import { type CountedIssuer, ELSEWHERE, OURS, SECRET, startCountedIssuer } from './issuer.ts';

/** The command line of callers, with tokens of an issuer that nobody here wrote. */
const directory = mkdtempSync(join(tmpdir(), 'stagedoor-callers-'));
let issuer: CountedIssuer;
let program: Program;
let basic: Program;

beforeAll(async () => {
  issuer = await startCountedIssuer();
  [program, basic] = await Promise.all([
    startProgram({
      args: ['--memory', ...FREE_PORTS],
      yaml: `
camunda.security.initialization.default-roles: { readonly-admin: { clients: [reader] } }
camunda.security.authentication:
  method: oidc
  oidc: { issuer-uri: "${issuer.issuer}", audiences: ["${OURS}"], client-id-claim: client_id }
`,
    }),
    startProgram({ args: ['--memory', '--method', 'basic', ...FREE_PORTS] }),
  ]);
});
afterAll(async () => {
  await Promise.all([program?.stop(), basic?.stop(), issuer?.stop()]);
  rmSync(directory, { recursive: true, force: true });
});

type Variables = Readonly<Record<string, string>>;

/** The environment of `reader`. */
function reader(more: Variables = {}): Variables {
  return {
    CAMUNDA_REST_ADDRESS: program.rest,
    CAMUNDA_CLIENT_ID: 'reader',
    CAMUNDA_CLIENT_SECRET: SECRET,
    CAMUNDA_OAUTH_URL: issuer.tokenUrl,
    CAMUNDA_TOKEN_RESOURCE: OURS,
    STAGEDOOR_BROKER_DIR: join(directory, 'nowhere'),
    ...more,
  };
}

function demo(more: Variables = {}): Variables {
  const login = { CAMUNDA_BASIC_AUTH_USERNAME: 'demo', CAMUNDA_BASIC_AUTH_PASSWORD: 'demo' };
  return { CAMUNDA_REST_ADDRESS: basic.rest, ...login, ...more };
}

function as(environment: Variables, ...args: readonly string[]): Promise<Ran> {
  return runCommandLine(args, { directory, environment });
}

describe('stagedoor token', () => {
  it('prints the token alone, and the API takes it', async () => {
    const { code, stdout, stderr } = await as(reader(), 'token');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect((await fetch(`${program.rest}/v2/topology`, { headers: bearer(stdout.trim()) })).status).toBe(200);
  });

  it('says with --json how long it lives', async () => {
    const { stdout } = await as(reader(), 'token', '--json');
    const { accessToken, expiresIn, ...rest } = JSON.parse(stdout);
    expect(rest).toEqual({ tokenType: 'Bearer', scope: null });
    expect(expiresIn).toBeGreaterThan(500);
    expect(accessToken).toMatch(/^eyJ/);
  });

  it('prints a token that was supplied, as it was supplied', async () => {
    expect(await as({ CAMUNDA_OAUTH_TOKEN: 'abc.def' }, 'token')).toEqual({ code: 0, stdout: 'abc.def\n', stderr: '' });
  });

  it.each([
    ['a wrong secret', { CAMUNDA_CLIENT_SECRET: 'canary-wrong' }, /invalid_client/],
    ['a target that the issuer does not know', { CAMUNDA_TOKEN_RESOURCE: 'urn:nobody' }, /invalid_target/],
    [
      'an address where nobody listens',
      { CAMUNDA_OAUTH_URL: 'http://127.0.0.1:8/token' },
      /cannot be reached \(ECONNREFUSED\); "stagedoor doctor" looks/,
    ],
    ['names that say different things', { ZEEBE_CLIENT_SECRET: 'canary-other' }, /say different things/],
    ['a token URL in the clear', { CAMUNDA_OAUTH_URL: 'http://issuer.example/token' }, /in the clear/],
  ])('ends with 3 or 4 and prints no token for %s', { timeout: 20_000 }, async (name, variables, words) => {
    const { code, stdout, stderr } = await as(reader(variables), 'token');
    expect([code, stdout]).toEqual([name.includes('address') ? 4 : 3, '']);
    expect(stderr).toMatch(words);
    expect(stderr).not.toContain('canary');
  });

  it('ends with 3 for a method that has no token', async () => {
    const { code, stdout, stderr } = await as(demo(), 'token');
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toContain('method basic, which has no token');
  });

  it('ends with 4 at once where the issuer asks for more patience than a command has', async () => {
    const busy = createServer((_, response) => response.writeHead(429, { 'retry-after': '60' }).end());
    const url = await listen(busy);
    const { code, stderr } = await as(reader({ CAMUNDA_OAUTH_URL: `${url}/token` }), 'token');
    busy.close();
    expect([code, stderr.includes('429')]).toEqual([4, true]);
  });

  it('tells near misses of names', async () => {
    const { stderr } = await as(reader({ CAMUNDA_CLIENTID: 'x' }), 'token');
    expect(stderr).toBe('stagedoor: CAMUNDA_CLIENTID is not known; did you mean CAMUNDA_CLIENT_ID?\n');
  });
});

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('stagedoor whoami', () => {
  it('tells who a client is to the cluster', async () => {
    const { code, stdout } = await as(reader(), 'whoami');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^method +oauth$/m);
    expect(stdout).toMatch(/^principal +reader$/m);
    expect(stdout).toMatch(/^roles +readonly-admin$/m);
  });

  it('tells it of a user, in a session as with Basic', async () => {
    const session = {
      CAMUNDA_REST_ADDRESS: basic.rest,
      CAMUNDA_COOKIE_AUTH_USERNAME: 'demo',
      CAMUNDA_COOKIE_AUTH_PASSWORD: 'demo',
    };
    for (const [method, environment] of Object.entries({ basic: demo(), session })) {
      const { code, stdout, stderr } = await as(environment, 'whoami', '--json');
      expect([code, stderr]).toEqual([0, '']);
      expect(JSON.parse(stdout)).toMatchObject({ method, address: basic.rest, principal: { username: 'demo' } });
    }
  });

  it.each([
    [
      'a token for somebody else',
      () => reader({ CAMUNDA_TOKEN_RESOURCE: ELSEWHERE }),
      3,
      /401: .*not meant for this API/,
    ],
    ['a wrong password', () => demo({ CAMUNDA_BASIC_AUTH_PASSWORD: 'canary' }), 3, /answered 401/],
    ['nothing at all', () => ({ CAMUNDA_REST_ADDRESS: basic.rest }), 3, /answered 401/],
    ['a cluster that is away', () => ({ CAMUNDA_REST_ADDRESS: 'http://127.0.0.1:8' }), 4, /ECONNREFUSED/],
  ])('says why not for %s', async (_, environment, code, words) => {
    const ran = await as(environment(), 'whoami');
    expect([ran.code, ran.stdout]).toEqual([code, '']);
    expect(ran.stderr).toMatch(words);
    expect(ran.stderr).not.toContain('canary');
  });
});

describe('stagedoor env', () => {
  it('shows what was understood, and no secret', async () => {
    const { code, stdout } = await as(reader({ ZEEBE_CLIENT_ID: 'reader' }), 'env');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^CAMUNDA_CLIENT_ID +client id +reader +ZEEBE_CLIENT_ID$/m);
    expect(stdout).toMatch(/^CAMUNDA_CLIENT_SECRET +client secret +\[secret\] +-$/m);
    expect(stdout).not.toContain('canary');
  });

  it('says with --json what it says in words', async () => {
    const { code, stdout } = await as(reader({ CAMUNDA_OAUTH_URL: '', CAMUNDA_TOKEN_RESOURCE: '' }), 'env', '--json');
    expect([code, JSON.parse(stdout)]).toEqual([
      0,
      {
        method: 'oauth',
        variables: [
          { name: 'CAMUNDA_CLIENT_ID', meaning: 'client id', value: 'reader', alsoIn: [] },
          { name: 'CAMUNDA_CLIENT_SECRET', meaning: 'client secret', value: '[secret]', alsoIn: [] },
          { name: 'CAMUNDA_REST_ADDRESS', meaning: 'rest address', value: program.rest, alsoIn: [] },
        ],
        issuer: 'https://login.cloud.camunda.io/oauth/token',
        apis: [
          { api: 'orchestration', address: program.rest, audience: 'zeebe.camunda.io' },
          { api: 'zeebe', address: program.rest, audience: 'zeebe.camunda.io' },
          { api: 'operate', address: program.rest, audience: 'operate.camunda.io' },
          { api: 'administration', address: program.rest, audience: 'api.cloud.camunda.io' },
        ],
        warnings: [],
        problems: [],
      },
    ]);
  });

  it('shows what cannot be used, too, and ends with 3', async () => {
    const { code, stdout, stderr } = await as(
      { CAMUNDA_CLIENT_ID: 'x', CAMUNDA_OAUTH_URL: 'https://u:canary@issuer.example/' },
      'env',
    );
    expect(code).toBe(3);
    expect(stdout).toContain('https://[secret]@issuer.example/');
    expect(stderr).toContain('oauth needs CAMUNDA_CLIENT_SECRET');
    expect(stdout + stderr).not.toContain('canary');
  });
});

describe('stagedoor broker', () => {
  type Ready = { readonly address: string; readonly pid: number };

  async function start(place: string, ...args: readonly string[]): Promise<Ready & { readonly child: ChildProcess }> {
    const env = { ...ownEnvironment(), STAGEDOOR_BROKER_DIR: place };
    const child = spawn(process.execPath, [LAUNCHER, 'broker', '--json', ...args], {
      cwd: directory,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    endWithTheFile(child, () => undefined);
    for await (const line of createInterface(child.stdout)) return { ...JSON.parse(line), child };
    throw new Error('the broker ended before it was ready');
  }

  it.each([[[]], [['--loopback']]])('gives all commands of a user one token %j', async (args) => {
    const place = join(directory, `broker${args.length}`);
    const { child, address } = await start(place, ...args);
    expect(address).toContain(args.length === 0 ? join(place, 'broker.sock') : '127.0.0.1:');
    const before = issuer.asked();
    const tokens = new Set<string>();
    for (let count = 0; count < 3; count += 1)
      tokens.add((await as(reader({ STAGEDOOR_BROKER_DIR: place }), 'token')).stdout);
    expect([tokens.size, issuer.asked() - before]).toEqual([1, 1]);
    if (args.length === 0) {
      const second = await as({ STAGEDOOR_BROKER_DIR: place }, 'broker');
      expect([second.code, second.stderr]).toEqual([1, expect.stringContaining('serves at')]);
    }
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  it('does not start where others could reach in', async () => {
    const { code, stderr } = await as({ STAGEDOOR_BROKER_DIR: tmpdir() }, 'broker');
    expect([code, stderr]).toEqual([3, expect.stringContaining('open to other users')]);
  });
});
