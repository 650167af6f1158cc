import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { TlsSettings } from '../configuration/index.ts';

/** A certificate has a few kilobytes. */
const MAX_BYTES = 65_536;

/**
 * The file that a client has to be told of to trust a listener: `ca.pem` beside its certificate, where `stagedoor ca` leaves it, if
 * that CA signed it; or the certificate itself, if that did. Null where neither is so: the CA is one that clients trust anyway, or
 * one that only its owner knows. An absolute path.
 */
export function authorityFile({ material }: TlsSettings): string | null {
  if (material.kind !== 'pem') return null;
  const own = resolve(material.certificate);
  const certificate = readCertificate(own);
  if (certificate === null) return null;
  const beside = join(dirname(own), 'ca.pem');
  return [beside, own].find((path) => signed(certificate, readCertificate(path))) ?? null;
}

function signed(certificate: X509Certificate, authority: X509Certificate | null): boolean {
  return authority !== null && certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
}

function readCertificate(path: string): X509Certificate | null {
  try {
    const found = statSync(path);
    return found.isFile() && found.size <= MAX_BYTES ? new X509Certificate(readFileSync(path)) : null;
  } catch {
    // It is not there, or is something else: then there is nothing to tell.
    return null;
  }
}
