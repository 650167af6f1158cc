import { hash, X509Certificate } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { text } from 'node:stream/consumers';
import type { CertificateRegistration } from '@stagedoor/issuer';
import { OperatorError } from '../operator-error.ts';

/** A certificate has a few kilobytes; a device has no end. */
const LAST_BYTE = 65_535;

/**
 * The thumbprints of the certificates in these files, one in each. Throws an OperatorError, also for a file with a private key,
 * and for one with a whole chain: whose certificate is meant would be a guess.
 */
export async function registrationOf(files: readonly string[]): Promise<CertificateRegistration> {
  return { thumbprints: await Promise.all(files.map(thumbprintOf)) };
}

async function thumbprintOf(file: string): Promise<string> {
  const content = await contentOf(file);
  const refused = (problem: string) => new OperatorError('CERTIFICATE_FILE_REFUSED', `the file ${file} ${problem}`);
  if (content.includes('PRIVATE KEY-----'))
    throw refused('has a private key: name the file with the certificate alone');
  if (content.split('-----BEGIN').length !== 2)
    throw refused('does not have one certificate in PEM: name one that does');
  try {
    return hash('sha256', new X509Certificate(content).raw, 'base64url');
  } catch {
    throw refused('has a certificate that cannot be read: write it anew, in PEM');
  }
}

async function contentOf(path: string): Promise<string> {
  try {
    return await text(createReadStream(path, { end: LAST_BYTE }));
  } catch (cause) {
    throw new OperatorError(
      'CERTIFICATE_FILE_UNREADABLE',
      `the file ${path} cannot be read: check the path and who may read it`,
      { cause },
    );
  }
}
