import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TlsIdentity } from '@stagedoor/gateway';
import { describe, expect, it } from 'vitest';
import type { TlsSettings } from '../../src/configuration/index.ts';
import { SecretText } from '../../src/configuration/secret-text.ts';
import { CertificateWatch } from '../../src/tls/certificate-watch.ts';
import { isExposed, readIdentity } from '../../src/tls/read-identity.ts';
import { writeLocalAuthority } from '../../src/tls/write-local-authority.ts';
import { temporaryDirectory } from '../temporary-directory.ts';

const NOW = Date.parse('2026-11-23T10:00:00.000Z');
const YEAR = 366 * 86_400_000;

async function authority(directory = temporaryDirectory()): Promise<string> {
  await writeLocalAuthority({ directory, name: 'test CA', hosts: [], clients: ['reader'], now: NOW });
  return directory;
}

function settingsIn(directory: string, more: Partial<TlsSettings> = {}): TlsSettings {
  const [certificate, privateKey] = [join(directory, 'server.pem'), join(directory, 'server-key.pem')];
  const material = { kind: 'pem', certificate, privateKey } as const;
  return { material, clientAuth: 'need', trustCertificate: join(directory, 'ca.pem'), ...more };
}

/** Null where there is no openssl to make one. */
function keyStoreIn(directory: string): TlsSettings | null {
  const [keyStore, password] = [join(directory, 'server.p12'), 'changeit'];
  const files = ['-in', join(directory, 'server.pem'), '-inkey', join(directory, 'server-key.pem'), '-out', keyStore];
  const { error } = spawnSync('openssl', ['pkcs12', '-export', ...files, '-passout', `pass:${password}`]);
  if (error !== undefined) return null;
  chmodSync(keyStore, 0o600);
  return settingsIn(directory, { material: { kind: 'pkcs12', keyStore, password: new SecretText(password) } });
}

