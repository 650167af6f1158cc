import { createPrivateKey, generateKeyPair as generateKeyPairWithCallback } from 'node:crypto';
import { promisify } from 'node:util';
import { calculateJwkThumbprint } from 'jose/jwk/thumbprint';
import { type PublicJwk, publicMembers, readKey, type VerificationKey } from './key-set.ts';
import { type Sign, signWith } from './sign-compact.ts';
import { KeyStoreError, type PrivateJwk, type SigningAlgorithm, type StoredKey } from './stored-key.ts';

/** Makes a private key. A port, because RSA takes its time. */
export type GenerateKey = (algorithm: SigningAlgorithm) => Promise<PrivateJwk>;

export type PublishedKey = PublicJwk & { readonly kid: string; readonly use: 'sig'; readonly alg: SigningAlgorithm };

/** A stored key that is ready to sign and to be published. Never handed out of this package. */
export type OpenKey = {
  readonly stored: StoredKey;
  readonly signsFrom: number;
  readonly sign: Sign;
  readonly published: PublishedKey;
  readonly verification: VerificationKey;
};

/** Gives a new key its name, the RFC 7638 thumbprint. It is kept nowhere yet. */
export async function nameKey(key: Omit<StoredKey, 'kid'>): Promise<OpenKey> {
  return openKey({ kid: await thumbprintOf(key.privateKey), ...key });
}

/** Rejects with `KeyStoreError` where the key is not the one that its name says. */
export async function openKey(stored: StoredKey): Promise<OpenKey> {
  const { kid, algorithm, privateKey, signsFrom } = stored;
  if ((await thumbprintOf(privateKey)) !== kid) throw unusable(kid);
  const members = publicMembers(privateKey);
  const verification = await readKey({ ...members, kid, alg: algorithm, use: 'sig' });
  if (members === null || verification === null) throw unusable(kid);
  return {
    stored,
    signsFrom,
    verification,
    sign: importPrivateKey(stored),
    published: { ...members, kid, use: 'sig', alg: algorithm },
  };
}

function importPrivateKey({ kid, algorithm, privateKey }: StoredKey): Sign {
  try {
    return signWith(createPrivateKey({ key: privateKey, format: 'jwk' }), algorithm);
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
