import { execFileSync } from 'node:child_process';
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { AssertionKeySettings } from '../src/configuration/index.ts';
import { SecretText } from '../src/configuration/secret-text.ts';
import { OperatorError } from '../src/operator-error.ts';
import { readAssertionKey } from '../src/relying-party/assertion-key.ts';

const directory = mkdtempSync(join(tmpdir(), 'assertion-key-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const NAMED = 'camunda.security.authentication.oidc.assertion.keystore.path';
const PASSWORD = 'the password of the stage';
const DEFAULT_KID = { source: 'PUBLIC_KEY', digest: 'SHA256', encoding: 'BASE64URL', hexCase: 'LOWER' } as const;

const at = (name: string) => join(directory, name);
const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'ignore' });

/** A file that nobody but its owner reads. */
function written(name: string, content: string | Buffer): string {
  writeFileSync(at(name), content, { mode: 0o600 });
  return at(name);
}

function settings(path: string, more: Partial<AssertionKeySettings> = {}): AssertionKeySettings {
  return { key: NAMED, path, password: null, keyPassword: null, alias: null, kid: DEFAULT_KID, ...more };
}

const pemOf = (key: ReturnType<typeof createPrivateKey>) => key.export({ type: 'pkcs8', format: 'pem' }).toString();
const rsa = (modulusLength = 2048) => generateKeyPairSync('rsa', { modulusLength }).privateKey;

/** A key with a certificate, in PEM and in PKCS#12. */
openssl(
  ...['req', '-x509', '-newkey', 'rsa:2048', '-noenc', '-subj', '/CN=stage', '-days', '2'],
  ...['-keyout', at('key.pem'), '-out', at('certificate.pem')],
);
const [KEY, CERTIFICATE] = [readFileSync(at('key.pem'), 'utf8'), readFileSync(at('certificate.pem'), 'utf8')];
const BOTH = written('both.pem', CERTIFICATE + KEY);
openssl('pkcs12', '-export', '-in', BOTH, '-name', 'stage', '-passout', `pass:${PASSWORD}`, '-out', at('store.p12'));
chmodSync(at('store.p12'), 0o600);

const PUBLIC_KEY = createPublicKey(KEY).export({ format: 'der', type: 'spki' });
const { raw } = new X509Certificate(CERTIFICATE);
const digest = (name: string, bytes: Uint8Array) => createHash(name).update(bytes).digest();

describe('the key of private_key_jwt', () => {
  it.each<[string, AssertionKeySettings]>([
    ['PKCS#12', settings(at('store.p12'), { password: new SecretText(PASSWORD) })],
    ['PKCS#12, by its alias', settings(at('store.p12'), { password: new SecretText(PASSWORD), alias: 'STAGE' })],
    ['PEM', settings(BOTH)],
  ])('is read from %s, and known by the digest of its public key and by its certificate', async (_what, given) => {
    const { key, kid, x5tS256 } = await readAssertionKey(given);
    expect(key).toMatchObject({ type: 'private', extractable: false, algorithm: { name: 'RSASSA-PKCS1-v1_5' } });
    expect(kid).toBe(digest('sha256', PUBLIC_KEY).toString('base64url'));
    expect(x5tS256).toBe(digest('sha256', raw).toString('base64url'));
  });

  it('needs no certificate', async () => {
    expect(await readAssertionKey(settings(written('alone.pem', KEY)))).toMatchObject({ x5tS256: null });
  });

  it('is read with the password of its PEM, or of its own', async () => {
    const cipher = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: PASSWORD } as const;
    const path = written('sealed.pem', createPrivateKey(KEY).export(cipher));
    const { kid } = await readAssertionKey(settings(BOTH));
    expect(await readAssertionKey(settings(path, { password: new SecretText(PASSWORD) }))).toMatchObject({ kid });
    const own = { password: new SecretText('of the file'), keyPassword: new SecretText(PASSWORD) };
    expect(await readAssertionKey(settings(path, own))).toMatchObject({ kid });
  });

  it.each([
    ['prime256v1', 'P-256'],
    ['secp384r1', 'P-384'],
    ['secp521r1', 'P-521'],
  ])('may be of the curve %s', async (namedCurve, known) => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve });
    const { key } = await readAssertionKey(settings(written(`${namedCurve}.pem`, pemOf(privateKey))));
    expect(key.algorithm).toMatchObject({ name: 'ECDSA', namedCurve: known });
  });

  it.each<[AssertionKeySettings['kid'], string]>([
    [{ ...DEFAULT_KID, source: 'CERTIFICATE' }, digest('sha256', raw).toString('base64url')],
    [{ ...DEFAULT_KID, source: 'CERTIFICATE', digest: 'SHA1' }, digest('sha1', raw).toString('base64url')],
    [{ ...DEFAULT_KID, encoding: 'HEX' }, digest('sha256', PUBLIC_KEY).toString('hex')],
    [{ ...DEFAULT_KID, encoding: 'HEX', hexCase: 'UPPER' }, digest('sha256', PUBLIC_KEY).toString('hex').toUpperCase()],
  ])('is known by %j', async (kid, expected) => {
    expect((await readAssertionKey(settings(BOTH, { kid }))).kid).toBe(expected);
  });

  it.each<[string, () => AssertionKeySettings, string]>([
    ['is not there', () => settings(at('nowhere.p12')), 'ENOENT'],
    ['is a directory', () => settings(mkdirAt('directory')), 'is no file'],
    ['others can read', () => settings(readableByAll()), 'chmod 600'],
    ['has another password', () => settings(at('store.p12'), { password: new SecretText('x') }), 'password'],
    ['has a password that is not given', () => settings(at('store.p12')), 'password'],
    [
      'has no key of that alias',
      () => settings(at('store.p12'), { password: new SecretText(PASSWORD), alias: 'pit' }),
      'holds no key `pit`',
    ],
    ['is no key store', () => settings(written('text', 'a text')), 'cannot be read as PKCS#12'],
    ['is a key store of Java', () => settings(written('jks', Buffer.from('feedfeed00', 'hex'))), 'is a JKS'],
    ['has a certificate alone', () => settings(written('certificate-alone.pem', CERTIFICATE)), 'holds no private key'],
    ['has two keys', () => settings(written('two.pem', KEY + pemOf(rsa()))), 'holds several private keys'],
    ['has half a key', () => settings(written('half.pem', KEY.replace(/\n.{64}/, ''))), 'cannot be read'],
    ['has a short key', () => settings(written('short.pem', pemOf(rsa(1024)))), 'at least 2048 bits'],
    [
      'has a key of another kind',
      () => settings(written('ed.pem', pemOf(generateKeyPairSync('ed25519').privateKey))),
      'neither RSA',
    ],
    [
      'has a certificate of another key, which the kid is to be of',
      () =>
        settings(written('other.pem', CERTIFICATE + pemOf(rsa())), { kid: { ...DEFAULT_KID, source: 'CERTIFICATE' } }),
      'holds no certificate of its key',
    ],
  ])('is refused, by the name of its key in the configuration, in a file that %s', async (_what, given, words) => {
    const error: unknown = await readAssertionKey(given()).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(OperatorError);
    expect(String(error)).toContain(`${NAMED}: ${directory}`);
    expect(String(error)).toContain(words);
    expect(String(error)).not.toContain(PASSWORD);
  });
});

function mkdirAt(name: string): string {
  mkdirSync(at(name));
  return at(name);
}

function readableByAll(): string {
  const path = written('shown.pem', KEY);
  chmodSync(path, 0o644);
  return path;
}
