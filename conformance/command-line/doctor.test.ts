import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LiveIssuer } from '../foreign-issuers/live-issuer.ts';
import { startOidcProvider } from '../foreign-issuers/oidc-provider.ts';
import { runCommandLine } from '../program/run-command-line.ts';
import { runToEnd } from '../program/run-to-end.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';
import { CURL_PRESENT, OPENSSL_PRESENT } from '../x509/curl.ts';
import { type CountedIssuer, ELSEWHERE, OURS, SECRET, startCountedIssuer } from './issuer.ts';

/**
 * One house with an issuer in the clear on loopback, another with everything over TLS of its own CA and clients with
 * certificates. Neither issuer was written here.
 */
const directory = mkdtempSync(join(tmpdir(), 'stagedoor-doctor-'));
const file = (name: string) => join(directory, name);
let issuer: CountedIssuer;
let program: Program;
let secureIssuer: LiveIssuer;
let secure: Program;

beforeAll(async () => {
  const clients = ['--client', 'machine', '--client', 'thief'];
  const ran = await runCommandLine(['ca', '--dir', directory, ...clients], { directory });
  if (ran.code !== 0) throw new Error(ran.stderr);
  [issuer, secureIssuer] = await Promise.all([startCountedIssuer(), startOidcProvider(directory)]);
  [program, secure] = await Promise.all([
    startProgram({
      args: ['--memory', ...FREE_PORTS],
      yaml: `
camunda.security.authentication:
  method: oidc
  oidc: { issuer-uri: "${issuer.issuer}", audiences: ["${OURS}"], client-id-claim: client_id }
`,
    }),
    startProgram({
      args: ['--memory', ...FREE_PORTS],
      environment: { NODE_EXTRA_CA_CERTS: file('ca.pem') },
      yaml: `
server.ssl: { certificate: ${file('server.pem')}, certificate-private-key: ${file('server-key.pem')}, client-auth: need, trust-certificate: ${file('ca.pem')} }
management.server.ssl.client-auth: none
camunda.security.initialization.default-roles: { readonly-admin: { clients: [machine] } }
camunda.security.authentication:
  method: oidc
  oidc: { issuer-uri: "${secureIssuer.issuer}", ${secureIssuer.oidc} }
stagedoor.oidc.providers.oidc: { ${secureIssuer.own} }
`,
    }),
  ]);
}, 60_000);
afterAll(async () => {
  await Promise.all([program?.stop(), secure?.stop(), issuer?.stop(), secureIssuer?.stop()]);
  rmSync(directory, { recursive: true, force: true });
});

type Variables = Readonly<Record<string, string>>;
type Report = {
  readonly ok: boolean;
  readonly failed: string | null;
  readonly steps: readonly {
    readonly step: string;
    readonly result: string;
    readonly says: readonly string[];
    readonly fix: string | null;
  }[];
};

/** A client with a secret, in the house without TLS. */
function reader(more: Variables = {}): Variables {
  return {
    CAMUNDA_REST_ADDRESS: program.rest,
    CAMUNDA_CLIENT_ID: 'reader',
    CAMUNDA_CLIENT_SECRET: SECRET,
    CAMUNDA_OAUTH_URL: issuer.tokenUrl,
    CAMUNDA_TOKEN_RESOURCE: OURS,
    ...more,
  };
}

/** A client with a certificate, in the house with TLS; the issuer is found by discovery. */
function machine(more: Variables = {}): Variables {
  return {
    CAMUNDA_REST_ADDRESS: secure.rest,
    CAMUNDA_CLIENT_ID: 'machine',
    CAMUNDA_ISSUER_URL: secureIssuer.issuer,
    CAMUNDA_TOKEN_RESOURCE: 'urn:example:stage',
    CAMUNDA_MTLS_CERT_PATH: file('machine.pem'),
    CAMUNDA_MTLS_KEY_PATH: file('machine-key.pem'),
    CAMUNDA_CA_CERTIFICATE_PATH: file('ca.pem'),
    ...more,
  };
}

