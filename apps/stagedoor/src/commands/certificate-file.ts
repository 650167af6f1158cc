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
  return hash('sha256', (await certificateIn(file)).raw, 'base64url');
}

/** The subject of the certificate in this file, as it is registered. Throws an OperatorError. */
export async function subjectIn(file: string): Promise<CertificateRegistration> {
  const { writtenSubjectOf } = await import('@stagedoor/issuer');
  const subject = writtenSubjectOf(await certificateIn(file));
  if (subject.ok) return { subject: subject.value };
  throw new OperatorError(
    'CERTIFICATE_FILE_REFUSED',
    `the file ${file} has a certificate whose subject ${subject.problem}`,
  );
}

/**
 * A subject as somebody typed it. Throws an OperatorError where its order is most likely that of OpenSSL: registered so, no
 * certificate would ever have it, and nothing would say why.
 */
export async function subjectTyped(subject: string): Promise<CertificateRegistration> {
  const { turnedRound } = await import('@stagedoor/issuer');
  const turned = turnedRound(subject);
  if (turned === null) return { subject };
  const order = '--certificate-subject takes the order of RFC 4514, which begins with the name itself';
  const fix = `write ${turned}, or take it from the certificate, as it stands there, with --certificate-subject-of FILE`;
  throw new OperatorError('INVALID_INPUT', `${order}: ${fix}`);
}

async function certificateIn(file: string): Promise<X509Certificate> {
  const content = await contentOf(file);
  const refused = (problem: string) => new OperatorError('CERTIFICATE_FILE_REFUSED', `the file ${file} ${problem}`);
  if (content.includes('PRIVATE KEY-----'))
    throw refused('has a private key: name the file with the certificate alone');
  if (content.split('-----BEGIN').length !== 2)
    throw refused('does not have one certificate in PEM: name one that does');
  try {
    return new X509Certificate(content);
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
