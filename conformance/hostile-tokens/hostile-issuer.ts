import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Json, jwkOf, keys } from './forge.ts';

export type Issuer = { readonly origin: string; readonly asked: readonly string[]; close(): Promise<void> };

/** Everything that an issuer can have in its set beside keys for signatures. */
const PUBLISHED: readonly Json[] = [
  jwkOf(keys.rsa, { alg: 'RS256', use: 'sig' }),
  jwkOf(keys.anyRsa),
  jwkOf(keys.ec, { use: 'sig' }),
  jwkOf(keys.ec384, { use: 'sig' }),
  jwkOf(keys.ed, { use: 'sig' }),
  jwkOf(keys.encryption, { use: 'enc' }),
  jwkOf(keys.encryption, { kid: 'operations', key_ops: ['encrypt', 'wrapKey'] }),
  jwkOf(keys.encryption, { kid: 'pss', alg: 'PS256' }),
  jwkOf(keys.encryption, { kid: 'oaep', alg: 'RSA-OAEP' }),
  jwkOf(keys.weak, { use: 'sig' }),
  jwkOf(keys.rsa, { kid: 'exponent', use: 'sig', e: 'AQ' }),
  { kty: 'oct', kid: 'secret', k: Buffer.from('everybody knows this secret').toString('base64url'), alg: 'HS256' },
];

export const hostileIssuer = (): Promise<Issuer> => openIssuer(PUBLISHED);
/** Another trusted issuer whose key has the same name. */
export const neighbourIssuer = (): Promise<Issuer> => openIssuer([jwkOf(keys.neighbour, { use: 'sig' })]);

async function openIssuer(published: readonly Json[]): Promise<Issuer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const origin = originOf();
    const documents: Readonly<Record<string, unknown>> = {
      '/.well-known/openid-configuration': { issuer: origin, jwks_uri: `${origin}/keys` },
      '/keys': { keys: published },
      '/attacker': { keys: [jwkOf(keys.attacker), jwkOf(keys.attacker, { kid: 'rsa' })] },
    };
    const found = documents[request.url ?? ''];
    response.writeHead(found === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(found ?? {}));
  });
  const originOf = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: originOf(),
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
