import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import type { SecureContextOptions } from 'node:tls';
import { UnusableCredentialsError } from '../errors.ts';
import type { Secret } from '../secret.ts';
import { readKeystore } from './keystore.ts';

/** Where the certificate of a client and its key are. */
export type CertificateFiles =
  | { readonly kind: 'pem'; readonly certificate: string; readonly key: string; readonly passphrase?: Secret }
  | { readonly kind: 'pkcs12'; readonly keystore: string; readonly password?: Secret };

/** A certificate as a connection shows it. */
export type ClientCertificate = {
  readonly options: Pick<SecureContextOptions, 'cert' | 'key' | 'passphrase'>;
  /** `x5t#S256` of RFC 8705 section 3.1. */
  readonly thumbprint: string;
};

export function pathsOf(files: CertificateFiles): readonly string[] {
  return files.kind === 'pem' ? [files.certificate, files.key] : [files.keystore];
}

/** @throws UnusableCredentialsError that names the file: what is not whole is never left out */
export async function readCertificate(
  files: CertificateFiles,
  contents: readonly Buffer[],
): Promise<ClientCertificate> {
  const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = contents;
  if (files.kind === 'pkcs12') {
    const { certificates, key } = await readKeystore(files.keystore, first, { password: files.password });
    return shown(certificates[0], {
      cert: certificates.map(String).join(''),
      key: key.export({ type: 'pkcs8', format: 'pem' }),
    });
  }
  const certificate = leafIn(files.certificate, first.toString());
  const passphrase = files.passphrase?.reveal();
  const withPassphrase = passphrase === undefined ? {} : { passphrase };
  if (!certificate.checkPrivateKey(keyIn(files.key, second, withPassphrase)))
    throw new UnusableCredentialsError(`${files.key} is not the key of the certificate in ${files.certificate}`);
  return shown(certificate, { cert: first, key: second, ...withPassphrase });
}

/** CAs in PEM. */
export function readAuthorities(path: string, content: Buffer): string {
  const text = content.toString();
  leafIn(path, text);
  return text;
}

function shown(certificate: X509Certificate, options: ClientCertificate['options']): ClientCertificate {
  return { options, thumbprint: createHash('sha256').update(certificate.raw).digest('base64url') };
}

function leafIn(path: string, text: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch (error) {
    throw new UnusableCredentialsError(`${path} holds no certificate in PEM`, { cause: error });
  }
}

function keyIn(path: string, content: Buffer, passphrase: { passphrase?: string }) {
  try {
    return createPrivateKey({ key: content, ...passphrase });
  } catch (error) {
    const how = 'passphrase' in passphrase ? 'with the passphrase that was given' : 'without a passphrase';
    throw new UnusableCredentialsError(`${path} holds no private key in PEM that can be read ${how}`, { cause: error });
  }
}
