import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider, { errors } from 'oidc-provider';

export const OURS = 'urn:stage';
export const ELSEWHERE = 'urn:elsewhere';
export const SECRET = 'canary-secret-of-the-reader';

export type CountedIssuer = {
  readonly issuer: string;
  readonly tokenUrl: string;
  /** How many tokens were asked for. */
  readonly asked: () => number;
  stop(): Promise<void>;
};

/** oidc-provider on loopback, with the client `reader`, and a count of what it is asked. */
export async function startCountedIssuer(): Promise<CountedIssuer> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const answer = new Provider(issuer, configuration()).callback();
  let asked = 0;
  server.on('request', (request, response) => {
    if (request.url === '/token') asked += 1;
    answer(request, response);
  });
  return {
    issuer,
    tokenUrl: `${issuer}/token`,
    asked: () => asked,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function configuration(): Readonly<Record<string, unknown>> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const known = [OURS, ELSEWHERE];
  return {
    clients: [
      {
        client_id: 'reader',
        client_secret: SECRET,
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'signing', use: 'sig', alg: 'RS256' }] },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: (_context: unknown, resource: string) => {
          if (!known.includes(resource)) throw new errors.InvalidTarget();
          return { scope: '', audience: resource, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } } };
        },
      },
    },
  };
}
