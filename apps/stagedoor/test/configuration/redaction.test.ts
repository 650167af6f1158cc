import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { describeConfiguration } from '../../src/configuration/index.ts';
import { accepted, FOREIGN, refused } from './resolve-with.ts';

const CANARY = 'canary-7f3a';
const both = (given: ReturnType<typeof accepted>) =>
  describeConfiguration(given.effective, { json: false }) + describeConfiguration(given.effective, { json: true });

const SECRETS = `
camunda.security.initialization.users: [{ username: ann, password: ${CANARY}-1 }]
stagedoor.clients: [{ id: ci, secret: ${CANARY}-2 }]
camunda.operate: { password: ${CANARY}-3, zeebe.secret: ${CANARY}-4 }
camunda.database.password: ${CANARY}-5
`;
const FOREIGN_SECRETS = {
  ...FOREIGN,
  CAMUNDA_SECURITY_AUTHENTICATION_OIDC_CLIENTSECRET: CANARY,
  CAMUNDA_SECURITY_AUTHENTICATION_OIDC_ASSERTION_KEYSTORE_PASSWORD: CANARY,
  CAMUNDA_SECURITY_AUTHENTICATION_OIDC_CLIENT_ASSERTION_KEYSTORE_KEY_PASSWORD: CANARY,
  CAMUNDA_SECURITY_AUTHENTICATION_OIDC_AUTHORIZEREQUEST_ADDITIONALPARAMETERS_KEY: CANARY,
};

describe('stagedoor config', () => {
  it('shows no secret, wherever it stands', () => {
    const given = accepted({ options: { method: 'basic' }, yaml: SECRETS });
    expect(both(given)).not.toContain(CANARY);
    expect(both(given)).toContain('camunda.security.initialization.users[0].password = ******  (application.yaml:2)');
    expect(both(given)).toContain('stagedoor.clients[0].secret = ******  (application.yaml:3)');
    expect(both(given)).toContain('camunda.operate.password = ******  (application.yaml:4)');
    expect([...given.warnings, ...given.notes].join()).not.toContain(CANARY);
  });

  it('shows no secret of a provider, flat or listed', () => {
    const flat = accepted({ environment: FOREIGN_SECRETS });
    const yaml = `camunda.security.authentication.providers.oidc.a: { issuer-uri: https://a.example.com, audiences: a, client-secret: ${CANARY} }`;
    const listed = accepted({ options: { method: 'oidc' }, yaml });
    for (const given of [flat, listed]) {
      expect(both(given)).not.toContain(CANARY);
      expect(both(given)).toMatch(/client-secret = \*{6}/);
      expect([...given.warnings, ...given.notes].join()).not.toContain(CANARY);
    }
  });

  it('prints a configuration without its secrets, and has them still', () => {
    const { configuration } = accepted({ options: { method: 'basic' }, yaml: SECRETS });
    expect(inspect(configuration, { depth: 20, showHidden: true }) + JSON.stringify(configuration)).not.toContain(
      CANARY,
    );
    expect(`${configuration.initialization.users[0]?.password}`).toBe('******');
    expect(configuration.initialization.users[0]?.password.reveal()).toBe(`${CANARY}-1`);
  });

  it('repeats no value in a refusal', () => {
    const yaml = `
server.port: ${CANARY}
server.address: "${CANARY} x"
server.servlet.context-path: ${CANARY}
camunda.security: { authentication.method: ${CANARY}, csrf.enabled: ${CANARY}, id-validation-pattern: "[${CANARY}" }
camunda.security.authentication.oidc: { issuer-uri: "https://u:${CANARY}@h", clock-skew: ${CANARY}, audiences: ${CANARY} }
camunda.security.initialization.users: [{ username: "${CANARY} x", password: ${CANARY}, email: ${CANARY} }, { password: ${CANARY} }, ${CANARY}]
camunda.security.initialization.authorizations: [{ ownerType: ${CANARY}, permissions: ${CANARY} }]
stagedoor: { region: "${CANARY} x", cluster-id: ${CANARY}, hosts: ["${CANARY}:1"], foo: ${CANARY}, clients: ${CANARY}, oidc.pins: ${CANARY} }
`;
    const errors = refused({ yaml, environment: { STAGEDOOR_BAR: CANARY, STAGEDOOR_PROFILE: CANARY } });
    expect(errors.length).toBeGreaterThan(18);
    expect(errors.join('\n')).not.toContain(CANARY);
  });

  it('names every key with its value and where that came from', () => {
    const given = accepted({
      yaml: 'server.port: 8081',
      environment: { STAGEDOOR_HOSTS: 'a, b' },
      options: { method: 'none' },
    });
    const lines = describeConfiguration(given.effective, { json: false }).split('\n');
    expect(lines.slice(0, 2)).toEqual(['profile c8run, method none', '']);
    expect(lines).toContain('server.port = 8081  (application.yaml:1)');
    expect(lines).toContain('stagedoor.hosts = a, b  (env STAGEDOOR_HOSTS)');
    expect(lines).toContain('camunda.security.authentication.unprotected-api = true  (option --method)');
    expect(lines).toContain('camunda.security.authorizations.enabled = false  (profile c8run)');
    expect(lines).toContain('stagedoor.cluster-id = (not set)  (default)');
    expect(lines).toContain('stagedoor.issuer.token-lifetime = 5m  (default)');
    expect(lines.slice(2)).toEqual(
      lines
        .slice(2)
        .filter((line) => line !== '')
        .sort()
        .concat(''),
    );
  });

  it('is JSON for machines', () => {
    const { profile, method, keys } = JSON.parse(describeConfiguration(accepted({}).effective, { json: true }));
    expect([profile, method]).toEqual(['c8run', 'none']);
    expect(keys).toContainEqual({ key: 'server.port', value: 8080, origin: 'default', meaning: 'used' });
    expect(keys).toContainEqual({
      key: 'camunda.security.initialization.default-roles.admin.users',
      value: ['demo'],
      origin: 'profile c8run',
      meaning: 'used',
    });
  });

  it('shows what a terminal would obey as an escape', () => {
    const given = accepted({ environment: { STAGEDOOR_CLUSTERNAME: '\u001b[31mred\u202e\r\nx = y' } });
    expect(describeConfiguration(given.effective, { json: false })).toContain(
      'stagedoor.cluster-name = \\u001b[31mred\\u202e\\u000d\\u000ax = y  (',
    );
  });
});
