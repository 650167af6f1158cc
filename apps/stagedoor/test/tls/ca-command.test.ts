import { createPrivateKey, X509Certificate } from 'node:crypto';
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeMoreClients } from '../../src/tls/write-local-authority.ts';
import { run } from '../run-command.ts';
import { temporaryDirectory } from '../temporary-directory.ts';

const DAY = 86_400_000;

function certificate(directory: string, name: string): X509Certificate {
  return new X509Certificate(readFileSync(join(directory, `${name}.pem`)));
}

describe('stagedoor ca', () => {
  it('makes a CA, a server and clients, for their owner only', async () => {
    const directory = join(temporaryDirectory(), 'tls');
    const ran = await run(['ca', '--dir', directory, '--client', 'reader', 'writer']);
    expect(ran).toMatchObject({ code: 0, err: '' });
    const names = ['ca', 'server', 'reader', 'writer'].flatMap((name) => [`${name}.pem`, `${name}-key.pem`]);
    expect(readdirSync(directory).sort()).toEqual([...names].sort());
    expect(ran.out.split('\n').filter((line) => line !== '')).toEqual(
      names.map((name) => expect.stringContaining(name)),
    );
    expect(names.map((name) => statSync(join(directory, name)).mode & 0o777)).toEqual(names.map(() => 0o600));
    expect(statSync(directory).mode & 0o777).toBe(0o700);
  });

  it('signs the server for loopback and the hosts that are named, and clients for nothing but being clients', async () => {
    const directory = temporaryDirectory();
    await run([
      'ca',
      '--dir',
      directory,
      '--name',
      'Our CA',
      '--host',
      'door.example.com',
      '10.0.0.7',
      '--client',
      'r',
    ]);
    const [ca, server, client] = ['ca', 'server', 'r'].map((name) => certificate(directory, name));
    for (const signed of [server, client])
      expect([signed?.ca, ca && signed?.checkIssued(ca), ca && signed?.verify(ca.publicKey)]).toEqual([
        false,
        true,
        true,
      ]);
    expect([ca?.ca, ca?.subject]).toEqual([true, 'CN=Our CA']);
    for (const host of ['localhost', 'door.example.com']) expect(server?.checkHost(host)).toBe(host);
    for (const ip of ['127.0.0.1', '::1', '10.0.0.7']) expect(server?.checkIP(ip)).toBe(ip);
    expect(server?.checkHost('elsewhere.example.com')).toBeUndefined();
    expect([server?.keyUsage, client?.keyUsage]).toEqual([['1.3.6.1.5.5.7.3.1'], ['1.3.6.1.5.5.7.3.2']]);
    expect(client?.subject).toBe('CN=r');
    expect(client?.checkPrivateKey(createPrivateKey(readFileSync(join(directory, 'r-key.pem'))))).toBe(true);
  });

  it('overwrites nothing, and then writes nothing', async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'reader.pem'), 'mine');
    const ran = await run(['ca', '--dir', directory, '--client', 'reader']);
    expect(ran).toMatchObject({ code: 1, out: '', err: expect.stringContaining('reader.pem is there already') });
    expect(readdirSync(directory)).toEqual(['reader.pem']);
    expect(readFileSync(join(directory, 'reader.pem'), 'utf8')).toBe('mine');
  });

  it.each([
    ['--client', '../out'],
    ['--client', 'ca'],
    ['--client', 'Server'],
    ['--client', 'ca-key'],
    ['--client', ''],
    ['--client', 'a/b'],
    ['--host', 'https://a'],
    ['--host', 'a b'],
    ['--name', 'a\nb'],
    ['--name', ''],
  ])('refuses %s %j', async (option, value) => {
    const directory = join(temporaryDirectory(), 'tls');
    const ran = await run(['ca', '--dir', directory, option, value]);
    expect([ran.code, ran.out, existsSync(directory)]).toEqual([2, '', false]);
    expect(ran.err).toContain(value === '' ? `${option} is empty` : `${option} takes`);
  });

  it('refuses a client that is named twice', async () => {
    const directory = join(temporaryDirectory(), 'tls');
    const ran = await run(['ca', '--dir', directory, '--client', 'a', 'A']);
    expect([ran.code, existsSync(directory)]).toEqual([2, false]);
  });

  it('asks for a directory', async () => {
    expect(await run(['ca'])).toMatchObject({ code: 2, err: expect.stringContaining('--dir') });
  });
});

