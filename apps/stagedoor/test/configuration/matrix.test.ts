import { describe, expect, it } from 'vitest';
import { MATRIX, METHODS, PROFILES } from '../../src/configuration/index.ts';
import { accepted, refused } from './resolve-with.ts';

const CELLS = PROFILES.flatMap((profile) => METHODS.map((method) => ({ profile, method })));
const SUPPORTED = CELLS.filter(({ profile }) => profile !== 'saas').concat({ profile: 'saas', method: 'oidc' });
const REFUSED = [
  { profile: 'saas', method: 'none' },
  { profile: 'saas', method: 'basic' },
] as const;

const UNPROTECTED = 'camunda.security.authentication.unprotected-api';

describe('the matrix of distributions and methods', () => {
  it('has the defaults of the pages', () => {
    const defaults = PROFILES.map((profile) => [profile, accepted({ options: { profile } }).configuration.method]);
    expect(defaults).toEqual([
      ['c8run', 'none'],
      ['docker-compose', 'none'],
      ['docker-compose-full', 'oidc'],
      ['helm', 'basic'],
      ['saas', 'oidc'],
    ]);
    expect(PROFILES.map((profile) => [profile, MATRIX[profile].default])).toEqual(defaults);
  });

  it('tells callers why they see less where one develops, and not where one serves others', () => {
    const explaining = PROFILES.filter((profile) => accepted({ options: { profile } }).configuration.explaining);
    expect(explaining).toEqual(['c8run', 'docker-compose']);
    const options = { profile: 'helm' } as const;
    expect(accepted({ options, yaml: 'stagedoor.explain.enabled: true' }).configuration.explaining).toBe(true);
  });

  it('is c8run without a profile', () => {
    expect(accepted({}).configuration).toMatchObject({ profile: 'c8run', method: 'none' });
  });

  it.each(SUPPORTED)('starts $profile with $method by option', ({ profile, method }) => {
    expect(accepted({ options: { profile, method } }).configuration).toMatchObject({ profile, method });
  });

  it.each(SUPPORTED)(
    'starts $profile with $method by application.yaml, with the same effects',
    ({ profile, method }) => {
      const byOption = accepted({ options: { profile, method } }).configuration;
      const byFile = accepted({
        options: { profile },
        yaml: `camunda.security.authentication.method: ${method}`,
      }).configuration;
      expect(byFile).toEqual(byOption);
    },
  );

  it.each(SUPPORTED)('starts $profile with $method by environment, with the same effects', ({ profile, method }) => {
    const byOption = accepted({ options: { profile, method } }).configuration;
    const environment = { STAGEDOOR_PROFILE: profile, CAMUNDA_SECURITY_AUTHENTICATION_METHOD: method.toUpperCase() };
    expect(accepted({ environment }).configuration).toEqual(byOption);
  });

  it.each(REFUSED)('refuses $profile with $method by option and says why', ({ profile, method }) => {
    expect(refused({ options: { profile, method } })).toEqual([
      `camunda.security.authentication.method (option --method) asks for ${method}, which profile saas does not support: it requires oidc, so use --method oidc or another --profile`,
    ]);
  });

  it.each(REFUSED)('refuses $profile with $method by application.yaml', ({ profile, method }) => {
    const [error, ...others] = refused({
      options: { profile },
      yaml: `camunda.security.authentication:\n  method: ${method}`,
    });
    expect(error).toMatch(
      /^camunda\.security\.authentication\.method \(application\.yaml:2\) asks for (none|basic), which profile saas does not support/,
    );
    expect(others).toEqual([]);
  });

  it('refuses saas with an unprotected API', () => {
    const [error] = refused({
      options: { profile: 'saas' },
      environment: { CAMUNDA_SECURITY_AUTHENTICATION_UNPROTECTEDAPI: 'true' },
    });
    expect(error).toContain(`${UNPROTECTED} (env CAMUNDA_SECURITY_AUTHENTICATION_UNPROTECTEDAPI) asks for none`);
  });
});

