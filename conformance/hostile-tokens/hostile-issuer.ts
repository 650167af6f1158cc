import { type DocumentServer, serveDocuments } from '../program/serve-documents.ts';
import { type Json, jwkOf, keys } from './forge.ts';

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

export const hostileIssuer = (): Promise<DocumentServer> => openIssuer(PUBLISHED);
/** Another trusted issuer whose key has the same name. */
export const neighbourIssuer = (): Promise<DocumentServer> => openIssuer([jwkOf(keys.neighbour, { use: 'sig' })]);

function openIssuer(published: readonly Json[]): Promise<DocumentServer> {
  return serveDocuments((issuer) => ({
    '/.well-known/openid-configuration': { issuer, jwks_uri: `${issuer}/keys` },
    '/keys': { keys: published },
    '/attacker': { keys: [jwkOf(keys.attacker), jwkOf(keys.attacker, { kid: 'rsa' })] },
  }));
}
