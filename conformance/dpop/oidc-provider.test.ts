import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';
import * as openid from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bearer } from '../program/credentials.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';

/** An issuer that nobody here wrote binds tokens to keys, a client that nobody here wrote proves them, and our API takes them. */
const RESOURCE = 'urn:stage';
const ALGORITHMS = ['ES256', 'RS256', 'PS256', 'Ed25519'];
let server: Server;
let program: Program;
let config: openid.Configuration;

beforeAll(async () => {
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  server.on('request', providerAt(issuer).callback());
  config = await openid.discovery(new URL(issuer), 'reader', undefined, openid.ClientSecretPost('reader-secret'), {
    execute: [openid.allowInsecureRequests],
  });
  program = await startProgram({
    args: ['--memory', ...FREE_PORTS],
    yaml: `
camunda.security.authentication:
  method: oidc
  oidc: { issuer-uri: "${issuer}", audiences: ["${RESOURCE}"], client-id-claim: client_id }
`,
  });
});
afterAll(async () => {
  await program?.stop();
  server?.closeAllConnections();
  server?.close();
});

function providerAt(issuer: string): Provider {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return new Provider(issuer, {
    clients: [
      {
        client_id: 'reader',
        client_secret: 'reader-secret',
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'signing', use: 'sig', alg: 'RS256' }] },
    enabledJWA: { dPoPSigningAlgValues: ALGORITHMS },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      dPoP: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => RESOURCE,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: '',
          audience: RESOURCE,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
  });
}

describe('a token that oidc-provider bound to a key', () => {
  it.each(ALGORITHMS)('opens the API with openid-client and a key of %s', async (alg) => {
    const DPoP = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair(alg));
    const granted = await openid.clientCredentialsGrant(config, {}, { DPoP });
    expect(granted.token_type).toBe('dpop');
    const topology = new URL(`${program.rest}/v2/topology`);
    for (let time = 0; time < 3; time += 1) {
      const answer = await openid.fetchProtectedResource(
        config,
        granted.access_token,
        topology,
        'GET',
        null,
        undefined,
        {
          DPoP,
        },
      );
      expect(answer.status).toBe(200);
    }
  });

  it('is refused of scheme Bearer, and to whoever has another key', async () => {
    const DPoP = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair());
    const { access_token } = await openid.clientCredentialsGrant(config, {}, { DPoP });
    const topology = new URL(`${program.rest}/v2/topology`);
    expect((await fetch(topology, { headers: bearer(access_token) })).status).toBe(401);
    const thief = { DPoP: openid.getDPoPHandle(config, await openid.randomDPoPKeyPair()) };
    await expect(
      openid.fetchProtectedResource(config, access_token, topology, 'GET', null, undefined, thief),
    ).rejects.toMatchObject({ cause: [{ scheme: 'dpop', parameters: { error: 'invalid_dpop_proof' } }], status: 401 });
  });
});
