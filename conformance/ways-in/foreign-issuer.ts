import { generateKeyPairSync, sign, type X509Certificate } from 'node:crypto';
import { serveDocuments } from '../program/serve-documents.ts';

/** Somebody else's issuer, with discovery and one RSA key, on a port of its own. */
export type ForeignIssuer = {
  /** Its identifier. */
  readonly origin: string;
  /** An access token (RS256) of five minutes with these claims beside `iss`, `iat` and `exp`. */
  token(claims: Readonly<Record<string, unknown>>): string;
  close(): Promise<void>;
};

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

export async function openForeignIssuer(): Promise<ForeignIssuer> {
  const { origin, close } = await serveDocuments((issuer) => ({
    '/.well-known/openid-configuration': { issuer, jwks_uri: `${issuer}/keys` },
    '/keys': { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'foreign', use: 'sig', alg: 'RS256' }] },
  }));
  return {
    origin,
    token: (claims) => {
      const now = Math.floor(Date.now() / 1000);
      return jws({ typ: 'JWT', alg: 'RS256', kid: 'foreign' }, { iss: origin, iat: now, exp: now + 300, ...claims });
    },
    close,
  };
}

/** What a token says that is bound to this certificate (RFC 8705 section 3.1). */
export function confirming({ fingerprint256 }: X509Certificate): object {
  return { 'x5t#S256': Buffer.from(fingerprint256.replaceAll(':', ''), 'hex').toString('base64url') };
}

function jws(header: object, claims: object): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const input = `${encode(header)}.${encode(claims)}`;
  return `${input}.${sign('sha256', Buffer.from(input), privateKey).toString('base64url')}`;
}