async function doctor(environment: Variables, ...args: readonly string[]) {
  const { code, stdout, stderr } = await runCommandLine(['doctor', '--json', ...args], { directory, environment });
  expect(stdout + stderr).not.toContain('canary');
  const report: Report = JSON.parse(stdout);
  const last = report.steps.at(-1);
  return { code, report, last: { step: last?.step, says: last?.says.join('\n') ?? '', fix: last?.fix ?? '' } };
}

describe('where all is well, stagedoor doctor', () => {
  it('walks the whole chain of a client with a certificate', async () => {
    const { code, report } = await doctor(machine());
    expect([code, report.ok, report.failed]).toEqual([0, true, null]);
    expect(report.steps.map(({ step, result }) => `${step} ${result}`)).toEqual([
      'names passed',
      'files passed',
      'addresses passed',
      'certificates passed',
      'discovery passed',
      'token passed',
      'claims passed',
      'principal passed',
      'authorizations passed',
      'calls passed',
    ]);
    expect(report.steps.find(({ step }) => step === 'principal')?.says).toContain('principal: machine');
  });

  it('says what it looked at in words, too, without the token', async () => {
    const { code, stdout } = await runCommandLine(['doctor'], { directory, environment: machine() });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\+ certificates {4}https:\/\/.* is CN=/m);
    expect(stdout).toMatch(/^\+ claims .* aud "urn:example:stage"/m);
    expect(stdout).toMatch(/\nAll is well\.\n$/);
    expect(stdout).not.toContain('eyJ');
    expect(stdout).not.toContain('\u001b');
  });

  it('notes what is no failure: a client without authorizations', async () => {
    const { code, report } = await doctor(reader());
    expect(code).toBe(0);
    expect(report.steps.find(({ step }) => step === 'authorizations')).toMatchObject({ result: 'noted' });
  });

  it('is content with a client that was just created here, in every API', async () => {
    const own = await startProgram({ args: ['--method', 'oidc', ...FREE_PORTS] });
    const scopes = ['orchestration', 'zeebe', 'operate', 'administration'];
    const created = own.run('client', 'create', '--name', 'all', ...scopes.flatMap((one) => ['--scope', one]), '--env');
    const environment = exported(created);
    const audiences = {
      CAMUNDA_CONSOLE_OAUTH_AUDIENCE: 'api.cloud.camunda.io',
      CAMUNDA_ZEEBE_OAUTH_AUDIENCE: 'zeebe-api',
    };
    const { code, report } = await doctor({ ...environment, ...audiences, STAGEDOOR_DATA: own.data });
    await own.stop();
    expect([code, report.failed]).toEqual([0, null]);
    expect(report.steps.at(-1)?.says).toHaveLength(4);
  });

  it('tells a wrong secret from a wrong audience, which have one code at Camunda SaaS and here', async () => {
    const own = await startProgram({ args: ['--method', 'oidc', ...FREE_PORTS] });
    const environment = exported(own.run('client', 'create', '--name', 'one', '--env'));
    const wrong = Object.keys(environment).filter((name) => name.endsWith('_SECRET'));
    const secret = await doctor({ ...environment, ...Object.fromEntries(wrong.map((name) => [name, 'canary-wrong'])) });
    const audience = await doctor({ ...environment, CAMUNDA_TOKEN_AUDIENCE: 'nobody' });
    const path = await doctor({
      ...environment,
      CAMUNDA_OAUTH_URL: `${environment.CAMUNDA_OAUTH_URL}s`,
      ZEEBE_AUTHORIZATION_SERVER_URL: '',
    });
    const elsewhere = { CAMUNDA_CONSOLE_OAUTH_AUDIENCE: 'operate-api', STAGEDOOR_DATA: own.data };
    const api = await doctor({ ...environment, ...elsewhere });
    await own.stop();
    expect(api.report.steps.at(-1)).toMatchObject({
      step: 'claims',
      says: [expect.stringContaining('administration'), expect.anything()],
      fix: expect.stringContaining('CAMUNDA_CONSOLE_OAUTH_AUDIENCE: api.cloud.camunda.io'),
    });
    const fixes = [secret, audience, path].map(({ report }) => report.steps.find(({ step }) => step === 'token')?.fix);
    expect(fixes).toEqual([
      expect.stringContaining('secret may have been rotated'),
      expect.stringContaining('CAMUNDA_TOKEN_AUDIENCE'),
      expect.stringContaining('Compare the token URL'),
    ]);
  });

  it.each([
    ['a user with a password', { CAMUNDA_BASIC_AUTH_USERNAME: 'demo', CAMUNDA_BASIC_AUTH_PASSWORD: 'demo' }],
    ['a session', { CAMUNDA_COOKIE_AUTH_USERNAME: 'demo', CAMUNDA_COOKIE_AUTH_PASSWORD: 'demo' }],
  ])('is content with %s', async (_, login) => {
    const basic = await startProgram({ args: ['--memory', '--method', 'basic', ...FREE_PORTS] });
    const { code, report } = await doctor({ CAMUNDA_REST_ADDRESS: basic.rest, ...login });
    await basic.stop();
    expect([code, report.failed]).toEqual([0, null]);
  });
});

