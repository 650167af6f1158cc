import { generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

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
  const server = createServer((request, response) => {
    const origin = originOf();
    const documents: Record<string, unknown> = {
      '/.well-known/openid-configuration': { issuer: origin, jwks_uri: `${origin}/keys` },
      '/keys': { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'foreign', use: 'sig', alg: 'RS256' }] },
    };
    const found = documents[request.url ?? ''];
    response.writeHead(found === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(found ?? {}));
  });
  const originOf = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: originOf(),
    token: (claims) => {
      const now = Math.floor(Date.now() / 1000);
      return jws(
        { typ: 'JWT', alg: 'RS256', kid: 'foreign' },
        { iss: originOf(), iat: now, exp: now + 300, ...claims },
      );
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function jws(header: object, claims: object): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const input = `${encode(header)}.${encode(claims)}`;
  return `${input}.${sign('sha256', Buffer.from(input), privateKey).toString('base64url')}`;
}
