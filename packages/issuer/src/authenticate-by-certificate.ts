import { hash, X509Certificate } from 'node:crypto';
import { assertNever, type Clock } from '@stagedoor/access';
import { type ClientVerdict, type TokenCaller, whyRefused } from './authenticate-client.ts';
import { parseSubject, subjectOf } from './certificate-subject.ts';
import type { ClientRegistry } from './client-registry.ts';
import type { FailedAttempts } from './failed-attempts.ts';
import type { PresentedCertificate } from './presented-certificate.ts';
import type { ClientAuthentication } from './registered-client.ts';

/** RFC 5280 section 4.2.1.12. */
const CLIENT_AUTHENTICATION = '1.3.6.1.5.5.7.3.2';

export type PresentedIdentity = { readonly clientId: string; readonly certificate: PresentedCertificate };

/**
 * `tls_client_auth` and `self_signed_tls_client_auth` (RFC 8705 section 2): the certificate of the connection, and nothing else.
 * One that is registered itself needs no CA; one that is known by its subject needs a chain to a trusted CA and has to be meant
 * for clients, or everybody could write that subject into his own. Each is limited as wrong secrets are.
 */
export class CertificateAuthenticator {
  readonly #registry: ClientRegistry;
  readonly #clock: Clock;
  readonly #failed: FailedAttempts;

  constructor(parts: {
    readonly registry: ClientRegistry;
    readonly clock: Clock;
    readonly failed: FailedAttempts;
  }) {
    this.#registry = parts.registry;
    this.#clock = parts.clock;
    this.#failed = parts.failed;
  }

  authenticate({ clientId, certificate }: PresentedIdentity, caller: TokenCaller): ClientVerdict {
    const client = this.#registry.find(clientId)?.client;
    const wrong = client === undefined ? null : whatIsWrong(client.authentication, certificate, this.#clock.now());
    if (client !== undefined && this.#registry.isRegistered(client.clientId) && wrong === null)
      return { kind: 'authenticated', client };
    const retryAfterSeconds = this.#failed.begin(caller.address, clientId);
    if (retryAfterSeconds > 0) return { kind: 'limited', retryAfterSeconds };
    return { kind: 'refused', why: whyRefused(this.#registry, client, 'certificate', wrong ?? '') };
  }
}

/** Completes "the client …"; null where the certificate is the client's. */
function whatIsWrong(
  authentication: ClientAuthentication,
  { der, trusted }: PresentedCertificate,
  now: number,
): string | null {
  switch (authentication.kind) {
    case 'secret':
    case 'keys':
    case 'none':
      return 'shows a certificate, and is not registered with one';
    case 'certificate':
      // Thumbprints are public: they are compared in no constant time.
      if (!authentication.thumbprints.includes(hash('sha256', der, 'base64url')))
        return 'shows another certificate than its own';
      return isInTime(new X509Certificate(der), now) ? null : 'shows a certificate that is not valid at this time';
    case 'certificate-subject':
      return trusted
        ? wrongForSubject(authentication.subject, new X509Certificate(der), now)
        : 'shows a certificate whose chain leads to no CA that is trusted here';
    default:
      return assertNever(authentication);
  }
}

function wrongForSubject(subject: string, certificate: X509Certificate, now: number): string | null {
  if (!isInTime(certificate, now)) return 'shows a certificate that is not valid at this time';
  if (!isForClients(certificate)) return 'shows a certificate that is not meant for clients';
  const registered = parseSubject(subject);
  const isItsOwn = registered.ok && subjectOf(certificate) === registered.value;
  return isItsOwn ? null : 'shows a certificate with another subject';
}

/** A certificate without the extension is for whatever anybody likes: its CA did not mean it for clients. */
function isForClients({ keyUsage, ca }: X509Certificate): boolean {
  return !ca && keyUsage !== undefined && keyUsage.includes(CLIENT_AUTHENTICATION);
}

function isInTime({ validFromDate, validToDate }: X509Certificate, now: number): boolean {
  return validFromDate.getTime() <= now && now < validToDate.getTime();
}