/** What `client create --env` printed, as a shell would take it. */
function exported(created: string): Variables {
  const lines = created.split('\n').map((line) => /^export (\w+)='([^']*)'$/.exec(line) ?? []);
  return Object.fromEntries(lines.flatMap(([, name, value]) => (name && value ? [[name, value]] : [])));
}

/** A server that answers everything so. */
async function answering(status: number, body: string): Promise<{ readonly origin: string; close(): void }> {
  const server = createServer((_, response) => response.writeHead(status).end(body));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

/** Longer than a label may be: known not to exist without asking anybody (RFC 1035 section 2.3.4). */
const NO_NAME = `${'x'.repeat(64)}.invalid`;

/** A token that nobody signed. */
function forged(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256' })}.${part(claims)}.canary`;
}

function supplied(claims: object): Variables {
  return { CAMUNDA_REST_ADDRESS: program.rest, CAMUNDA_OAUTH_TOKEN: forged(claims) };
}

describe('the first thing that is wrong is where stagedoor doctor stops:', () => {
  const now = () => Math.floor(Date.now() / 1_000);

  it.each([
    [
      'names',
      'a contradiction',
      () => reader({ ZEEBE_CLIENT_ID: 'other' }),
      /CAMUNDA_CLIENT_ID and ZEEBE_CLIENT_ID/,
      /stagedoor env/,
    ],
    [
      'names',
      'an address that is none',
      () => reader({ CAMUNDA_REST_ADDRESS: 'cluster' }),
      /not an absolute URL/,
      /stagedoor env/,
    ],
    [
      'files',
      'a CA that is away',
      () => machine({ CAMUNDA_CA_CERTIFICATE_PATH: file('nowhere.pem') }),
      /nowhere\.pem/,
      /stagedoor env/,
    ],
    [
      'files',
      'a key of another certificate',
      () => machine({ CAMUNDA_MTLS_KEY_PATH: file('thief-key.pem') }),
      /thief-key\.pem is not the key/,
      /Mend the file/,
    ],
    [
      'files',
      'a secret that is none',
      () => reader({ CAMUNDA_CLIENT_SECRET: '', CAMUNDA_CLIENT_SECRET_FILE: directory }),
      /is no file/,
      /Mend the file/,
    ],
    [
      'addresses',
      'a name that nobody knows',
      () => reader({ CAMUNDA_REST_ADDRESS: `https://${NO_NAME}` }),
      /name is not known/,
      /DNS/,
    ],
    [
      'certificates',
      'a CA that is not named',
      () => machine({ CAMUNDA_CA_CERTIFICATE_PATH: '' }),
      /not trusted here/,
      /CAMUNDA_CA_CERTIFICATE_PATH/,
    ],
    [
      'certificates',
      'https where http is spoken',
      () => reader({ CAMUNDA_REST_ADDRESS: program.rest.replace('http:', 'https:') }),
      /does not speak TLS/,
      /http:\/\//,
    ],
    [
      'certificates',
      'no certificate where one is demanded',
      () => ({
        CAMUNDA_REST_ADDRESS: secure.rest,
        CAMUNDA_OAUTH_TOKEN: 'x',
        CAMUNDA_CA_CERTIFICATE_PATH: file('ca.pem'),
      }),
      /demands a client certificate/,
      /CAMUNDA_MTLS_CERT_PATH/,
    ],
    [
      'discovery',
      'an issuer of another name',
      () => machine({ CAMUNDA_ISSUER_URL: secureIssuer.issuer.replace('127.0.0.1', 'localhost') }),
      /speaks for issuer/,
      /Compare the address/,
    ],
    [
      'token',
      'a wrong secret',
      () => reader({ CAMUNDA_CLIENT_SECRET: 'canary-wrong' }),
      /invalid_client/,
      /secret may have been rotated/,
    ],
    [
      'token',
      'a certificate of another client',
      () => machine({ CAMUNDA_MTLS_CERT_PATH: file('thief.pem'), CAMUNDA_MTLS_KEY_PATH: file('thief-key.pem') }),
      /invalid_client/,
      /way of authentication/,
    ],
    [
      'token',
      'an address of something else',
      () => reader({ CAMUNDA_OAUTH_URL: `${issuer.issuer}/nothing` }),
      /nothing/,
      /Compare/,
    ],
    [
      'claims',
      'a token that has expired',
      () => supplied({ exp: now() - 3_600 }),
      /expired 36\d\d s ago/,
      /another token/,
    ],
    ['claims', 'an ID token', () => supplied({ exp: now() + 60, at_hash: 'x' }), /ID token/, /access token/],
    [
      'claims',
      'a token of another certificate',
      () => supplied({ cnf: { 'x5t#S256': 'x' } }),
      /none is shown/,
      /CAMUNDA_MTLS_CERT_PATH/,
    ],
    ['claims', 'a token that needs proofs', () => supplied({ cnf: { jkt: 'x' } }), /DPoP/, /without DPoP/],
    [
      'principal',
      'a token for another API',
      () => reader({ CAMUNDA_TOKEN_RESOURCE: ELSEWHERE }),
      /401: .*not meant for this API/,
      /compare iss and aud/,
    ],
    ['principal', 'a token of nobody', () => supplied({ exp: now() + 60 }), /answered 401/, /compare iss and aud/],
    [
      'principal',
      'Basic where tokens are wanted',
      () => ({
        CAMUNDA_REST_ADDRESS: program.rest,
        CAMUNDA_BASIC_AUTH_USERNAME: 'demo',
        CAMUNDA_BASIC_AUTH_PASSWORD: 'demo',
      }),
      /401/,
      /wants bearer and was sent basic/,
    ],
    [
      'principal',
      'nothing where something is wanted',
      () => ({ CAMUNDA_REST_ADDRESS: program.rest }),
      /401/,
      /wants credentials/,
    ],
  ])('%s: %s', { timeout: 30_000 }, async (step, _, environment, says, fix) => {
    const { code, report, last } = await doctor(environment());
    expect({ code, failed: report.failed, last: last.step }).toEqual({ code: 3, failed: step, last: step });
    expect(last.says).toMatch(says);
    expect(last.fix).toMatch(fix);
  });

  it('claims: a token that the program on this machine does not take, by its own words', async () => {
    const environment = reader({ CAMUNDA_TOKEN_RESOURCE: ELSEWHERE, STAGEDOOR_DATA: program.data });
    const { code, report, last } = await doctor(environment);
    expect([code, report.failed]).toEqual([3, 'claims']);
    expect(last.says).toContain('TOKEN_AUDIENCE_REFUSED');
    expect(last.fix).toContain('audience');
    const good = await doctor(reader({ STAGEDOOR_DATA: program.data }));
    expect([good.code, JSON.stringify(good.report.steps)]).toEqual([0, expect.stringContaining('takes the token')]);
  });

  it('calls: an API that the client may not use', async () => {
    const { code, report, last } = await doctor(reader(), '--api', 'orchestration', '--api', 'operate');
    expect([code, report.failed]).toEqual([3, 'calls']);
    expect(last.says).toMatch(/v1\/process-definitions\/search answered 403/);
    expect(last.fix).toContain('stagedoor grant add');
  });

  it('ends with 4 for what may pass by itself', async () => {
    const refusing = await doctor(reader({ CAMUNDA_REST_ADDRESS: 'http://127.0.0.1:8' }));
    expect([refusing.code, refusing.report.failed, refusing.last.says]).toEqual([
      4,
      'addresses',
      expect.stringContaining('nobody listens'),
    ]);
    const busy = await answering(503, '');
    const unwell = await doctor({ CAMUNDA_REST_ADDRESS: busy.origin });
    busy.close();
    expect([unwell.code, unwell.report.failed]).toEqual([4, 'principal']);
  });

  it('calls: an address that is no cluster', async () => {
    const page = await answering(404, 'not here');
    const { code, report, last } = await doctor({ CAMUNDA_REST_ADDRESS: page.origin });
    page.close();
    expect([code, report.failed, last.fix]).toEqual([3, 'calls', expect.stringContaining('without /v2')]);
  });
});

describe('stagedoor curl with a certificate', () => {
  it('shows it to the API, with the token that is bound to it', async (ctx) => {
    ctx.skip(!CURL_PRESENT, 'curl is missing');
    const ran = await runCommandLine(['curl', '-sS', '/v2/authentication/me'], { directory, environment: machine() });
    expect([ran.code, ran.stderr, JSON.parse(ran.stdout)]).toEqual([
      0,
      '',
      expect.objectContaining({ username: 'machine' }),
    ]);
    const thief = { CAMUNDA_MTLS_CERT_PATH: file('thief.pem'), CAMUNDA_MTLS_KEY_PATH: file('thief-key.pem') };
    const { stdout: token } = await runCommandLine(['token'], { directory, environment: machine() });
    const environment = { ...machine(thief), CAMUNDA_CLIENT_ID: '', CAMUNDA_OAUTH_TOKEN: token.trim() };
    const stolen = await runCommandLine(['curl', '-s', '/v2/authentication/me'], { directory, environment });
    expect(JSON.parse(stolen.stdout)).toMatchObject({ status: 401 });
  });

  it('takes a keystore of Java, whose password stands nowhere', async (ctx) => {
    ctx.skip(!CURL_PRESENT, 'curl is missing');
    writeFileSync(file('password'), 'canary-of-a-store');
    ctx.skip(!OPENSSL_PRESENT, 'openssl is missing');
    const pair = ['-in', file('machine.pem'), '-inkey', file('machine-key.pem'), '-out', file('machine.p12')];
    await runToEnd('openssl', ['pkcs12', '-export', ...pair, '-passout', `file:${file('password')}`]);
    const keystore = {
      CAMUNDA_SSL_CLIENT_KEYSTORE_PATH: file('machine.p12'),
      CAMUNDA_SSL_CLIENT_KEYSTORE_SECRET: 'canary-of-a-store',
    };
    const environment = machine({ CAMUNDA_MTLS_CERT_PATH: '', CAMUNDA_MTLS_KEY_PATH: '', ...keystore });
    const ran = await runCommandLine(['curl', '-sS', '/v2/authentication/me'], { directory, environment });
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    expect(JSON.parse(ran.stdout)).toMatchObject({ username: 'machine' });
  });
});