describe('stagedoor ca --add', () => {
  /** A CA with one client, whose clock is `run`'s. */
  async function made(): Promise<string> {
    const directory = join(temporaryDirectory(), 'tls');
    await run(['ca', '--dir', directory, '--client', 'reader']);
    return directory;
  }
  const contents = (directory: string) =>
    new Map(readdirSync(directory).map((name) => [name, readFileSync(join(directory, name), 'utf8')]));

  it('lets the CA that is there sign more clients, and touches nothing of it', async () => {
    const directory = await made();
    const before = contents(directory);
    const ran = await run(['ca', '--dir', directory, '--add', '--client', 'writer', 'robot']);
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out.match(/\.pem/g)).toHaveLength(4);
    const after = contents(directory);
    for (const [name, content] of before) expect(after.get(name)).toBe(content);
    expect(after.size).toBe(before.size + 4);
    const ca = certificate(directory, 'ca');
    for (const name of ['writer', 'robot']) {
      const client = certificate(directory, name);
      expect([client.checkIssued(ca), client.verify(ca.publicKey), client.ca]).toEqual([true, true, false]);
      expect([client.subject, client.keyUsage]).toEqual([`CN=${name}`, ['1.3.6.1.5.5.7.3.2']]);
      expect(client.checkPrivateKey(createPrivateKey(after.get(`${name}-key.pem`) ?? ''))).toBe(true);
      expect(client.validToDate.getTime()).toBeLessThanOrEqual(ca.validToDate.getTime());
      expect(statSync(join(directory, `${name}-key.pem`)).mode & 0o777).toBe(0o600);
    }
  });

  it.each<[string, string[]]>([
    ['a client that is there', ['--client', 'writer', 'reader']],
    ['a name that leads out of the directory', ['--client', '../out']],
    ['a name twice', ['--client', 'writer', 'writer']],
    ['no client', []],
    ['a name for the CA', ['--client', 'writer', '--name', 'Other CA']],
    ['hosts of the server', ['--client', 'writer', '--host', 'door.example.com']],
  ])('refuses %s, and writes nothing', async (_, more) => {
    const directory = await made();
    const before = contents(directory);
    const ran = await run(['ca', '--dir', directory, '--add', ...more]);
    expect([ran.code === 0, ran.out]).toEqual([false, '']);
    expect(contents(directory)).toEqual(before);
  });

  it.each<[string, (directory: string) => void]>([
    ['that is not there', (directory) => rmSync(join(directory, 'ca.pem'))],
    ['whose key is not there', (directory) => rmSync(join(directory, 'ca-key.pem'))],
    [
      'whose key is another',
      (directory) => copyFileSync(join(directory, 'reader-key.pem'), join(directory, 'ca-key.pem')),
    ],
    [
      'that is no CA',
      (directory) => {
        copyFileSync(join(directory, 'reader.pem'), join(directory, 'ca.pem'));
        copyFileSync(join(directory, 'reader-key.pem'), join(directory, 'ca-key.pem'));
      },
    ],
    ['that cannot be read', (directory) => writeFileSync(join(directory, 'ca.pem'), 'half of a certif')],
  ])('refuses a CA %s', async (_, spoil) => {
    const directory = await made();
    spoil(directory);
    const before = contents(directory);
    const ran = await run(['ca', '--dir', directory, '--add', '--client', 'writer']);
    expect(ran).toMatchObject({ code: 1, out: '', err: expect.stringContaining('make a new CA') });
    expect(ran.err).not.toContain('BEGIN');
    expect(contents(directory)).toEqual(before);
  });

  it('gives nobody a certificate that lasts longer than its CA, and none when that is over', async () => {
    const directory = await made();
    const now = Date.now();
    const later = { directory, clients: ['writer'], now: now + 200 * DAY };
    await writeMoreClients(later);
    const ca = certificate(directory, 'ca');
    expect(certificate(directory, 'writer').validTo).toBe(ca.validTo);
    const over = writeMoreClients({ directory, clients: ['robot'], now: now + 366 * DAY });
    await expect(over).rejects.toMatchObject({ code: 'CA_UNUSABLE' });
  });
});
