import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeCertificates } from '../program/make-certificates.ts';
import { command } from '../program/run-command-line.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';
import { countRequests } from './counted-issuer.ts';
import { compileJavaClient, missingTools, runJavaClient, runTool, type Variables } from './run-java-client.ts';

/**
 * `io.camunda:camunda-client-java` as its users have it: fetched by Maven, configured by its environment alone, in a process of
 * its own, against a program of its own. Each run keeps its tokens in a home of its own.
 */
const MISSING = missingTools();
const directory = mkdtempSync(join(tmpdir(), 'stagedoor-java-'));
const TLS = join(directory, 'tls');
const PASSWORD = 'changeit';
const FETCHED = 300_000;

let classPath: string;
let homes = 0;

beforeAll(async () => {
  if (MISSING !== null) return;
  classPath = await compileJavaClient(directory);
}, FETCHED);
beforeEach((context) => context.skip(MISSING !== null, MISSING ?? ''));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function run(variables: Variables, calls: readonly string[], meanwhile?: () => Promise<void>) {
  homes += 1;
  const home = join(directory, `home-${homes}`);
  mkdirSync(home);
  return runJavaClient({ classPath, home, variables, ...(meanwhile === undefined ? {} : { meanwhile }) }, calls);
}

/** Whatever the client calls a refusal: the status is in it, and no secret. */
const refused = (words: RegExp) => ({ error: expect.stringMatching(words) });
const NO_TOKEN = refused(/^IOException: .*status code 401/);
const TOPOLOGY = { topology: expect.stringMatching(/^8\.10\./) };

describe('the official Java client with a secret', () => {
  let program: Program;
  beforeAll(async () => {
    if (MISSING !== null) return;
    program = await startProgram({ args: ['--method', 'oidc', '--memory', ...FREE_PORTS] });
  });
  afterAll(() => program?.stop());

  /** What `stagedoor client create --env` prints, and nothing else. */
  async function variablesOf(...options: string[]): Promise<Variables> {
    const lines = await command(program, ['client', 'create', '--name', 'reader', '--env', ...options]);
    return Object.fromEntries(
      [...lines.matchAll(/^export (\w+)='(.*)'$/gm)].map(([, name = '', value = '']) => [name, value]),
    );
  }

  it('does its work with the variables that `client create --env` prints', async () => {
    const calls = ['topology', 'deployment', 'instance', 'definitions', 'users'];
    expect(await run(await variablesOf(), calls)).toEqual({
      ...TOPOLOGY,
      deployment: 'curtain-call',
      instance: 'curtain-call',
      definitions: ['curtain-call'],
      users: [],
    });
  });

  it('is refused a token for a wrong secret, and says neither', async () => {
    const variables = await variablesOf();
    const secret = 'canary-of-a-wrong-secret';
    const answers = await run({ ...variables, CAMUNDA_CLIENT_SECRET: secret }, ['topology']);
    expect(answers).toEqual({ topology: NO_TOKEN });
    expect(JSON.stringify(answers) + program.output()).not.toContain(secret);
  });

  it('is refused a token for an audience that its scopes do not reach', async () => {
    expect(await run(await variablesOf('--scope', 'operate'), ['topology'])).toEqual({
      topology: refused(/^IOException: .*status code 4\d\d/),
    });
  });

  it('is refused by the API without a token, and with one that is for another API', async () => {
    const variables = await variablesOf();
    const anonymous = { CAMUNDA_REST_ADDRESS: program.rest };
    const elsewhere = { ...variables, CAMUNDA_TOKEN_AUDIENCE: 'operate-api' };
    expect(await run(anonymous, ['topology'])).toEqual({ topology: refused(/code 401/) });
    expect(await run(elsewhere, ['topology'])).toEqual({ topology: refused(/code 401/) });
  });

  it('fetches one token for 130 threads at once, and all of them go on when that is revoked', async () => {
    const variables = await variablesOf();
    const issuer = await countRequests(`${program.issuer}/oauth/token`);
    const revokeAll = async () => {
      for (const { body } of issuer.answers) await revoke(variables, JSON.parse(body).access_token);
    };
    const counted = { ...variables, CAMUNDA_AUTHORIZATION_SERVER_URL: issuer.tokenUrl };
    const before: number[] = [];
    const answers = await run(counted, ['threads', 'pause', 'threads again'], async () => {
      before.push(issuer.answers.length);
      await revokeAll();
    });
    await issuer.close();
    expect(answers).toMatchObject({ threads: { answered: 130 }, 'threads again': { answered: 130 } });
    // How many of the threads ask again is up to the client, which takes each refusal for a reason: at least one has to.
    expect(before).toEqual([1]);
    expect(issuer.answers.length).toBeGreaterThan(1);
    expect(issuer.answers.filter(({ status }) => status !== 200)).toEqual([]);
  });

  async function revoke(variables: Variables, token: string): Promise<void> {
    const { CAMUNDA_CLIENT_ID: client_id = '', CAMUNDA_CLIENT_SECRET: client_secret = '' } = variables;
    const body = new URLSearchParams({ token, client_id, client_secret });
    const answer = await fetch(`${program.issuer}/oauth/revoke`, { method: 'POST', body });
    if (answer.status !== 200) throw new Error(`not revoked: ${answer.status}`);
  }
});

