import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider, { errors } from 'oidc-provider';
import { type AskedIssuer, CALLBACK, RESOURCES, type Registered, SCOPES } from './request-cells.ts';

export type OtherIssuer = AskedIssuer & { close(): void };

/** `oidc-provider` with the clients, scopes and resource that ours has, and nothing else that it offers. */
export async function openOtherIssuer(clients: Registered, publicKey: object): Promise<OtherIssuer> {
  const { byPost, byBasic, byKey, ofPeople, open } = clients;
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = (client_id: string, method: string, more: object) => ({
    client_id,
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
    scope: SCOPES.join(' '),
    token_endpoint_auth_method: method,
    ...more,
  });
  const people = {
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    response_types: ['code'],
    redirect_uris: [CALLBACK],
  };
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const provider = new Provider(issuer, {
    clients: [
      client(byPost.id, 'client_secret_post', { client_secret: byPost.secret }),
      client(byBasic.id, 'client_secret_basic', { client_secret: byBasic.secret }),
      client(byKey.id, 'private_key_jwt', { jwks: { keys: [publicKey] }, token_endpoint_auth_signing_alg: 'ES256' }),
      client(ofPeople.id, 'client_secret_post', { ...people, client_secret: ofPeople.secret }),
      client(open.id, 'none', { ...people, grant_types: ['authorization_code', 'refresh_token'] }),
    ],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'signing', use: 'sig', alg: 'RS256' }] },
    scopes: [...SCOPES, 'openid', 'offline_access'],
    ttl: { ClientCredentials: 300 },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_: unknown, resource: string) => {
          if (!RESOURCES.some((known) => known === resource)) throw new errors.InvalidTarget();
          return { scope: SCOPES.join(' '), accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } } };
        },
      },
    },
  });
  server.on('request', provider.callback());
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { issuer, tokenEndpoint: `${issuer}/token`, close };
}
