import { copyFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificates } from '../program/make-certificates.ts';
import { command } from '../program/run-command-line.ts';
import { runToEnd } from '../program/run-to-end.ts';
import { FREE_PORTS, type Program, refusedStart, startProgram } from '../program/start-program.ts';
import { CURL_PRESENT, curl, OPENSSL_PRESENT } from './curl.ts';

const directory = mkdtempSync(join(tmpdir(), 'stagedoor-x509-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const TRUSTED = join(directory, 'trusted');
const OTHER = join(directory, 'other');
const CA = ['--cacert', join(TRUSTED, 'ca.pem')];
const BASIC = ['--method', 'basic', '--memory', ...FREE_PORTS];

beforeAll(async () => {
  for (const dir of [TRUSTED, OTHER]) await makeCertificates(dir, 'reader');
});

function yaml(dir: string, more = ''): string {
  const files = `server.ssl.certificate: ${dir}/server.pem\nserver.ssl.certificate-private-key: ${dir}/server-key.pem\n`;
  return files + more;
}

function certificateOf(dir: string): string[] {
  return ['--cert', join(dir, 'reader.pem'), '--key', join(dir, 'reader-key.pem')];
}

describe.skipIf(!CURL_PRESENT)('a program with a certificate, asked by curl', () => {
  let program: Program;
  beforeAll(async () => {
    program = await startProgram({ args: BASIC, yaml: yaml(TRUSTED) });
  });
  afterAll(() => program.stop());

  it('says https of every listener, of the issuer, and of what it tells clients', async () => {
    for (const origin of [program.rest, program.issuer, program.management]) expect(origin).toMatch(/^https:/);
    const discovery = await curl(...CA, `${program.issuer}/.well-known/openid-configuration`);
    expect(JSON.parse(discovery.body)).toMatchObject({ issuer: expect.stringMatching(/^https:\/\/localhost:/) });
    const page = await curl(...CA, '--header', 'accept: text/html', `${program.rest}/`);
    expect(page.body).toContain(`${program.rest}/v2/topology`);
    expect(page.body).not.toContain('http://localhost');
    const env = await command(program, ['client', 'create', '--name', 'reader', '--env']);
    expect(env).toContain(program.rest);
    expect(env).not.toContain('http://localhost');
  });

  it.each(['localhost', '127.0.0.1', '[::1]'])('answers with its CA as %s, on every listener', async (host) => {
    const asked = [
      `${program.rest}/v2/topology`,
      `${program.issuer}/.well-known/jwks.json`,
      `${program.management}/actuator/health`,
    ];
    for (const url of asked) {
      const answer = await curl(...CA, '--user', 'demo:demo', url.replace('localhost', host));
      expect([url, answer.code, answer.status]).toEqual([url, 0, 200]);
      expect(answer.head.toLowerCase()).toContain('strict-transport-security: max-age=31536000');
    }
  });

  it('is not trusted without its CA, or with another one', async () => {
    expect(await curl(`${program.rest}/v2/topology`)).toMatchObject({ code: 60, status: 0 });
    const other = ['--cacert', join(OTHER, 'ca.pem')];
    expect(await curl(...other, `${program.rest}/v2/topology`)).toMatchObject({ code: 60, status: 0 });
  });

  it('gives plain HTTP no answer, and goes on', async () => {
    const plain = await curl(`${program.rest.replace('https', 'http')}/v2/topology`);
    expect([plain.code === 0, plain.status]).toEqual([false, 0]);
    expect(await curl(...CA, '--user', 'demo:demo', `${program.rest}/v2/topology`)).toMatchObject({ status: 200 });
  });

  it.each(['/login', '/api/login'])('marks every cookie of %s as one for TLS', async (path) => {
    const form = ['--data-urlencode', 'username=demo', '--data-urlencode', 'password=demo'];
    const { status, head } = await curl(...CA, ...form, `${program.rest}${path}`);
    expect(status).toBe(204);
    const cookies = head.split('\r\n').filter((line) => /^set-cookie:/i.test(line));
    expect(cookies.length).toBeGreaterThan(0);
    for (const cookie of cookies) expect(cookie).toContain('; Secure');
  });

  it('does not take a client certificate for anybody', async () => {
    const answer = await curl(...CA, ...certificateOf(TRUSTED), `${program.rest}/v2/topology`);
    expect(answer).toMatchObject({ code: 0, status: 401 });
  });

  it.skipIf(!OPENSSL_PRESENT).each([
    ['-tls1', false],
    ['-tls1_1', false],
    ['-tls1_2', true],
    ['-tls1_3', true],
  ])('speaks TLS 1.2 and newer: %s', async (version, spoken) => {
    const at = program.rest.replace('https://', '');
    const old = ['-cipher', 'DEFAULT:@SECLEVEL=0', '-CAfile', join(TRUSTED, 'ca.pem'), '-verify_return_error'];
    const ran = await runToEnd('openssl', ['s_client', '-connect', at, version, ...old]);
    expect(ran.code === 0).toBe(spoken);
    if (!spoken) expect(ran.stderr).toContain('alert protocol version');
  });
});

describe.skipIf(!CURL_PRESENT)('client certificates that are needed', () => {
  let program: Program;
  beforeAll(async () => {
    const needed = `server.ssl.client-auth: need\nserver.ssl.trust-certificate: ${TRUSTED}/ca.pem\n`;
    program = await startProgram({
      args: BASIC,
      yaml: yaml(TRUSTED, `${needed}management.server.ssl.client-auth: none\n`),
    });
  });
  afterAll(() => program.stop());

  it('are taken from their CA, beside the credentials', async () => {
    const asked = [...CA, ...certificateOf(TRUSTED), `${program.rest}/v2/topology`];
    expect(await curl(...asked)).toMatchObject({ code: 0, status: 401 });
    expect(await curl('--user', 'demo:demo', ...asked)).toMatchObject({ code: 0, status: 200 });
  });

  it.each(['1.2', '1.3'])('end a connection over TLS %s that has none, or one of another CA', async (version) => {
    const only = [`--tlsv${version}`, '--tls-max', version, '--user', 'demo:demo', ...CA];
    for (const origin of [program.rest, program.issuer]) {
      const without = await curl(...only, `${origin}/v2/topology`);
      const foreign = await curl(...only, ...certificateOf(OTHER), `${origin}/v2/topology`);
      expect([without.code === 0, without.status, foreign.code === 0, foreign.status]).toEqual([false, 0, false, 0]);
    }
  });

  it('are not asked for where one listener says so', async () => {
    expect(await curl(...CA, `${program.management}/actuator/health`)).toMatchObject({ code: 0, status: 200 });
  });
});

describe.skipIf(!CURL_PRESENT)('new certificates', () => {
  it('are used without a restart; broken ones are not, and the program says so', async () => {
    const dir = join(directory, 'live');
    await makeCertificates(dir, 'reader');
    const program = await startProgram({ args: BASIC, yaml: yaml(dir) });
    const ask = async (by: string) =>
      (await curl('--cacert', join(by, 'ca.pem'), '--user', 'demo:demo', `${program.rest}/v2/topology`)).code;
    expect([await ask(dir), await ask(OTHER)]).toEqual([0, 60]);

    writeFileSync(join(dir, 'server.pem'), 'half of a certif');
    await until(() => program.output().includes('are not used; the old ones stay'));
    expect(await ask(dir)).toBe(0);

    for (const name of ['server-key.pem', 'server.pem']) {
      copyFileSync(join(OTHER, name), join(dir, `${name}.new`));
      renameSync(join(dir, `${name}.new`), join(dir, name));
    }
    await until(async () => (await ask(OTHER)) === 0);
    expect(await ask(dir)).toBe(60);
    expect(program.output()).not.toContain('PRIVATE KEY');
    await program.stop();
  });
});

/** Waits for what will come sooner or later; the test's own limit ends it where it does not. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 100));
}

describe.skipIf(!OPENSSL_PRESENT)('a key store', () => {
  const keyStore = join(directory, 'server.p12');
  const store = `server.ssl.key-store: ${keyStore}\nserver.ssl.key-store-password: `;
  beforeAll(async () => {
    const [certificate, key] = [join(TRUSTED, 'server.pem'), join(TRUSTED, 'server-key.pem')];
    const secret = ['-passout', 'pass:canary-of-a-store'];
    const ran = await runToEnd('openssl', [
      'pkcs12',
      '-export',
      '-in',
      certificate,
      '-inkey',
      key,
      '-out',
      keyStore,
      ...secret,
    ]);
    if (ran.code !== 0) throw new Error(ran.stderr);
  });

  it.skipIf(!CURL_PRESENT)('in PKCS#12 stands in the place of the PEM files', async () => {
    const program = await startProgram({ args: BASIC, yaml: `${store}canary-of-a-store\n` });
    expect(await curl(...CA, '--user', 'demo:demo', `${program.rest}/v2/topology`)).toMatchObject({ status: 200 });
    await program.stop();
  });

  it('with a wrong password refuses the start, and its password is not said', async () => {
    const { code, stderr } = await refusedStart({ args: BASIC, yaml: `${store}canary-of-a-guess\n` });
    expect([code, stderr.includes('cannot be read as PKCS#12'), stderr.includes('canary')]).toEqual([1, true, false]);
  });
});

describe('files that cannot be used', () => {
  it('refuse the start, each in one sentence that is said once', async () => {
    const { code, stderr } = await refusedStart({ args: BASIC, yaml: yaml(join(directory, 'nowhere')) });
    expect(code).toBe(1);
    expect(stderr.match(/server\.pem cannot be read \(ENOENT\)/g)).toHaveLength(1);
    expect(stderr.match(/server-key\.pem cannot be read \(ENOENT\)/g)).toHaveLength(1);
  });
});
