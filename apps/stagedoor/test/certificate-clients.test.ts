import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { USE_CASE_INPUTS } from '../src/control/use-case-inputs.ts';
import { openDataDirectory } from '../src/data-directory.ts';
import { openHouse } from '../src/house.ts';
import { writeLocalAuthority } from '../src/tls/write-local-authority.ts';
import { allUseCases } from '../src/use-cases/all-use-cases.ts';
import { run } from './run-command.ts';
import { runningProgram } from './running-program.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const THUMBPRINT = 'XjnKqWji0iLQkgE967B4TFgP4laHphZM0bQCPoz5WOc';

/** Its subject is empty; from 2026, its key was thrown away. */
const NAMELESS = `-----BEGIN CERTIFICATE-----
MIIBejCCAR+gAwIBAgIUOyIDDV8WXZzFHlRKJoInT6sHlN8wCgYIKoZIzj0EAwIw
EjEQMA4GA1UEAwwHdGVzdCBDQTAeFw0yNjExMjUxMzQzMDhaFw0yNzExMjUxMzQz
MDhaMAAwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAT09PKvXR13dhFzIJcQeKNK
gIKAFTl18JhPRX8Jt3oSn25idGwd305v/DyaFbFF+c2/4SmS/qQXiX0kHpaH1NL7
o2UwYzAMBgNVHRMBAf8EAjAAMBMGA1UdJQQMMAoGCCsGAQUFBwMCMB0GA1UdDgQW
BBSjEuNhUzLzhcQp7X/H77ZcHUXYgjAfBgNVHSMEGDAWgBR57IAhTpvAQIb570XK
XooOF0P7gDAKBggqhkjOPQQDAgNJADBGAiEAjVeV4NstMilp7cWrKKXJDg6ucBoN
/xLJtWR7KFVuUz0CIQD+yaKjwTXkfYlz/8UmBdu8PnzhTbIQUwKZVgzt3Ysyaw==
-----END CERTIFICATE-----
`;

async function certificates(): Promise<string> {
  const directory = join(temporaryDirectory(), 'tls');
  await writeLocalAuthority({ directory, name: 'CA', hosts: [], clients: ['one', 'two'], now: Date.now() });
  return directory;
}

async function creating(...options: readonly string[]) {
  const { directory, useCases } = await runningProgram();
  const ran = await run(['client', 'create', '--name', 'robot', '--data', directory.path, ...options]);
  return { ran, calls: useCases.calls };
}

describe('stagedoor client create --certificate', () => {
  it('registers the thumbprints of the files, and shows no secret for there is none', async () => {
    const directory = await certificates();
    const files = ['one.pem', 'two.pem'].map((name) => join(directory, name));
    const { ran, calls } = await creating(...files.flatMap((file) => ['--certificate', file]));
    const thumbprints = files.map((file) => {
      const { fingerprint256 } = new X509Certificate(readFileSync(file));
      return Buffer.from(fingerprint256.replaceAll(':', ''), 'hex').toString('base64url');
    });
    expect(ran).toMatchObject({ code: 0, err: '' });
    for (const thumbprint of thumbprints) expect(ran.out).toContain(thumbprint);
    expect(ran.out).not.toContain('Client secret');
    expect(calls).toEqual([
      { name: 'client.create-with-certificate', input: { name: 'robot', grants: true, registration: { thumbprints } } },
    ]);
  });

  it('registers a subject as it was given, and what tokens are bound to', async () => {
    const { ran, calls } = await creating(
      '--certificate-subject',
      'CN=robot,O=Stage',
      '--bind-tokens',
      'none',
      '--json',
    );
    expect(JSON.parse(ran.out)).toMatchObject({
      clientId: 'generated-id',
      certificateThumbprints: [],
      certificateSubject: 'CN=robot,O=Stage',
    });
    const input = { bindTokens: 'none', registration: { subject: 'CN=robot,O=Stage' } };
    expect(calls).toMatchObject([{ name: 'client.create-with-certificate', input }]);
  });

  it.each<[string, (directory: string) => string, string]>([
    ['a private key', (directory) => join(directory, 'one-key.pem'), 'has a private key'],
    ['a certificate and its key', (directory) => joined(directory, 'one.pem', 'one-key.pem'), 'has a private key'],
    ['a whole chain', (directory) => joined(directory, 'one.pem', 'ca.pem'), 'does not have one certificate'],
    ['nothing of use', (directory) => written(directory, 'c4n4ry'), 'does not have one certificate'],
    ['half of a certificate', (directory) => written(directory, '-----BEGIN CERTIFICATE-----\nMIIB'), 'cannot be read'],
    ['more than any certificate', (directory) => written(directory, 'x'.repeat(200_000)), 'does not have one'],
    ['nothing at all', (directory) => join(directory, 'nowhere.pem'), 'cannot be read'],
  ])('with %s registers nothing, and repeats nothing of it', async (_, file, problem) => {
    const { ran, calls } = await creating('--certificate', file(await certificates()));
    expect(ran).toMatchObject({ code: 1, out: '', err: expect.stringContaining(problem) });
    expect(ran.err).not.toMatch(/c4n4ry|BEGIN/);
    expect(calls).toEqual([]);
  });

  it.each([
    [['--certificate', 'one.pem', '--certificate-subject', 'CN=robot']],
    [['--certificate', 'one.pem', '--key-file', 'key.pem']],
    [['--certificate-subject', 'CN=robot', '--key-file', 'key.pem']],
    [['--certificate-subject', 'CN=robot', '--certificate-subject-of', 'one.pem']],
    [['--certificate-subject-of', 'one.pem', '--public']],
    [['--certificate-subject', 'CN=robot', '--env']],
    [['--bind-tokens', 'everything']],
  ])('takes %j for wrong usage', async (options) => {
    const { ran, calls } = await creating(...options);
    expect([ran.code, ran.out, calls]).toEqual([2, '', []]);
  });
});

