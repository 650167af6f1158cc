import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { UnusableCredentialsError } from '../errors.ts';
import type { Secret } from '../secret.ts';

/** An entry of a keystore: a key, and its certificate followed by those that vouch for it. */
export type KeystoreEntry = {
  readonly key: KeyObject;
  readonly certificates: readonly [X509Certificate, ...X509Certificate[]];
};

export type KeystoreSecrets = {
  readonly password: Secret | undefined;
  /** Of the key, where it has one of its own. */
  readonly keyPassword?: Secret | undefined;
  /** As the Java keytool names it; without one the keystore has to have one key. */
  readonly alias?: string | undefined;
};

const FRIENDLY_NAME = '1.2.840.113549.1.9.20';
const JKS_MAGIC = 0xfeedfeed;

/**
 * Reads PKCS#12 (RFC 7292) as OpenSSL 3 and Java 17 write it. The library is loaded when the first keystore is read.
 *
 * @throws UnusableCredentialsError that names the file: wrong password, another format, no key, several keys and no alias
 */
export async function readKeystore(path: string, content: Buffer, secrets: KeystoreSecrets): Promise<KeystoreEntry> {
  const bags = await bagsIn(path, content, secrets.password?.reveal() ?? '');
  const key = keyAmong(path, bags, secrets.alias);
  const certificates = bags.flatMap(({ certificate }) => (certificate === undefined ? [] : [certificate]));
  const passphrase = (secrets.keyPassword ?? secrets.password)?.reveal() ?? '';
  const opened = openKey(path, key.der, key.encrypted ? { passphrase } : {});
  const own = certificates.find((certificate) => certificate.checkPrivateKey(opened));
  if (own === undefined) throw unusable(path, 'has no certificate for its key');
  return { key: opened, certificates: [own, ...chainFrom(own, certificates)] };
}

/** The certificates of a truststore, in PEM. @throws UnusableCredentialsError that names the file */
export async function readTruststore(path: string, content: Buffer, password: Secret | undefined): Promise<string> {
  const bags = await bagsIn(path, content, password?.reveal() ?? '');
  const certificates = bags.flatMap(({ certificate }) => (certificate === undefined ? [] : [certificate]));
  if (certificates.length === 0) throw unusable(path, 'holds no certificate');
  return certificates.map(String).join('');
}

type Bag = {
  readonly name: string | undefined;
  readonly key?: { readonly der: Buffer; readonly encrypted: boolean };
  readonly certificate?: X509Certificate;
};

async function bagsIn(path: string, content: Buffer, password: string): Promise<readonly Bag[]> {
  if (content.length > 4 && content.readUInt32BE(0) === JKS_MAGIC)
    throw unusable(path, 'is a JKS: convert it with keytool -importkeystore -deststoretype pkcs12');
  const pkijs = await import('pkijs');
  try {
    const pfx = pkijs.PFX.fromBER(bytesOf(content));
    const asBytes = bytesOf(Buffer.from(password));
    await pfx.parseInternalValues({ password: asBytes, checkIntegrity: true });
    const safe = pfx.parsedValue?.authenticatedSafe;
    if (safe === undefined) throw new Error('no authenticated safe');
    await safe.parseInternalValues({ safeContents: safe.safeContents.map(() => ({ password: asBytes })) });
    const contents: readonly { value: InstanceType<typeof pkijs.SafeContents> }[] = safe.parsedValue.safeContents;
    return contents.flatMap(({ value }) => value.safeBags.map((bag) => bagOf(pkijs, bag)));
  } catch (error) {
    throw unusable(path, 'cannot be read as PKCS#12 with the password that was given', error);
  }
}

function bagOf(pkijs: typeof import('pkijs'), bag: InstanceType<typeof import('pkijs').SafeBag>): Bag {
  const attributes = bag.bagAttributes ?? [];
  const name: unknown = attributes.find(({ type }) => type === FRIENDLY_NAME)?.values[0]?.valueBlock?.value;
  const tags = { name: typeof name === 'string' ? name : undefined };
  const value = bag.bagValue;
  const der = (): Buffer => Buffer.from(value.toSchema().toBER(false));
  if (value instanceof pkijs.PKCS8ShroudedKeyBag) return { ...tags, key: { der: der(), encrypted: true } };
  if (value instanceof pkijs.PrivateKeyInfo) return { ...tags, key: { der: der(), encrypted: false } };
  if (!(value instanceof pkijs.CertBag) || !(value.parsedValue instanceof pkijs.Certificate)) return tags;
  return { ...tags, certificate: new X509Certificate(Buffer.from(value.parsedValue.toSchema(true).toBER(false))) };
}

function keyAmong(path: string, bags: readonly Bag[], alias: string | undefined) {
  const keys = bags.flatMap(({ name, key }) => (key === undefined ? [] : [{ name, key }]));
  // The keytool tells no letter from its capital.
  const wanted = alias?.toLowerCase();
  const found = wanted === undefined ? keys : keys.filter(({ name }) => name?.toLowerCase() === wanted);
  const names = keys.map(({ name }) => name ?? 'without a name').join(', ');
  const [first, second] = found;
  if (first === undefined)
    throw unusable(path, wanted === undefined ? 'holds no key' : `holds no key \`${alias}\`: ${names}`);
  if (second !== undefined) throw unusable(path, `holds several keys (${names}): name the alias of one`);
  return first.key;
}

function openKey(path: string, der: Buffer, passphrase: { passphrase?: string }): KeyObject {
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8', ...passphrase });
  } catch (error) {
    throw unusable(path, 'holds a key that cannot be read with the password that was given', error);
  }
}

function chainFrom(own: X509Certificate, among: readonly X509Certificate[]): X509Certificate[] {
  const chain: X509Certificate[] = [];
  for (let last = own; chain.length < among.length; ) {
    const issuer = among.find((one) => one !== own && !chain.includes(one) && last.checkIssued(one));
    if (issuer === undefined) break;
    chain.push(issuer);
    last = issuer;
  }
  return chain;
}

function bytesOf(buffer: Buffer): ArrayBuffer {
  return new Uint8Array(buffer).buffer;
}

function unusable(path: string, what: string, cause?: unknown): UnusableCredentialsError {
  return new UnusableCredentialsError(`${path} ${what}`, { cause });
}
