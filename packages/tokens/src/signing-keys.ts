import { createPrivateKey, generateKeyPair as generateKeyPairWithCallback, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { Clock } from '@stagedoor/access';
import { calculateJwkThumbprint } from 'jose/jwk/thumbprint';
import { CompactSign } from 'jose/jws/compact/sign';
import { KeySet, type PublicJwk, publicMembers, readKey, type VerificationKey } from './key-set.ts';
import { type KeyStore, KeyStoreError, type PrivateJwk, type SigningAlgorithm, type StoredKey } from './stored-key.ts';

/** Makes a private key. A port, because RSA takes its time. */
export type GenerateKey = (algorithm: SigningAlgorithm) => Promise<PrivateJwk>;

export type PublishedKey = PublicJwk & { readonly kid: string; readonly use: 'sig'; readonly alg: SigningAlgorithm };

export type SigningKeys = {
  readonly algorithm: SigningAlgorithm;
  /** Grows when the published keys change. */
  readonly epoch: number;
  readonly published: KeySet;
  /** Signs the claims as they are (RFC 9068 section 2.1 wants the type). Not checked here: what they claim. */
  sign(claims: Readonly<Record<string, unknown>>, typ: 'at+jwt'): Promise<string>;
  /** The JWK set to publish: public members only. */
  jwks(): { readonly keys: readonly PublishedKey[] };
};

export type OpenSigningKeys = {
  readonly store: KeyStore;
  readonly clock: Clock;
  /** Default RS256, which every verifier knows. */
  readonly algorithm?: SigningAlgorithm;
  readonly generate?: GenerateKey;
};

type OpenKey = {
  readonly stored: StoredKey;
  readonly key: KeyObject;
  readonly published: PublishedKey;
  readonly verification: VerificationKey;
};

/**
 * Opens the signing keys of the embedded issuer; the first start makes one and keeps it. Signs with the newest key of the
 * algorithm, and publishes all of them, so that what was signed before goes on being verified. Rejects with `KeyStoreError`.
 */
export async function openSigningKeys({
  store,
  clock,
  algorithm = 'RS256',
  generate = generatePrivateKey,
}: OpenSigningKeys): Promise<SigningKeys> {
  const stored = await store.load();
  const opened = await Promise.all(stored.map(openKey));
  const ours = opened.filter((key) => key.stored.algorithm === algorithm);
  if (ours.length > 0) return signingKeys(algorithm, opened);
  const made = await makeKey(algorithm, await generate(algorithm), clock.now());
  await store.save([...stored, made.stored]);
  return signingKeys(algorithm, [...opened, made]);
}

function signingKeys(algorithm: SigningAlgorithm, keys: readonly OpenKey[]): SigningKeys {
  const newestFirst = keys.toSorted((one, other) => other.stored.created - one.stored.created);
  const current = newestFirst.find((key) => key.stored.algorithm === algorithm);
  if (current === undefined) throw new TypeError('no signing key was opened');
  const header = { alg: algorithm, kid: current.stored.kid };
  const encoder = new TextEncoder();
  const jwks = { keys: newestFirst.map((key) => key.published) };
  return {
    algorithm,
    epoch: 1,
    published: new KeySet(newestFirst.map((key) => key.verification)),
    sign: (claims, typ) =>
      new CompactSign(encoder.encode(JSON.stringify(claims))).setProtectedHeader({ ...header, typ }).sign(current.key),
    jwks: () => jwks,
  };
}

async function makeKey(algorithm: SigningAlgorithm, privateKey: PrivateJwk, created: number): Promise<OpenKey> {
  return openKey({ kid: await thumbprintOf(privateKey), algorithm, created, privateKey });
}

async function openKey(stored: StoredKey): Promise<OpenKey> {
  const { kid, algorithm, privateKey } = stored;
  if ((await thumbprintOf(privateKey)) !== kid) throw unusable(kid);
  const members = publicMembers(privateKey);
  const verification = await readKey({ ...members, kid, alg: algorithm, use: 'sig' });
  if (members === null || verification === null) throw unusable(kid);
  return {
    stored,
    verification,
    key: importPrivateKey(kid, privateKey),
    published: { ...members, kid, use: 'sig', alg: algorithm },
  };
}

function importPrivateKey(kid: string, privateKey: PrivateJwk): KeyObject {
  try {
    return createPrivateKey({ key: privateKey, format: 'jwk' });
  } catch {
    // The cause is not kept: it may describe the key.
    throw unusable(kid);
  }
}

function unusable(kid: string): KeyStoreError {
  return new KeyStoreError(
    'KEY_STORE_CORRUPT',
    `the signing key ${JSON.stringify(kid)} cannot be used: it is not the key that was stored under this name`,
  );
}

async function thumbprintOf(privateKey: PrivateJwk): Promise<string> {
  const members = publicMembers(privateKey);
  return members === null ? '' : calculateJwkThumbprint(members);
}

const generateKeyPair = promisify(generateKeyPairWithCallback);

/** A new private key, made off the main thread. */
export const generatePrivateKey: GenerateKey = async (algorithm) => {
  const pair =
    algorithm === 'RS256'
      ? await generateKeyPair('rsa', { modulusLength: 2048 })
      : algorithm === 'ES256'
        ? await generateKeyPair('ec', { namedCurve: 'P-256' })
        : await generateKeyPair('ed25519');
  return { ...pair.privateKey.export({ format: 'jwk' }) };
};
