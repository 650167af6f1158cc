import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { TlsSettings } from '../../src/configuration/index.ts';
import { SecretText } from '../../src/configuration/secret-text.ts';
import { authorityFile } from '../../src/tls/authority-file.ts';
import { writeLocalAuthority } from '../../src/tls/write-local-authority.ts';
import { temporaryDirectory } from '../temporary-directory.ts';

async function authority(): Promise<string> {
  const directory = temporaryDirectory();
  await writeLocalAuthority({ directory, name: 'test CA', hosts: [], clients: [], now: Date.now() });
  return directory;
}

function settings(certificate: string, more: Partial<TlsSettings> = {}): TlsSettings {
  const material = { kind: 'pem', certificate, privateKey: 'not-read.pem' } as const;
  return { material, clientAuth: 'none', trustCertificate: null, ...more };
}

it('is the CA that stands beside the certificate and signed it', async () => {
  const directory = await authority();
  expect(authorityFile(settings(join(directory, 'server.pem')))).toBe(join(directory, 'ca.pem'));
});

it('is the certificate itself where that signed itself', async () => {
  const directory = await authority();
  copyFileSync(join(directory, 'ca.pem'), join(directory, 'own.pem'));
  rmSync(join(directory, 'ca.pem'));
  expect(authorityFile(settings(join(directory, 'own.pem')))).toBe(join(directory, 'own.pem'));
});

it.each<[string, (directory: string) => Promise<void> | void]>([
  ['there is no CA beside it', (directory) => rmSync(join(directory, 'ca.pem'))],
  [
    'another CA of the same name stands beside it',
    async (directory) => copyFileSync(join(await authority(), 'ca.pem'), join(directory, 'ca.pem')),
  ],
  ['what stands there is no certificate', (directory) => writeFileSync(join(directory, 'ca.pem'), 'nothing')],
  [
    'what stands there is too long for one',
    (directory) => writeFileSync(join(directory, 'ca.pem'), '\n'.repeat(70_000), { flag: 'a' }),
  ],
  [
    'a directory stands there',
    (directory) => {
      rmSync(join(directory, 'ca.pem'));
      mkdirSync(join(directory, 'ca.pem'));
    },
  ],
  ['the certificate is gone', (directory) => rmSync(join(directory, 'server.pem'))],
])('is not known where %s', async (_, change) => {
  const directory = await authority();
  await change(directory);
  expect(authorityFile(settings(join(directory, 'server.pem')))).toBeNull();
});

it('is not looked for beside a key store', async () => {
  const directory = await authority();
  const material = { kind: 'pkcs12', keyStore: join(directory, 'server.p12'), password: new SecretText('x') } as const;
  expect(authorityFile(settings('', { material }))).toBeNull();
});