function written(directory: string, content: string): string {
  const file = join(directory, 'written.pem');
  writeFileSync(file, content);
  return file;
}
function joined(directory: string, ...names: readonly string[]): string {
  return written(directory, names.map((name) => readFileSync(join(directory, name), 'utf8')).join(''));
}

describe('stagedoor client create --certificate-subject', () => {
  it.each([
    ['C=DE,O=Stage,CN=robot', 'CN=robot,O=Stage,C=DE'],
    ['C = DE, O = Stage, CN = robot', 'CN=robot,O=Stage,C=DE'],
    ['O=Stage,CN=robot', 'CN=robot,O=Stage'],
  ])('refuses %s, which OpenSSL prints and no certificate has, and says what it would be', async (subject, turned) => {
    const { ran, calls } = await creating('--certificate-subject', subject);
    expect(ran).toMatchObject({ code: 2, out: '', err: expect.stringContaining(`write ${turned}, or take it from`) });
    expect(ran.err).toContain('--certificate-subject-of FILE');
    expect(calls).toEqual([]);
  });

  it('is taken from a certificate with --certificate-subject-of, in the order of RFC 4514', async () => {
    const { ran, calls } = await creating('--certificate-subject-of', join(await certificates(), 'one.pem'));
    expect(ran).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/Subject +CN=one\n/) });
    expect(calls).toMatchObject([{ input: { registration: { subject: 'CN=one' } } }]);
  });

  it.each<[string, (directory: string) => string, string]>([
    ['a private key', (directory) => join(directory, 'one-key.pem'), 'has a private key'],
    ['a whole chain', (directory) => joined(directory, 'one.pem', 'ca.pem'), 'does not have one certificate'],
    ['a certificate without a subject', (directory) => written(directory, NAMELESS), 'whose subject is empty'],
    ['nothing at all', (directory) => join(directory, 'nowhere.pem'), 'cannot be read'],
  ])('with the file of %s registers nothing', async (_, file, problem) => {
    const { ran, calls } = await creating('--certificate-subject-of', file(await certificates()));
    expect(ran).toMatchObject({ code: 1, out: '', err: expect.stringContaining(problem) });
    expect(calls).toEqual([]);
  });
});

describe('the use case client.create-with-certificate', () => {
  it.each<[string, unknown]>([
    ['no registration', undefined],
    ['a text', 'CN=robot'],
    ['no thumbprint', { thumbprints: [] }],
    ['a number', { subject: 7 }],
    ['control characters', { subject: 'CN=a\nb' }],
    ['a subject and thumbprints', { subject: 'CN=robot', keys: [] }],
    ['nothing in it', {}],
  ])('refuses a registration with %s', (_, registration) => {
    const parse = () => USE_CASE_INPUTS['client.create-with-certificate']({ name: 'x', grants: true, registration });
    expect(parse).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
  });

  it('is one row of the audit log with its grants, and nothing where it is refused', async () => {
    const fail = (error: unknown) => {
      throw error;
    };
    const house = await openHouse({ directory: openDataDirectory(temporaryDirectory()), onFault: fail });
    onTestFinished(() => house.close());
    const useCases = allUseCases(house);
    const robot = { name: 'Robot', id: 'robot', scopes: ['operate'], grants: true };
    const create = useCases['client.create-with-certificate'];
    await create({ ...robot, registration: { thumbprints: [THUMBPRINT] } });
    const refused = create({ ...robot, id: 'other', registration: { subject: 'robot' } });
    await expect(refused).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(await useCases['client.list']({})).toMatchObject([
      { clientId: 'robot', keyThumbprints: [], certificateThumbprints: [THUMBPRINT], bindTokens: 'certificate' },
    ]);
    expect(await useCases['grant.list']({})).not.toEqual([]);
    await expect(useCases['client.rotate']({ id: 'robot' })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    const page = { kind: 'offset', from: 0, limit: 100 } as const;
    const { items } = await house.identity.audit.search({ where: [], sort: [], page, visible: { kind: 'all' } });
    expect(items.map(({ operation, entityKey }) => [operation, entityKey])).toEqual([['client.create', 'robot']]);
  });
});
