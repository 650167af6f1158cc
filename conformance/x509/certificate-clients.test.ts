import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { makeCertificates } from '../program/make-certificates.ts';
import { command, runCommandLine } from '../program/run-command-line.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';
import { type Answer, CURL_PRESENT, curl } from './curl.ts';

/** RFC 8705 from one end to the other, as docs/x509.md has it: `stagedoor ca`, `client create`, curl. */
const directory = mkdtempSync(join(tmpdir(), 'stagedoor-certificate-clients-'));
const OURS = join(directory, 'tls');
const OTHERS = join(directory, 'other');
const AUDIENCE = 'orchestration-api';
let program: Program;

beforeAll(async () => {
  await makeCertificates(OURS, 'reader', 'thief', 'pinned');
  await makeCertificates(OTHERS, 'reader', 'pinned');
  program = await startProgram({
    directory,
    args: ['--method', 'oidc', '--data', './data', ...FREE_PORTS],
    yaml: `
server.ssl:
  certificate: ${OURS}/server.pem
  certificate-private-key: ${OURS}/server-key.pem
  client-auth: want
  trust-certificate: ${OURS}/ca.pem
`,
  });
  await command(program, [
    'client',
    'create',
    '--name',
    'reader',
    '--id',
    'reader',
    '--certificate-subject',
    'CN=reader',
  ]);
  await command(program, [
    'client',
    'create',
    '--name',
    'pinned',
    '--id',
    'pinned',
    '--certificate',
    `${OTHERS}/pinned.pem`,
  ]);
  const free = ['--certificate-subject', 'CN=reader', '--bind-tokens', 'none'];
  await command(program, ['client', 'create', '--name', 'free', '--id', 'free', ...free]);
});
afterAll(async () => {
  await program?.stop();
  rmSync(directory, { recursive: true, force: true });
});

const CA = ['--cacert', join(OURS, 'ca.pem')];
const by = (dir: string, name: string) => ['--cert', join(dir, `${name}.pem`), '--key', join(dir, `${name}-key.pem`)];

function token(clientId: string, ...more: readonly string[]): Promise<Answer> {
  const form = ['grant_type=client_credentials', `client_id=${clientId}`, `audience=${AUDIENCE}`];
  return curl(...CA, ...more, ...form.flatMap((one) => ['--data-urlencode', one]), `${program.issuer}/oauth/token`);
}
function topology(accessToken: string, ...more: readonly string[]): Promise<Answer> {
  return curl(...CA, ...more, '--header', `Authorization: Bearer ${accessToken}`, `${program.rest}/v2/topology`);
}
async function granted(clientId: string, ...more: readonly string[]): Promise<string> {
  const answer = await token(clientId, ...more);
  expect(answer).toMatchObject({ code: 0, status: 200 });
  return (JSON.parse(answer.body) as { access_token: string }).access_token;
}
const withCurl = ({ skip }: TestContext) => skip(!CURL_PRESENT, 'curl is not on this machine');

describe('a client that connects with its certificate', () => {
  it('gets a token by the subject that the CA gave it, and the token opens the API over such a connection', async (ctx) => {
    withCurl(ctx);
    const accessToken = await granted('reader', ...by(OURS, 'reader'));
    expect(await topology(accessToken, ...by(OURS, 'reader'))).toMatchObject({ code: 0, status: 200 });
  });

  it('gets a token by a certificate of anybody that it was registered with', async (ctx) => {
    withCurl(ctx);
    const accessToken = await granted('pinned', ...by(OTHERS, 'pinned'));
    expect(await topology(accessToken, ...by(OTHERS, 'pinned'))).toMatchObject({ code: 0, status: 200 });
  });

  it('is refused without its certificate, with another one, and with the same subject from another CA', async (ctx) => {
    withCurl(ctx);
    for (const certificate of [[], by(OURS, 'thief'), by(OTHERS, 'reader'), by(OURS, 'server')])
      expect(await token('reader', ...certificate)).toMatchObject({ code: 0, status: 401 });
    for (const certificate of [[], by(OURS, 'pinned'), by(OTHERS, 'reader')])
      expect(await token('pinned', ...certificate)).toMatchObject({ code: 0, status: 401 });
  });

  it('is refused where the certificate is only in a header, which anybody can write', async (ctx) => {
    withCurl(ctx);
    const pem = readFileSync(join(OTHERS, 'pinned.pem'), 'utf8');
    const base64 = pem.replace(/-----[A-Z ]+-----|\n/g, '');
    for (const header of [`Client-Cert: :${base64}:`, `X-SSL-Client-Cert: ${encodeURIComponent(pem)}`])
      expect(await token('pinned', '--header', header)).toMatchObject({ code: 0, status: 401 });
  });
});

