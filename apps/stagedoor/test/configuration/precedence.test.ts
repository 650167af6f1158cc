import { describe, expect, it } from 'vitest';
import { accepted, entry, refused } from './resolve-with.ts';

const layers = {
  yaml: 'server.port: 2001\nstagedoor.profile: helm',
  environment: { SERVER_PORT: '2002', STAGEDOOR_PROFILE: 'docker-compose' },
  options: { port: '2003', profile: 'saas' },
};

describe('precedence', () => {
  it('takes the default where nobody says anything', () => {
    expect(entry(accepted({}), 'server.port')).toMatchObject({ shown: 8080, origin: { kind: 'default' } });
  });

  it('takes the profile before the default', () => {
    const given = entry(accepted({}), 'camunda.security.authorizations.enabled');
    expect(given).toMatchObject({ shown: false, origin: { kind: 'profile', profile: 'c8run' } });
  });

  it('takes the file before the profile', () => {
    const given = accepted({ yaml: 'camunda.security.authorizations.enabled: true' });
    expect(entry(given, 'camunda.security.authorizations.enabled')).toMatchObject({
      shown: true,
      origin: { kind: 'file' },
    });
    expect(given.configuration).toMatchObject({ method: 'none', authorizationsEnabled: true });
  });

  it('takes the environment before the file', () => {
    const { yaml, environment } = layers;
    expect(accepted({ yaml }).configuration).toMatchObject({ profile: 'helm', server: { port: 2001 } });
    expect(accepted({ yaml, environment }).configuration).toMatchObject({
      profile: 'docker-compose',
      server: { port: 2002 },
    });
  });

  it('takes an option before the environment', () => {
    const given = accepted(layers);
    expect(given.configuration).toMatchObject({ profile: 'saas', server: { port: 2003 } });
    expect(entry(given, 'server.port')?.origin).toEqual({ kind: 'option', option: '--port' });
  });

  it.each([
    [
      'host',
      '::1',
      { server: { hosts: ['::1'] }, management: { hosts: ['::1'] }, issuer: { listen: { hosts: ['::1'] } } },
    ],
    ['port', '1', { server: { port: 1 } }],
    ['issuerPort', '2', { issuer: { listen: { port: 2 }, origin: 'http://localhost:2' } }],
    ['managementPort', '3', { management: { port: 3 } }],
    ['data', '/tmp/x', { data: { kind: 'directory', path: '/tmp/x' } }],
    ['memory', true, { data: { kind: 'memory' } }],
  ])('has an option %s', (name, value, expected) => {
    expect(accepted({ options: { [name]: value } }).configuration).toMatchObject(expected);
  });

  it('shows memory as the place of the data', () => {
    expect(entry(accepted({ options: { memory: true } }), 'stagedoor.data')).toMatchObject({
      shown: '(memory)',
      origin: { option: '--memory' },
    });
  });

  it('takes a list from its highest source as a whole', () => {
    const yaml = 'camunda.security.initialization.users: [{ username: ann, password: one-two-three }]';
    const environment = { CAMUNDA_SECURITY_INITIALIZATION_USERS_0_PASSWORD: 'x' };
    expect(refused({ yaml, environment })).toEqual([
      'camunda.security.initialization.users[0].username (env CAMUNDA_SECURITY_INITIALIZATION_USERS_0_PASSWORD) is missing: give it a value',
    ]);
  });

  it('takes the entries of a mapping from all sources together', () => {
    const { initialization } = accepted({
      yaml: 'camunda.security.initialization.default-roles.rpa.clients: robot',
      environment: { CAMUNDA_SECURITY_INITIALIZATION_DEFAULTROLES_RPA_USERS_0: 'demo' },
    }).configuration;
    expect(initialization.defaultRoles.map(({ roleId, members }) => [roleId, members.users, members.clients])).toEqual([
      ['admin', ['demo'], []],
      ['rpa', ['demo'], ['robot']],
    ]);
  });

  it('refuses one key with two values in one source', () => {
    const environment = {
      CAMUNDA_SECURITY_AUTHENTICATION_OIDC_JWKSETURI: 'https://a.example.com',
      CAMUNDA_SECURITY_AUTHENTICATION_OIDC_JWK_SET_URI: 'https://b.example.com',
      CAMUNDA_SECURITY_AUTHENTICATION_OIDC_AUDIENCES: 'x',
    };
    expect(refused({ options: { method: 'oidc' }, environment })).toEqual([
      'camunda.security.authentication.oidc.jwk-set-uri (env CAMUNDA_SECURITY_AUTHENTICATION_OIDC_JWKSETURI) is given again, with another value, by env CAMUNDA_SECURITY_AUTHENTICATION_OIDC_JWK_SET_URI: keep one of them',
    ]);
  });
});
