import { X509Certificate } from 'node:crypto';

/**
 * The client certificate that a proxy hands on, as DER: a byte sequence (RFC 9440 section 2.2), a PEM block that is
 * percent-encoded (nginx's `$ssl_client_escaped_cert`), or bare base64. Undefined where it is none, or more than one.
 */
export function readForwardedCertificate(header: string | readonly string[] | undefined): Uint8Array | undefined {
  if (typeof header !== 'string' || header === '') return undefined;
  try {
    return new X509Certificate(encodedIn(header)).raw;
  } catch {
    // No certificate, in whatever way: nobody has proved anything.
    return undefined;
  }
}

function encodedIn(header: string): string | Uint8Array {
  if (!header.startsWith('-----BEGIN')) {
    const [, base64] = /^:?([A-Za-z\d+/]+={0,2}):?$/.exec(header) ?? [];
    return Buffer.from(base64 ?? '', 'base64');
  }
  const pem = decodeURIComponent(header);
  return pem.split('-----BEGIN').length === 2 ? pem : '';
}
