import type { IssuerOptions } from '@stagedoor/issuer';
import type { Configuration } from '../configuration/index.ts';

/**
 * What connections to the issuer may have. Whoever ends TLS in front of it proves possession alone: whose CAs he trusts is not
 * known here.
 */
export function clientCertificatesOf({
  issuer,
  forwarding,
}: Configuration): NonNullable<IssuerOptions['clientCertificates']> {
  const tls = issuer?.listen.tls ?? null;
  if (tls !== null && tls.clientAuth !== 'none') return tls.trustCertificate === null ? 'possessed' : 'trusted';
  return forwarding === null || forwarding.certificateHeader === null ? 'none' : 'possessed';
}