describe('what a profile brings along', () => {
  const users = (profile: string, method: string) =>
    accepted({ options: { profile, method } }).configuration.initialization.users.map(
      ({ username, password, name, email, wellKnown }) => ({
        username,
        password: password.reveal(),
        name,
        email,
        wellKnown,
      }),
    );

  it.each(['none', 'basic'])('gives c8run demo/demo, called Demo, with %s', (method) => {
    expect(users('c8run', method)).toEqual([
      { username: 'demo', password: 'demo', name: 'Demo', email: 'demo@example.com', wellKnown: true },
    ]);
  });

  it.each(['docker-compose', 'docker-compose-full'])('gives %s demo/demo, called Demo User', (profile) => {
    expect(users(profile, 'basic')).toEqual([
      { username: 'demo', password: 'demo', name: 'Demo User', email: 'demo@demo.com', wellKnown: true },
    ]);
  });

  it('gives helm demo/demo and connectors/connector, both well known', () => {
    expect(users('helm', 'basic').map((user) => [user.username, user.password, user.wellKnown])).toEqual([
      ['demo', 'demo', true],
      ['connectors', 'connector', true],
    ]);
  });

  it.each(PROFILES.filter((profile) => profile !== 'saas'))(
    'makes demo an administrator of %s with basic',
    (profile) => {
      const { defaultRoles } = accepted({ options: { profile, method: 'basic' } }).configuration.initialization;
      expect(defaultRoles.find(({ roleId }) => roleId === 'admin')?.members.users).toEqual(['demo']);
    },
  );

  it.each(PROFILES)('gives %s no user with oidc', (profile) => {
    expect(users(profile, 'oidc')).toEqual([]);
  });

  it.each(['c8run', 'docker-compose'])('leaves authorizations off only where %s is unprotected', (profile) => {
    const on = (method: string) => accepted({ options: { profile, method } }).configuration.authorizationsEnabled;
    expect([on('none'), on('basic'), on('oidc')]).toEqual([false, true, true]);
  });

  it.each(['docker-compose-full', 'helm', 'saas'])('leaves authorizations on in %s', (profile) => {
    expect(accepted({ options: { profile } }).configuration.authorizationsEnabled).toBe(true);
  });

  it('gives docker-compose-full its default roles with the embedded issuer', () => {
    const { initialization, issuer, providers } = accepted({
      options: { profile: 'docker-compose-full' },
    }).configuration;
    expect(initialization.defaultRoles.map(({ roleId, members }) => [roleId, members.users, members.clients])).toEqual([
      ['admin', ['demo'], ['orchestration']],
      ['connectors', ['connectors'], ['connectors']],
    ]);
    expect(issuer).not.toBeNull();
    expect(providers.map(({ kind }) => kind)).toEqual(['embedded']);
  });

  it('keeps the default roles of docker-compose-full from a foreign issuer, where anybody may be called demo', () => {
    const environment = {
      STAGEDOOR_PROFILE: 'docker-compose-full',
      CAMUNDA_SECURITY_AUTHENTICATION_OIDC_ISSUERURI: 'https://idp.example.com',
      CAMUNDA_SECURITY_AUTHENTICATION_OIDC_AUDIENCES: 'orchestration',
    };
    const { configuration, notes } = accepted({ environment });
    expect(configuration.initialization.defaultRoles).toEqual([]);
    expect(notes.join()).toContain('the default roles of profile docker-compose-full are left out');
  });

  it('drops the role of demo when other users are configured, so that nobody can take the name', () => {
    const { configuration, notes } = accepted({
      options: { method: 'basic' },
      yaml: 'camunda.security.initialization.users:\n  - username: ann\n    password: s3cret-of-ann',
    });
    expect(configuration.initialization.users.map(({ username }) => username)).toEqual(['ann']);
    expect(configuration.initialization.defaultRoles.map(({ members }) => members.users)).toEqual([[]]);
    expect(notes.join()).toContain('default-roles.admin.users (profile c8run) is left out');
  });
});

describe('the method out of two keys', () => {
  const by = (yaml: string, profile = 'c8run') => accepted({ options: { profile }, yaml }).configuration.method;

  it('protects c8run by unprotected-api: false', () => {
    expect(by('camunda.security.authentication.unprotected-api: false')).toBe('basic');
  });

  it('unprotects helm by unprotected-api: true', () => {
    expect(by('camunda.security.authentication.unprotected-api: true', 'helm')).toBe('none');
  });

  it("takes c8run's own file, basic and unprotected, for none", () => {
    expect(by('camunda.security.authentication: { method: basic, unprotectedApi: true }')).toBe('none');
  });

  it('leaves oidc a protected API in c8run', () => {
    expect(by('camunda.security.authentication.method: oidc')).toBe('oidc');
  });

  it('says loudly that an unprotected API goes with oidc', () => {
    const { configuration, warnings } = accepted({
      yaml: 'camunda.security.authentication: { method: oidc, unprotected-api: true }',
    });
    expect(configuration.method).toBe('none');
    expect(configuration.initialization.users).toEqual([]);
    expect(warnings).toEqual([
      'camunda.security.authentication.unprotected-api (application.yaml:1) is true: the APIs let everybody in although camunda.security.authentication.method is oidc',
    ]);
  });

  it('lets --method stand above both keys of the file', () => {
    const yaml = 'camunda.security.authentication: { method: none, unprotected-api: true }';
    const given = accepted({ options: { method: 'basic' }, yaml });
    expect(given.configuration).toMatchObject({ method: 'basic', authorizationsEnabled: true });
  });

  it('refuses method none with unprotected-api: false', () => {
    expect(refused({ yaml: 'camunda.security.authentication: { method: none, unprotected-api: false }' })).toEqual([
      'camunda.security.authentication.unprotected-api (application.yaml:1) is false, which contradicts camunda.security.authentication.method none: remove one of them',
    ]);
  });

  it('refuses a method that does not exist', () => {
    expect(refused({ options: { method: 'ldap' } })).toEqual([
      'camunda.security.authentication.method (option --method) must be basic, oidc or none',
    ]);
  });

  it('refuses a profile that does not exist', () => {
    expect(refused({ options: { profile: 'kubernetes' } })).toEqual([
      'stagedoor.profile (option --profile) must be c8run, docker-compose, docker-compose-full, helm or saas',
    ]);
  });
});
