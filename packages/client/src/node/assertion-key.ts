import { createHash, type KeyObject, type X509Certificate } from 'node:crypto';
import type { AssertionKey, AssertionKeySource } from '../client-assertion.ts';
import { UnusableCredentialsError } from '../errors.ts';
import { type Complain, KeptFiles } from './kept-files.ts';
import { type KeystoreSecrets, readKeystore } from './keystore.ts';

/** The key of a keystore that signs client assertions, with its certificate's thumbprints as the Java client sends them. */
export function assertionKeyIn(keystore: string, secrets: KeystoreSecrets, complain: Complain): AssertionKeySource {
  const files = new KeptFiles<AssertionKey>(
    [keystore],
    async ([content = Buffer.alloc(0)]) => {
      const { key, certificates } = await readKeystore(keystore, content, secrets);
      return { ...signerOf(keystore, key), known: thumbprintsOf(certificates[0]) };
    },
    complain,
  );
  return { read: (anew) => files.current(anew) };
}

function signerOf(path: string, key: KeyObject): Pick<AssertionKey, 'privateKey' | 'algorithm'> {
  const named = key.asymmetricKeyDetails?.namedCurve;
  if (key.asymmetricKeyType === 'rsa') {
    const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
    return { privateKey: key.toCryptoKey(algorithm, false, ['sign']), algorithm: 'RS256' };
  }
  if (key.asymmetricKeyType === 'ec' && named === 'prime256v1') {
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
    return { privateKey: key.toCryptoKey(algorithm, false, ['sign']), algorithm: 'ES256' };
  }
  if (key.asymmetricKeyType === 'ed25519')
    return { privateKey: key.toCryptoKey({ name: 'Ed25519' }, false, ['sign']), algorithm: 'EdDSA' };
  throw new UnusableCredentialsError(`${path} holds a key that signs neither RS256 nor ES256 nor EdDSA`);
}

function thumbprintsOf({ raw }: X509Certificate): AssertionKey['known'] {
  return {
    x5t: createHash('sha1').update(raw).digest('base64url'),
    'x5t#S256': createHash('sha256').update(raw).digest('base64url'),
  };
}
