import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { INTROSPECTION, type OpenedIssuer, openIssuer, REVOCATION } from './opened-issuer.ts';

let opened: OpenedIssuer;
beforeAll(async () => {
  opened = await openIssuer();
});
afterAll(() => opened.close());

const REALM = '/auth/realms/camunda-platform';
const ORIGIN = 'http://localhost:18080';

const authenticationAt = (endpoint: string, ...more: string[]) => ({
  [`${endpoint}_auth_methods_supported`]: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', ...more],
  [`${endpoint}_auth_signing_alg_values_supported`]: ['RS256', 'PS256', 'ES256', 'EdDSA'],
});

describe('the metadata', () => {
  it.each([
    ['/.well-known/openid-configuration', ORIGIN, '/oauth/token', '/.well-known/jwks.json'],
    ['/.well-known/oauth-authorization-server', ORIGIN, '/oauth/token', '/.well-known/jwks.json'],
    [
      `${REALM}/.well-known/openid-configuration`,
      ORIGIN + REALM,
      `${REALM}/protocol/openid-connect/token`,
      `${REALM}/protocol/openid-connect/certs`,
    ],
    [
      `${REALM}/.well-known/oauth-authorization-server`,
      ORIGIN + REALM,
      `${REALM}/protocol/openid-connect/token`,
      `${REALM}/protocol/openid-connect/certs`,
    ],
    [
      `/.well-known/oauth-authorization-server${REALM}`,
      ORIGIN + REALM,
      `${REALM}/protocol/openid-connect/token`,
      `${REALM}/protocol/openid-connect/certs`,
    ],
  ])('at %s is that of its issuer, whatever the Host', async (path, issuer, tokenPath, jwksPath) => {
    const answer = await opened.send(path, { headers: { host: 'evil.example' } });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('application/json');
    expect(answer.json).toEqual({
      issuer,
      token_endpoint: ORIGIN + tokenPath,
      jwks_uri: ORIGIN + jwksPath,
      grant_types_supported: ['client_credentials', 'authorization_code', 'refresh_token'],
      dpop_signing_alg_values_supported: ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'],
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      code_challenge_methods_supported: ['S256'],
      authorization_endpoint:
        ORIGIN + (issuer === ORIGIN ? '/oauth/authorize' : `${REALM}/protocol/openid-connect/auth`),
      end_session_endpoint: ORIGIN + (issuer === ORIGIN ? '/oauth/logout' : `${REALM}/protocol/openid-connect/logout`),
      userinfo_endpoint: ORIGIN + (issuer === ORIGIN ? '/oauth/userinfo' : `${REALM}/protocol/openid-connect/userinfo`),
      authorization_response_iss_parameter_supported: true,
      prompt_values_supported: ['login'],
      claims_supported: [
        'iss',
        'sub',
        'aud',
        'exp',
        'iat',
        'auth_time',
        'nonce',
        'sid',
        'preferred_username',
        'username',
        'name',
        'email',
      ],
      subject_types_supported: ['public'],
      request_uri_parameter_supported: false,
      id_token_signing_alg_values_supported: ['RS256'],
      scopes_supported: ['openid', 'operate', 'zeebe', 'tasklist', 'orchestration', 'administration'],
      introspection_endpoint: ORIGIN + (issuer === ORIGIN ? INTROSPECTION.saas : INTROSPECTION.keycloak),
      revocation_endpoint: ORIGIN + (issuer === ORIGIN ? REVOCATION.saas : REVOCATION.keycloak),
      ...authenticationAt('token_endpoint', 'none'),
      ...authenticationAt('introspection_endpoint'),
      ...authenticationAt('revocation_endpoint', 'none'),
    });
  });
});

describe('the keys', () => {
  it.each(['/.well-known/jwks.json', `${REALM}/protocol/openid-connect/certs`])(
    'at %s are public, for signatures, and may be remembered for a minute',
    async (path) => {
      const answer = await opened.send(path);
      expect(answer.status).toBe(200);
      expect(answer.headers).toMatchObject({
        'content-type': 'application/json',
        'cache-control': 'public, max-age=60',
      });
      expect(answer.json).toEqual({
        keys: [{ kty: 'RSA', n: expect.any(String), e: 'AQAB', kid: expect.any(String), use: 'sig', alg: 'RS256' }],
      });
    },
  );

  it('are a key set where that is asked for', async () => {
    const answer = await opened.send('/.well-known/jwks.json', {
      headers: { accept: 'application/jwk-set+json, application/json' },
    });
    expect(answer.headers['content-type']).toBe('application/jwk-set+json');
  });

  it('can be asked for by HEAD, and by nothing else', async () => {
    expect(await opened.send('/.well-known/jwks.json', { method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const answer = await opened.send(`${REALM}/protocol/openid-connect/certs`, { method });
      expect([answer.status, answer.headers.allow, answer.json]).toEqual([
        405,
        'GET, HEAD',
        { error: 'HTTP 405 Method Not Allowed' },
      ]);
    }
  });
});

describe('another path', () => {
  it.each([
    '/auth/realms/master/protocol/openid-connect/token',
    '/auth/realms/Camunda-Platform/.well-known/openid-configuration',
    '/auth/realms/camunda-platform2/protocol/openid-connect/certs',
    '/auth/realms/',
    '/auth/realms/nope',
  ])('%s is of a realm that does not exist', async (path) => {
    for (const method of ['GET', 'POST']) {
      const answer = await opened.send(path, { method });
      expect([answer.status, answer.json]).toEqual([404, { error: 'Realm does not exist' }]);
    }
  });

  it.each(['/', '/oauth', '/oauth/token/more', '/oauth/token/', '//oauth/token', '/auth', '/v2/topology', '/clients'])(
    '%s has nothing',
    async (path) => {
      expect(await opened.send(path)).toMatchObject({ status: 404, json: { error: 'not_found' } });
    },
  );

  it.each([REALM, `${REALM}/protocol/openid-connect/ext`, `${REALM}/.well-known/nope`])(
    '%s has nothing, in the words of Keycloak',
    async (path) => {
      expect(await opened.send(path)).toMatchObject({ status: 404, json: { error: 'HTTP 404 Not Found' } });
    },
  );

  it.each([REALM, `${REALM}/protocol/openid-connect/ext`, `${REALM}/.well-known/nope`])(
    '%s has nothing, in Keycloak’s words',
    async (path) => {
      const answer = await opened.send(path);
      expect([answer.status, answer.json]).toEqual([404, { error: 'HTTP 404 Not Found' }]);
    },
  );

  it('that cannot be decoded leads nowhere and is not repeated', async () => {
    const answer = await opened.send('/oauth/%zz%<script>');
    expect([answer.status, answer.json]).toEqual([
      404,
      { error: 'not_found', error_description: 'there is nothing at this path' },
    ]);
    expect(opened.faults).toEqual([]);
  });

  it('is never answered with a cookie, or for a page of another origin', async () => {
    for (const path of ['/', '/oauth/token', '/.well-known/jwks.json']) {
      const { headers } = await opened.send(path, {
        method: 'OPTIONS',
        headers: { origin: 'http://evil.example', 'access-control-request-method': 'POST' },
      });
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control') || name === 'set-cookie')).toEqual(
        [],
      );
    }
  });
});