/** A PKCS#12 file of the certificate and key that `stagedoor ca` made. */
async function keyStore(authority: string, name: string): Promise<string> {
  const file = join(authority, `${name}.p12`);
  const pem = ['-in', join(authority, `${name}.pem`), '-inkey', join(authority, `${name}-key.pem`)];
  await runTool('openssl', ['pkcs12', '-export', ...pem, '-passout', `pass:${PASSWORD}`, '-out', file]);
  return file;
}

async function trustStore(authority: string): Promise<string> {
  const file = join(authority, 'trusted.p12');
  const store = ['-storetype', 'PKCS12', '-keystore', file, '-storepass', PASSWORD];
  await runTool('keytool', ['-importcert', '-noprompt', ...store, '-alias', 'ca', '-file', join(authority, 'ca.pem')]);
  return file;
}

/** An RSA key with a certificate that nobody signed, in a key store; its certificate in PEM beside it. */
async function rsaKeyStore(name: string): Promise<{ readonly store: string; readonly pem: string }> {
  const [store, pem] = [join(directory, `${name}.p12`), join(directory, `${name}.pem`)];
  const where = ['-storetype', 'PKCS12', '-keystore', store, '-storepass', PASSWORD, '-alias', name];
  const key = ['-keyalg', 'RSA', '-keysize', '2048', '-dname', `CN=${name}`, '-validity', '2'];
  await runTool('keytool', ['-genkeypair', ...where, ...key]);
  await runTool('keytool', ['-exportcert', '-rfc', ...where, '-file', pem]);
  return { store, pem };
}

