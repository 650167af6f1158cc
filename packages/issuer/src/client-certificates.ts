import type { Parsed } from '@stagedoor/access';
import { parseSubject } from './certificate-subject.ts';
import type { ClientAuthentication } from './registered-client.ts';

/**
 * What a client is known by that has a certificate in the place of a secret: the SHA-256 thumbprints of its certificates (as
 * `x5t#S256`, RFC 8705 section 2.2), or the subject of those that a trusted CA gives it (section 2.1).
 */
export type CertificateRegistration = { readonly thumbprints: readonly string[] } | { readonly subject: string };

type ByCertificate = Extract<ClientAuthentication, { kind: 'certificate' | 'certificate-subject' }>;

const THUMBPRINT = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;
/** One that is used, one that comes after it, and some more. */
const MAX_CERTIFICATES = 8;

/** `problem` is a sentence without its end. */
export function checkRegistration(registration: CertificateRegistration): Parsed<ByCertificate> {
  if ('subject' in registration) {
    const { subject } = registration;
    const parsed = parseSubject(subject);
    return parsed.ok
      ? { ok: true, value: { kind: 'certificate-subject', subject } }
      : { ok: false, problem: `the subject ${parsed.problem}` };
  }
  const thumbprints = [...new Set(registration.thumbprints)];
  if (thumbprints.length === 0 || thumbprints.length > MAX_CERTIFICATES)
    return { ok: false, problem: `the client needs 1 to ${MAX_CERTIFICATES} certificates` };
  if (!thumbprints.every((thumbprint) => THUMBPRINT.test(thumbprint)))
    return { ok: false, problem: 'a thumbprint is not the SHA-256 of a certificate in base64url' };
  return { ok: true, value: { kind: 'certificate', thumbprints } };
}

export function writeRegistration(by: ByCertificate): string {
  return JSON.stringify(by.kind === 'certificate' ? { thumbprints: by.thumbprints } : { subject: by.subject });
}

/** Throws where the records are damaged: with no certificate it would look like a client that has a secret. */
export function readRegistration(json: string): ByCertificate {
  const checked = checkRegistration(registrationIn(JSON.parse(json)));
  if (!checked.ok) throw new TypeError(`the certificates of a client cannot be read: ${checked.problem}`);
  return checked.value;
}

function registrationIn(value: unknown): CertificateRegistration {
  if (typeof value === 'object' && value !== null) {
    if ('subject' in value && typeof value.subject === 'string') return { subject: value.subject };
    if ('thumbprints' in value && Array.isArray(value.thumbprints))
      return { thumbprints: value.thumbprints.filter((item) => typeof item === 'string') };
  }
  return { thumbprints: [] };
}
