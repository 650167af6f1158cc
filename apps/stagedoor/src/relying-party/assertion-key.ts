import { createHash, createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { Secret, UnusableCredentialsError } from '@stagedoor/client';
import type { CryptoKey } from 'openid-client';
import type { AssertionKeySettings } from '../configuration/index.ts';
import { OperatorError } from '../operator-error.ts';
import { contentOf } from '../tls/read-identity.ts';

/** What signs the assertions by which a provider knows Stagedoor (RFC 7523), and how it finds the public key. */
export type AssertionKey = {
  readonly key: CryptoKey;
  readonly kid: string;
  /** The certificate's thumbprint (RFC 7515 section 4.1.8); null where the file has none. */
  readonly x5tS256: string | null;
};

type Found = { readonly key: KeyObject; readonly certificate: X509Certificate | null };

/** PKCS#12 is DER and begins with a SEQUENCE, which no PEM does. */
const PEM = /-----BEGIN /;
const KEYS = /-----BEGIN ((?:[A-Z]+ )?PRIVATE KEY)-----[^-]+-----END \1-----/g;
const CERTIFICATES = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
const CURVES: ReadonlyMap<string | undefined, string> = new Map([
  ['prime256v1', 'P-256'],
  ['secp384r1', 'P-384'],
  ['secp521r1', 'P-521'],
]);

/**
 * Reads the key from its file. Not checked here: whether the provider knows it.
 *
 * @throws OperatorError with the configuration key that names the file, and what is wrong with the file
 */
export async function readAssertionKey(settings: AssertionKeySettings): Promise<AssertionKey> {
  try {
    const content = contentOf(settings.path, 'owner');
    const text = content[0] === 0x30 ? '' : content.toString('latin1');
    const found = PEM.test(text) ? inPem(settings, text) : await inKeyStore(settings, content);
    return {
      key: signingKey(settings, found.key),
      kid: kidOf(settings, found),
      x5tS256: found.certificate === null ? null : digest('sha256', found.certificate.raw).toString('base64url'),
    };
  } catch (error) {
    if (!(error instanceof OperatorError) && !(error instanceof UnusableCredentialsError)) throw error;
    throw new OperatorError('LOGIN_KEY_REFUSED', `${settings.key}: ${error.message}`, { cause: error });
  }
}

async function inKeyStore(
  { path, password, keyPassword, alias }: AssertionKeySettings,
  content: Buffer,
): Promise<Found> {
  const { readKeystore } = await import('@stagedoor/client/keystore');
  const { key, certificates } = await readKeystore(path, content, {
    password: password === null ? undefined : new Secret(password.reveal()),
    keyPassword: keyPassword === null ? undefined : new Secret(keyPassword.reveal()),
    alias: alias ?? undefined,
  });
  return { key, certificate: certificates[0] };
}

function inPem({ path, password, keyPassword }: AssertionKeySettings, text: string): Found {
  const [pem, another] = text.match(KEYS) ?? [];
  if (pem === undefined) throw unusable(path, 'holds no private key');
  if (another !== undefined) throw unusable(path, 'holds several private keys: keep one');
  const passphrase = (keyPassword ?? password)?.reveal();
  const key = attempt(path, 'holds a private key that cannot be read with the password that is configured', () =>
    createPrivateKey({ key: pem, ...(passphrase === undefined ? {} : { passphrase }) }),
  );
  const certificates = attempt(path, 'holds a certificate that cannot be read', () =>
    (text.match(CERTIFICATES) ?? []).map((one) => new X509Certificate(one)),
  );
  return { key, certificate: certificates.find((one) => one.checkPrivateKey(key)) ?? null };
}

/** RS256, or what belongs to the curve. */
function signingKey({ path }: AssertionKeySettings, key: KeyObject): CryptoKey {
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'rsa' && modulusLength >= 2048)
    return key.toCryptoKey({ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, false, ['sign']);
  const curve = CURVES.get(namedCurve);
  if (key.asymmetricKeyType === 'ec' && curve !== undefined)
    return key.toCryptoKey({ name: 'ECDSA', namedCurve: curve }, false, ['sign']);
  throw unusable(
    path,
    'holds a key that is neither RSA of at least 2048 bits nor of the curves P-256, P-384 and P-521',
  );
}

function kidOf({ path, kid }: AssertionKeySettings, { key, certificate }: Found): string {
  const algorithm = kid.digest === 'SHA1' ? 'sha1' : 'sha256';
  if (kid.source === 'CERTIFICATE' && certificate === null)
    throw unusable(path, 'holds no certificate of its key, of which the kid is to be a digest');
  const source =
    kid.source === 'CERTIFICATE' && certificate !== null
      ? certificate.raw
      : createPublicKey(key).export({ format: 'der', type: 'spki' });
  const bytes = digest(algorithm, source);
  if (kid.encoding === 'BASE64URL') return bytes.toString('base64url');
  const hex = bytes.toString('hex');
  return kid.hexCase === 'UPPER' ? hex.toUpperCase() : hex;
}

function digest(algorithm: 'sha1' | 'sha256', bytes: Uint8Array): Buffer {
  return createHash(algorithm).update(bytes).digest();
}

function attempt<T>(path: string, problem: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw unusable(path, problem, error);
  }
}

function unusable(path: string, problem: string, cause?: unknown): UnusableCredentialsError {
  return new UnusableCredentialsError(`${path} ${problem}`, { cause });
}
