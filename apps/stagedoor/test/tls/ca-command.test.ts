import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../run-command.ts';
import { temporaryDirectory } from '../temporary-directory.ts';

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
    expect(ran.err).toContain(`${option} takes`);
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