describe('the official Java client with key stores, over TLS', () => {
  const OTHER = join(directory, 'other');
  let program: Program;
  let trusted: Variables;

  beforeAll(async () => {
    if (MISSING !== null) return;
    for (const authority of [TLS, OTHER]) await makeAuthority(authority);
    program = await startProgram({
      args: ['--method', 'oidc', '--memory', ...FREE_PORTS],
      yaml: `
server.ssl: { certificate: ${TLS}/server.pem, certificate-private-key: ${TLS}/server-key.pem }
stagedoor.issuer.ssl: { client-auth: need, trust-certificate: ${TLS}/ca.pem }
`,
    });
    trusted = {
      CAMUNDA_REST_ADDRESS: program.rest,
      CAMUNDA_AUTHORIZATION_SERVER_URL: `${program.issuer}/oauth/token`,
      CAMUNDA_TOKEN_AUDIENCE: 'orchestration',
      CAMUNDA_CA_CERTIFICATE_PATH: join(TLS, 'ca.pem'),
      ...trustVariables(await trustStore(TLS)),
    };
  });
  afterAll(() => program?.stop());

  const trustVariables = (file: string) => ({
    CAMUNDA_SSL_CLIENT_TRUSTSTORE_PATH: file,
    CAMUNDA_SSL_CLIENT_TRUSTSTORE_SECRET: PASSWORD,
  });
  const keyVariables = (file: string) => ({
    CAMUNDA_SSL_CLIENT_KEYSTORE_PATH: file,
    CAMUNDA_SSL_CLIENT_KEYSTORE_SECRET: PASSWORD,
    CAMUNDA_SSL_CLIENT_KEYSTORE_KEY_SECRET: PASSWORD,
  });

  async function makeAuthority(authority: string): Promise<void> {
    await makeCertificates(authority, 'reader', 'thief');
    for (const name of ['reader', 'thief']) await keyStore(authority, name);
  }

  /** The client takes its environment for OAuth where id and secret are both there: who has no secret says so, with an empty one. */
  async function registered(...options: string[]): Promise<Variables> {
    const created = JSON.parse(await command(program, ['client', 'create', '--json', '--name', 'reader', ...options]));
    return {
      ...trusted,
      CAMUNDA_CLIENT_ID: created.clientId,
      CAMUNDA_CLIENT_SECRET: created.clientSecret ?? '',
    };
  }

  const asReader = () => keyVariables(join(TLS, 'reader.p12'));
  const asThief = () => keyVariables(join(TLS, 'thief.p12'));
  /** Whichever of the two sides hears of the other's alert first, there is no status. */
  const NO_CONNECTION = refused(/^(?:SSL\w*|Socket|IO)Exception: (?!.*status code)/);
  const once = { CAMUNDA_AUTH_TOKEN_FETCH_MAX_RETRIES: '1', CAMUNDA_AUTH_TOKEN_FETCH_INITIAL_BACKOFF_MS: '1' };
  const unbound = ['--bind-tokens', 'none'];

  it.each([
    ['its secret, and a certificate for the connection', []],
    ['the certificate that is registered for it', ['--certificate', join(TLS, 'reader.pem'), ...unbound]],
    ['a certificate with the subject that is registered for it', ['--certificate-subject', 'CN=reader', ...unbound]],
  ])('gets a token with %s, and does its work with 130 threads', async (_, options) => {
    const variables = { ...(await registered(...options)), ...asReader() };
    const answers = await run(variables, ['deployment', 'instance', 'threads', 'topology']);
    expect(answers).toMatchObject({ ...TOPOLOGY, instance: 'curtain-call', threads: { answered: 130 } });
  });

  it.each([
    ['the certificate', ['--certificate', join(TLS, 'reader.pem'), ...unbound]],
    ['the subject', ['--certificate-subject', 'CN=reader', ...unbound]],
  ])('is refused a token with the certificate of somebody else, where %s is registered', async (_, options) => {
    expect(await run({ ...(await registered(...options)), ...asThief() }, ['topology'])).toEqual({
      topology: NO_TOKEN,
    });
  });

  it('is refused a token for a certificate beside a secret that it does not have', async () => {
    const variables = await registered('--certificate', join(TLS, 'reader.pem'), ...unbound);
    const guessed = { ...variables, ...asReader(), CAMUNDA_CLIENT_SECRET: 'guessed' };
    expect(await run(guessed, ['topology'])).toEqual({ topology: NO_TOKEN });
  });

  it('is refused the connection without a certificate, and with the same name from another CA', async () => {
    const variables = { ...(await registered('--certificate-subject', 'CN=reader', ...unbound)), ...once };
    expect(await run(variables, ['topology'])).toEqual({ topology: NO_CONNECTION });
    const foreign = { ...variables, ...keyVariables(join(OTHER, 'reader.p12')) };
    expect(await run(foreign, ['topology'])).toEqual({ topology: NO_CONNECTION });
  });

  it('does not talk to an issuer whose CA is not in its trust store', async () => {
    const variables = { ...(await registered()), ...asReader(), ...trustVariables(await trustStore(OTHER)), ...once };
    expect(await run(variables, ['topology'])).toEqual({
      topology: refused(/^(?:Signature|SunCertPathBuilder)Exception/),
    });
  });

  it('is refused by the API with a token that is bound to its certificate: it never shows it there', async () => {
    const variables = await registered('--certificate', join(TLS, 'reader.pem'));
    expect(await run({ ...variables, ...asReader() }, ['topology'])).toEqual({ topology: refused(/code 401/) });
  });

  const assertionVariables = (store: string, alias: string) => ({
    CAMUNDA_CLIENT_ASSERTION_KEYSTORE_PATH: store,
    CAMUNDA_CLIENT_ASSERTION_KEYSTORE_PASSWORD: PASSWORD,
    CAMUNDA_CLIENT_ASSERTION_KEYSTORE_KEY_ALIAS: alias,
    CAMUNDA_CLIENT_ASSERTION_KEYSTORE_KEY_PASSWORD: PASSWORD,
  });

  it('gets tokens with assertions from a key store, a new one each time, and does its work with 130 threads', async () => {
    const { store, pem } = await rsaKeyStore('asserted');
    const key = { ...(await registered('--key-file', pem)), ...asReader(), ...assertionVariables(store, 'asserted') };
    expect(await run(key, ['instance', 'topology'])).toMatchObject({ ...TOPOLOGY, instance: 'curtain-call' });
    expect(await run(key, ['threads'])).toEqual({ threads: { answered: 130 } });
  });

  it('is refused a token for an assertion by another key, and for an empty secret in its place', async () => {
    const [{ pem }, { store }] = [await rsaKeyStore('registered'), await rsaKeyStore('stranger')];
    const key = { ...(await registered('--key-file', pem)), ...asReader() };
    expect(await run({ ...key, ...assertionVariables(store, 'stranger') }, ['topology'])).toEqual({
      topology: NO_TOKEN,
    });
    expect(await run(key, ['topology'])).toEqual({ topology: NO_TOKEN });
  });
});
