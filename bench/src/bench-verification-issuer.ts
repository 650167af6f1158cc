import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Algorithm = 'RS256' | 'ES256';

export const AUDIENCE = 'stage';

export type Issuer = {
  readonly origin: string;
  readonly algorithm: Algorithm;
  readonly publicPem: string;
  /** So many access tokens of an hour, no two alike. */
  tokens(count: number): readonly string[];
  close(): void;
};

/** Somebody else's issuer: discovery and one key, on a port of its own in this process. */
export async function openIssuer(algorithm: Algorithm): Promise<Issuer> {
  const { privateKey, publicKey } =
    algorithm === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keys = [{ ...publicKey.export({ format: 'jwk' }), kid: 'bench', use: 'sig', alg: algorithm }];
  const server = createServer((request, response) => {
    const body = request.url === '/keys' ? { keys } : { issuer: origin, jwks_uri: `${origin}/keys` };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let made = 0;
  return {
    origin,
    algorithm,
    publicPem: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    tokens: (count) =>
      Array.from({ length: count }, () => {
        made += 1;
        return token(privateKey, algorithm, { iss: origin, jti: `token-${made}` });
      }),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function token(key: KeyObject, alg: Algorithm, claims: Readonly<Record<string, unknown>>): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const iat = Math.floor(Date.now() / 1000);
  const all = { ...claims, sub: 'bench', client_id: 'bench', aud: AUDIENCE, iat, exp: iat + 3600 };
  const input = `${encode({ alg, typ: 'JWT', kid: 'bench' })}.${encode(all)}`;
  const signature = sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
  return `${input}.${signature.toString('base64url')}`;
}
