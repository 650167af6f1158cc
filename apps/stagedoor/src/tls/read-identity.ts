import { createPrivateKey, X509Certificate } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import type { TlsIdentity } from '@stagedoor/gateway';
import type { TlsSettings } from '../configuration/index.ts';
import { OperatorError } from '../operator-error.ts';
import { shellQuote } from '../shell-quote.ts';

/** Larger than any bundle of CAs that people use. */
const MAX_BYTES = 4_194_304;

/**
 * Reads the files of one listener and checks that they hold what they should: a certificate that is valid by its dates, its
 * key, CAs. Everything wrong is said at once, a sentence each, in one OperatorError. Not checked: the certificate's names.
 */
export function readIdentity({ material, trustCertificate }: TlsSettings, now: number): TlsIdentity {
  const problems: string[] = [];
  const attempt = <T>(read: () => T): T | null => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof OperatorError)) throw error;
      problems.push(error.message);
      return null;
    }
  };
  const shown = material.kind === 'pem' ? pem(material, now, attempt) : attempt(() => pkcs12(material, now));
  const ca = trustCertificate === null ? [] : attempt(() => authorities(trustCertificate));
  if (shown === null || ca === null) throw refused(problems.join('\n'));
  return { ...shown, ca };
}

/** The files of these settings, to be watched. */
export function filesOf({ material, trustCertificate }: TlsSettings): readonly string[] {
  const own = material.kind === 'pem' ? [material.certificate, material.privateKey] : [material.keyStore];
  return trustCertificate === null ? own : [...own, trustCertificate];
}

type Attempt = <T>(read: () => T) => T | null;
type Material<K> = Extract<TlsSettings['material'], { readonly kind: K }>;

function pem(
  { certificate, privateKey }: Material<'pem'>,
  now: number,
  attempt: Attempt,
): Omit<TlsIdentity, 'ca'> | null {
  const cert = attempt(() => serverCertificate(certificate, now));
  const key = attempt(() => keyFile(privateKey));
  if (cert === null || key === null) return null;
  const matching = attempt(() => {
    if (!cert.first.checkPrivateKey(key.key))
      throw refused(`${privateKey} is not the private key of the certificate in ${certificate}: name the one that is`);
    return true;
  });
  return matching === null ? null : { cert: cert.text, key: key.text };
}

function serverCertificate(path: string, now: number): { text: string; first: X509Certificate } {
  const text = contentOf(path, 'anybody').toString('utf8');
  const [first] = certificatesIn(path, text);
  checkDates(path, first, now);
  return { text, first };
}

function checkDates(path: string, first: X509Certificate, now: number): void {
  if (now >= first.validToDate.getTime())
    throw refused(`the certificate in ${path} has expired (${first.validTo}): renew it`);
  if (now < first.validFromDate.getTime())
    throw refused(
      `the certificate in ${path} is not valid before ${first.validFrom}: look at the clock of this machine`,
    );
}

function keyFile(path: string) {
  const text = contentOf(path, 'owner').toString('utf8');
  try {
    return { text, key: createPrivateKey(text) };
  } catch (error) {
    throw refused(`${path} holds no private key in PEM that can be read without a password: convert it`, error);
  }
}

function pkcs12({ keyStore, password }: Material<'pkcs12'>, now: number): Omit<TlsIdentity, 'ca'> {
  const pfx = contentOf(keyStore, 'owner');
  const passphrase = password?.reveal() ?? '';
  const certificate = certificateOf(keyStore, { pfx, passphrase });
  if (certificate === undefined) throw refused(`${keyStore} holds no certificate: put the server's own into it`);
  checkDates(keyStore, certificate, now);
  return { pfx, passphrase };
}

/** Node reads PKCS#12 for connections alone: the certificate is the one that a connection would show. */
function certificateOf(keyStore: string, identity: Omit<TlsIdentity, 'ca'>): X509Certificate | undefined {
  const tls = process.getBuiltinModule('node:tls');
  const { Socket } = process.getBuiltinModule('node:net');
  try {
    const secureContext = tls.createSecureContext(identity);
    const connection = new tls.TLSSocket(new Socket(), { isServer: true, secureContext });
    try {
      return connection.getX509Certificate();
    } finally {
      connection.destroy();
    }
  } catch (error) {
    throw refused(
      `${keyStore} cannot be read as PKCS#12 with the password that is configured: mend the password, or convert the file (a JKS too)`,
      error,
    );
  }
}

function authorities(path: string): readonly string[] {
  const text = contentOf(path, 'anybody').toString('utf8');
  for (const certificate of certificatesIn(path, text))
    if (!certificate.ca)
      throw refused(
        `${path} holds a certificate that is of no CA: keep those of the CAs that sign client certificates`,
      );
  return [text];
}

const CERTIFICATE = /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[^-]+-----END (?:TRUSTED )?CERTIFICATE-----/g;

function certificatesIn(path: string, text: string): readonly [X509Certificate, ...X509Certificate[]] {
  try {
    const [first, ...others] = (text.match(CERTIFICATE) ?? []).map((one) => new X509Certificate(one));
    if (first) return [first, ...others];
  } catch (error) {
    throw refused(`${path} holds a certificate that cannot be read: write it anew, in PEM`, error);
  }
  throw refused(`${path} holds no certificate in PEM: name a file that does`);
}

/** The content of a file, and whether others can read it, of one and the same file. */
export function contentOf(path: string, readers: 'owner' | 'anybody'): Buffer {
  let file: number;
  try {
    // A pipe would keep the start waiting for its other end.
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    throw refused(`${path} cannot be read (${codeOf(error)}): name a file that this user can read`, error);
  }
  try {
    const found = fstatSync(file);
    if (!found.isFile() || found.size > MAX_BYTES) throw refused(`${path} is no file of at most ${MAX_BYTES} bytes`);
    if (readers === 'owner' && process.platform !== 'win32' && isExposed(found, process.getuid?.()))
      throw refused(`${path} holds a private key that other users can read: run chmod 600 ${shellQuote(path)}`);
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

/**
 * Whether others than those who should can read or write a file of ours. One of root's may be read by a group: what Kubernetes
 * mounts for a program that is not root has to be, and root chose the group.
 */
export function isExposed({ uid, mode }: { readonly uid: number; readonly mode: number }, own?: number): boolean {
  const others = uid === 0 && own !== 0 ? 0o037 : 0o077;
  return (mode & others) !== 0;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN';
}

function refused(message: string, cause?: unknown): OperatorError {
  return new OperatorError('TLS_REFUSED', message, { cause });
}
