import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import type { SecureContextOptions } from 'node:tls';
import { UnusableCredentialsError } from '../errors.ts';
import type { Secret } from '../secret.ts';
import { type KeystoreSecrets, readKeystore } from './keystore.ts';

/** Where the certificate of a client and its key are. */
export type CertificateFiles =
  | {
      readonly kind: 'pem';
      readonly certificate: string;
      readonly key: string;
      readonly passphrase?: Secret | undefined;
    }
  | { readonly kind: 'pkcs12'; readonly keystore: string; readonly secrets: KeystoreSecrets }
  /** Not in files: in PEM, as a variable may hold them. */
  | {
      readonly kind: 'text';
      readonly certificate: string;
      readonly key: Secret;
      readonly passphrase?: Secret | undefined;
    };

/** A certificate as a connection shows it. */
export type ClientCertificate = {
  readonly options: Pick<SecureContextOptions, 'cert' | 'key' | 'passphrase'>;
  /** `x5t#S256` of RFC 8705 section 3.1. */
  readonly thumbprint: string;
};

export function pathsOf(files: CertificateFiles): readonly string[] {
  switch (files.kind) {
    case 'pem':
      return [files.certificate, files.key];
    case 'pkcs12':
      return [files.keystore];
    case 'text':
      return [];
  }
}

/** @throws UnusableCredentialsError that names the file: what is not whole is never left out */
export async function readCertificate(
  files: CertificateFiles,
  [first = Buffer.alloc(0), second = Buffer.alloc(0)]: readonly Buffer[],
): Promise<ClientCertificate> {
  switch (files.kind) {
    case 'pem':
      return pair({ name: files.certificate, pem: first }, { name: files.key, pem: second }, files.passphrase);
    case 'text': {
      const certificate = { name: 'the certificate that was given', pem: Buffer.from(files.certificate) };
      const key = { name: 'the key that was given', pem: Buffer.from(files.key.reveal()) };
      return pair(certificate, key, files.passphrase);
    }
    case 'pkcs12': {
      const { certificates, key } = await readKeystore(files.keystore, first, files.secrets);
      const cert = certificates.map(String).join('');
      return shown(certificates[0], { cert, key: key.export({ type: 'pkcs8', format: 'pem' }) });
    }
  }
}

type Named = { readonly name: string; readonly pem: Buffer };

function pair(certificate: Named, key: Named, passphrase: Secret | undefined): ClientCertificate {
  const leaf = firstCertificate(certificate.name, certificate.pem.toString());
  const opened = passphrase === undefined ? {} : { passphrase: passphrase.reveal() };
  if (!leaf.checkPrivateKey(keyIn(key, opened)))
    throw new UnusableCredentialsError(`${key.name} is not the key of the certificate in ${certificate.name}`);
  return shown(leaf, { cert: certificate.pem, key: key.pem, ...opened });
}

function shown(certificate: X509Certificate, options: ClientCertificate['options']): ClientCertificate {
  return { options, thumbprint: createHash('sha256').update(certificate.raw).digest('base64url') };
}

/** @throws UnusableCredentialsError where the text begins with none */
export function firstCertificate(path: string, text: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch (error) {
    throw new UnusableCredentialsError(`${path} holds no certificate in PEM`, { cause: error });
  }
}

function keyIn({ name, pem }: Named, passphrase: { passphrase?: string }) {
  try {
    return createPrivateKey({ key: pem, ...passphrase });
  } catch (error) {
    const how = 'passphrase' in passphrase ? 'with the passphrase that was given' : 'without a passphrase';
    throw new UnusableCredentialsError(`${name} holds no private key in PEM that can be read ${how}`, { cause: error });
  }
}