function refusal(settings: TlsSettings, now = NOW): string {
  try {
    readIdentity(settings, now);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('it was read');
}

describe('the files of a listener', () => {
  it('are read where they fit', async () => {
    const identity = readIdentity(settingsIn(await authority()), NOW);
    expect(identity.cert).toContain('BEGIN CERTIFICATE');
    expect(identity.ca).toHaveLength(1);
  });

  it.each([
    ['server.pem', 'server.pem cannot be read (ENOENT)'],
    ['server-key.pem', 'server-key.pem cannot be read (ENOENT)'],
    ['ca.pem', 'ca.pem cannot be read (ENOENT)'],
  ])('are refused without %s', async (name, sentence) => {
    const directory = await authority();
    rmSync(join(directory, name));
    expect(refusal(settingsIn(directory))).toContain(sentence);
  });

  it.each([
    ['server.pem', 'holds no certificate in PEM'],
    ['server-key.pem', 'holds no private key in PEM'],
    ['ca.pem', 'holds no certificate in PEM'],
  ])('are refused where %s holds something else', async (name, sentence) => {
    const directory = await authority();
    writeFileSync(join(directory, name), 'canary of a file\n');
    const message = refusal(settingsIn(directory));
    expect(message).toContain(sentence);
    expect(message).not.toContain('canary');
  });

  it('are refused where the certificate is damaged', async () => {
    const directory = await authority();
    writeFileSync(join(directory, 'server.pem'), '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
    expect(refusal(settingsIn(directory))).toContain('holds a certificate that cannot be read');
  });

  it('are refused where others can read the key', async () => {
    const directory = await authority();
    for (const mode of [0o644, 0o640, 0o604]) {
      chmodSync(join(directory, 'server-key.pem'), mode);
      expect(refusal(settingsIn(directory))).toContain('holds a private key that other users can read: run chmod 600');
    }
  });

  it.each([
    ['its owner’s alone', 0o100600, 1000, 1000, false],
    ['root’s, for a group, as Kubernetes mounts it', 0o100440, 0, 1000, false],
    ['its owner’s, for a group', 0o100640, 1000, 1000, true],
    ['root’s, for a group, where the program is root', 0o100640, 0, 0, true],
    ['root’s, for everybody', 0o100444, 0, 1000, true],
    ['root’s, which a group can write', 0o100460, 0, 1000, true],
    ['another user’s, for a group', 0o100640, 1001, 1000, true],
  ])('hold a key that is %s', (_, mode, uid, own, exposed) => {
    expect(isExposed({ mode, uid }, own)).toBe(exposed);
  });

  it('are refused where the key is of another certificate', async () => {
    const directory = await authority();
    copyFileSync(join(directory, 'reader-key.pem'), join(directory, 'server-key.pem'));
    expect(refusal(settingsIn(directory))).toContain('is not the private key of the certificate');
  });

  it('are refused where the certificate has expired, or is not valid yet', async () => {
    const settings = settingsIn(await authority());
    expect(refusal(settings, NOW + YEAR)).toContain('has expired');
    expect(refusal(settings, NOW - YEAR)).toContain('is not valid before');
  });

  it('are refused where what should be a CA is none', async () => {
    const directory = await authority();
    const settings = settingsIn(directory, { trustCertificate: join(directory, 'reader.pem') });
    expect(refusal(settings)).toContain('holds a certificate that is of no CA');
  });

  it('are refused where they are directories', async () => {
    const directory = await authority();
    rmSync(join(directory, 'server.pem'));
    mkdirSync(join(directory, 'server.pem'));
    expect(refusal(settingsIn(directory))).toContain('server.pem is no file');
  });

  it('are refused where a key store is none, and its password is not said', async () => {
    const keyStore = join(await authority(), 'server-key.pem');
    const material = { kind: 'pkcs12', keyStore, password: new SecretText('canary-of-a-password') } as const;
    const message = refusal(settingsIn('/nowhere', { material, trustCertificate: null, clientAuth: 'none' }));
    expect(message).toContain('cannot be read as PKCS#12');
    expect(message).not.toContain('canary');
  });

  it('are refused where the certificate in a key store has expired, or is not valid yet', async (ctx) => {
    const settings = keyStoreIn(await authority());
    if (settings === null) return ctx.skip('openssl is not here');
    expect(readIdentity(settings, NOW).pfx).toBeDefined();
    expect(refusal(settings, NOW + YEAR)).toContain('server.p12 has expired');
    expect(refusal(settings, NOW - YEAR)).toContain('server.p12 is not valid before');
  });

  it('are refused with everything wrong at once, a sentence each', async () => {
    const directory = await authority();
    for (const name of ['server.pem', 'server-key.pem', 'ca.pem']) rmSync(join(directory, name));
    expect(refusal(settingsIn(directory)).split('\n')).toHaveLength(3);
  });
});

async function watched() {
  const directory = await authority();
  const renewed: TlsIdentity[] = [];
  const said: string[] = [];
  const watch = new CertificateWatch({
    settings: settingsIn(directory),
    renew: (identity) => renewed.push(identity),
    now: () => NOW,
    say: (sentence) => said.push(sentence),
  });
  return { directory, watch, renewed, said };
}

/** The files of another CA in the place of those that are there. */
async function replace(directory: string, names: readonly string[]): Promise<void> {
  const other = await authority();
  for (const name of names) renameSync(join(other, name), join(directory, name));
}

describe('the watch over the files', () => {
  it('takes nothing while nothing changes', async () => {
    const { watch, renewed, said } = await watched();
    watch.check();
    watch.check();
    expect([renewed, said]).toEqual([[], []]);
  });

  it('takes new files once, and says so', async () => {
    const { directory, watch, renewed, said } = await watched();
    await replace(directory, ['server.pem', 'server-key.pem', 'ca.pem']);
    watch.check();
    watch.check();
    expect(renewed).toHaveLength(1);
    expect(said).toEqual([expect.stringContaining('new connections use them')]);
  });

  it('keeps what it has while half of the new files are there, and takes them when all are', async () => {
    const { directory, watch, renewed, said } = await watched();
    const other = await authority();
    renameSync(join(other, 'server.pem'), join(directory, 'server.pem'));
    watch.check();
    watch.check();
    expect(renewed).toEqual([]);
    expect(said).toEqual([expect.stringContaining('are not used; the old ones stay')]);
    renameSync(join(other, 'server-key.pem'), join(directory, 'server-key.pem'));
    watch.check();
    expect(renewed).toHaveLength(1);
  });

  it('keeps what it has where OpenSSL does not take the new ones', async () => {
    const { directory, said } = await watched();
    const watch = new CertificateWatch({
      settings: settingsIn(directory),
      renew: () => {
        throw new Error('canary of OpenSSL');
      },
      now: () => NOW,
      say: (sentence) => said.push(sentence),
    });
    await replace(directory, ['server.pem', 'server-key.pem']);
    watch.check();
    expect(said).toEqual([expect.stringContaining('the old ones stay')]);
    expect(said.join()).not.toContain('canary');
  });

  it('takes new files that are not good yet once they are, and says both once', async () => {
    const directory = await authority();
    const renewed: TlsIdentity[] = [];
    const said: string[] = [];
    // The clock of the CA is ahead: its certificate is to come.
    let now = NOW - 2 * 3_600_000;
    const watch = new CertificateWatch({
      settings: settingsIn(directory),
      renew: (identity) => renewed.push(identity),
      now: () => now,
      say: (sentence) => said.push(sentence),
    });
    await replace(directory, ['server.pem', 'server-key.pem', 'ca.pem']);
    watch.check();
    watch.check();
    expect([renewed, said]).toEqual([[], [expect.stringContaining('is not valid before')]]);
    now = NOW;
    watch.check();
    watch.check();
    expect(renewed).toHaveLength(1);
    expect(said.slice(1)).toEqual([expect.stringContaining('new connections use them')]);
  });

  it('sees a file that was written in place with the size and time that it had', async () => {
    const { directory, watch, said } = await watched();
    const path = join(directory, 'ca.pem');
    const { size, mtime, atime } = statSync(path);
    writeFileSync(path, 'x'.repeat(size));
    utimesSync(path, atime, mtime);
    watch.check();
    expect(said).toEqual([expect.stringContaining('ca.pem holds no certificate')]);
  });

  it('keeps what it has where a file is gone', async () => {
    const { directory, watch, renewed, said } = await watched();
    rmSync(join(directory, 'server-key.pem'));
    watch.check();
    expect([renewed, said]).toEqual([[], [expect.stringContaining('server-key.pem cannot be read')]]);
  });
});