describe('a token that was stolen from it', () => {
  it('is worth nothing without the certificate, with the thief’s own, and with the subject from another CA', async (ctx) => {
    withCurl(ctx);
    const accessToken = await granted('reader', ...by(OURS, 'reader'));
    for (const certificate of [[], by(OURS, 'thief'), by(OTHERS, 'reader')]) {
      const answer = await topology(accessToken, ...certificate);
      expect(answer).toMatchObject({ code: 0, status: 401 });
      expect(JSON.parse(answer.body)).toMatchObject({ code: 'TOKEN_BINDING_REFUSED' });
    }
  });

  it('is told to be bound by introspection, at both forms', async (ctx) => {
    withCurl(ctx);
    const accessToken = await granted('reader', ...by(OURS, 'reader'));
    const form = ['--data-urlencode', 'client_id=reader', '--data-urlencode', `token=${accessToken}`];
    for (const path of [
      '/oauth/introspect',
      '/auth/realms/camunda-platform/protocol/openid-connect/token/introspect',
    ]) {
      const answer = await curl(...CA, ...by(OURS, 'reader'), ...form, `${program.issuer}${path}`);
      const told: unknown = JSON.parse(answer.body);
      expect(told).toMatchObject({ active: true, cnf: { 'x5t#S256': expect.stringMatching(/^[\w-]{43}$/) } });
    }
  });

  it('is worth as much as any other where the client was registered for free tokens', async (ctx) => {
    withCurl(ctx);
    const accessToken = await granted('free', ...by(OURS, 'reader'));
    expect(await topology(accessToken)).toMatchObject({ code: 0, status: 200 });
  });
});

describe('what the issuer and the command line say of certificates', () => {
  it('is in the metadata', async (ctx) => {
    withCurl(ctx);
    const answer = await curl(...CA, `${program.issuer}/.well-known/openid-configuration`);
    expect(JSON.parse(answer.body)).toMatchObject({
      token_endpoint_auth_methods_supported: expect.arrayContaining(['tls_client_auth', 'self_signed_tls_client_auth']),
      tls_client_certificate_bound_access_tokens: true,
    });
  });

  it('is in the list of clients', async () => {
    const listed: unknown = JSON.parse(await command(program, ['client', 'list', '--json']));
    expect(listed).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ clientId: 'reader', certificateSubject: 'CN=reader', bindTokens: 'certificate' }),
        expect.objectContaining({ clientId: 'pinned', certificateThumbprints: [expect.any(String)] }),
        expect.objectContaining({ clientId: 'free', certificateSubject: 'CN=reader', bindTokens: 'none' }),
      ]),
    );
  });

  it.each([
    ['a key', 'reader-key.pem', 'has a private key'],
    ['nothing', 'nowhere.pem', 'cannot be read'],
  ])('is a refusal where the file has %s', async (_, name, problem) => {
    const args = ['client', 'create', '--name', 'x', '--data', program.data, '--certificate', join(OURS, name)];
    const ran = await runCommandLine(args, { directory });
    expect([ran.code, ran.stdout, ran.stderr.includes(problem)]).toEqual([1, '', true]);
    expect(ran.stderr).not.toContain('BEGIN');
  });
});
