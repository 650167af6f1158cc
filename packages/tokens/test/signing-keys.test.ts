import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calculateJwkThumbprint, compactVerify, createLocalJWKSet } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileKeyStore, KeyStoreError, openSigningKeys, SIGNING_ALGORITHMS } from '../src/index.ts';
import { ISSUER, movableClock, rsaKey } from './foreign-issuer.ts';

const clock = movableClock();
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'];
// One key for all tests that do not care which: generating RSA takes its time.
const made = { ...rsaKey('').privateKey.export({ format: 'jwk' }) };
const generate = async () => made;

let root: string;
let directory: string;
const file = () => join(directory, 'signing-keys.json');

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'signing-keys-'));
  directory = join(root, 'keys');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(KeyStoreError);
  return error instanceof KeyStoreError ? error.code : '';
}

describe('signing keys', () => {
  it.each(SIGNING_ALGORITHMS)(
    'are made for %s, kept, and sign what an independent verifier accepts',
    async (algorithm) => {
      const keys = await openSigningKeys({ store: fileKeyStore(directory), clock, algorithm });
      const token = await keys.sign({ iss: ISSUER, sub: 'a' }, 'at+jwt');
      const { payload, protectedHeader } = await compactVerify(
        token,
        createLocalJWKSet({ keys: [...keys.jwks().keys] }),
      );
      expect(protectedHeader).toEqual({ alg: algorithm, kid: keys.jwks().keys[0]?.kid, typ: 'at+jwt' });
      expect(JSON.parse(new TextDecoder().decode(payload))).toEqual({ iss: ISSUER, sub: 'a' });
    },
  );

  it('are the same after a restart, and no key is made then', async () => {
    const before = await openSigningKeys({ store: fileKeyStore(directory), clock, generate });
    const after = await openSigningKeys({
      store: fileKeyStore(directory),
      clock,
      generate: () => Promise.reject(new Error('made a second key')),
    });
    expect(after.jwks()).toEqual(before.jwks());
  });

  it('are published without a private member, for signatures, under their thumbprint', async () => {
    for (const algorithm of SIGNING_ALGORITHMS) {
      const keys = await openSigningKeys({ store: fileKeyStore(join(root, algorithm)), clock, algorithm });
      for (const jwk of keys.jwks().keys) {
        expect(Object.keys(jwk).filter((member) => PRIVATE_MEMBERS.includes(member))).toEqual([]);
        expect(jwk).toMatchObject({ use: 'sig', kid: await calculateJwkThumbprint({ ...jwk }) });
      }
    }
  });

  it('are refused where a stored key is not the one that its name says', async () => {
    await openSigningKeys({ store: fileKeyStore(directory), clock, generate });
    const content = JSON.parse(readFileSync(file(), 'utf8'));
    const other = { ...rsaKey('').privateKey.export({ format: 'jwk' }) };
    for (const privateKey of [other, {}, { kty: 'oct', k: 'AAAA' }, { ...made, d: undefined }]) {
      writeFileSync(file(), JSON.stringify({ version: 1, keys: [{ ...content.keys[0], privateKey }] }));
      expect(await codeOf(openSigningKeys({ store: fileKeyStore(directory), clock, generate }))).toBe(
        'KEY_STORE_CORRUPT',
      );
    }
  });
});

describe('the file of signing keys', () => {
  const open = () => openSigningKeys({ store: fileKeyStore(directory), clock, generate });

  it('and its directory are for their owner only', async () => {
    await open();
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(['signing-keys.json']);
  });

  it.each([0o640, 0o604, 0o660, 0o602])('is refused with the mode %o', async (mode) => {
    await open();
    chmodSync(file(), mode);
    expect(await codeOf(open())).toBe('KEY_STORE_EXPOSED');
  });

  it('is refused in a directory that others can enter, and none is made there', async () => {
    mkdirSync(directory, { mode: 0o755 });
    expect(await codeOf(open())).toBe('KEY_STORE_EXPOSED');
    expect(existsSync(file())).toBe(false);
  });

  it('is refused where it is a link', async () => {
    await open();
    const elsewhere = join(root, 'elsewhere.json');
    writeFileSync(elsewhere, readFileSync(file()), { mode: 0o600 });
    rmSync(file());
    symlinkSync(elsewhere, file());
    expect(await codeOf(open())).toBe('KEY_STORE_UNREADABLE');
  });

  it.each([
    ['is empty', ''],
    ['was cut off', '{"version":1,"keys":[{"kid":"a"'],
    ['is of another version', '{"version":2,"keys":[]}'],
    ['has a key without an algorithm', '{"version":1,"keys":[{"kid":"a","created":1,"privateKey":{}}]}'],
    ['has a key for HS256', '{"version":1,"keys":[{"kid":"a","algorithm":"HS256","created":1,"privateKey":{}}]}'],
    ['names its keys twice', '{"version":1,"keys":[],"keys":[]}'],
  ])('is refused, and left as it is, where it %s', async (_name, content) => {
    mkdirSync(directory, { mode: 0o700 });
    writeFileSync(file(), content, { mode: 0o600 });
    expect(await codeOf(open())).toBe('KEY_STORE_CORRUPT');
    expect(readFileSync(file(), 'utf8')).toBe(content);
  });

  it('is written over a half-written one that a crash left behind', async () => {
    mkdirSync(directory, { mode: 0o700 });
    writeFileSync(`${file()}.new`, '{"vers', { mode: 0o644 });
    await open();
    expect(readdirSync(directory)).toEqual(['signing-keys.json']);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  it('never stands in an error with its content', async () => {
    await open();
    const { d } = made;
    writeFileSync(file(), readFileSync(file(), 'utf8').replace(/"kid": "[^"]+"/, '"kid": "other"'));
    const error = await open().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(KeyStoreError);
    expect(JSON.stringify([String(error), error, error instanceof Error ? String(error.cause) : ''])).not.toContain(
      String(d),
    );
  });

  it('that cannot be made is a clear error', async () => {
    writeFileSync(directory, 'a file where the directory should be', { mode: 0o600 });
    expect(await codeOf(open())).toBe('KEY_STORE_UNREADABLE');
  });
});
