import { describe, expect, it } from 'vitest';
import { accepted, FOREIGN, refused } from './resolve-with.ts';

const users = (environment: Record<string, string>) =>
  accepted({ options: { method: 'basic' }, environment }).configuration.initialization.users.map(
    (user) => user.username,
  );

describe("the variables of Camunda's documentation", () => {
  it('reads the overlay that protects a Compose file', () => {
    const { configuration } = accepted({
      environment: {
        CAMUNDA_SECURITY_AUTHENTICATION_UNPROTECTEDAPI: 'false',
        CAMUNDA_SECURITY_AUTHENTICATION_METHOD: 'basic',
        CAMUNDA_SECURITY_AUTHORIZATIONS_ENABLED: 'true',
        CAMUNDA_SECURITY_INITIALIZATION_USERS_0_USERNAME: 'demo',
        CAMUNDA_SECURITY_INITIALIZATION_USERS_0_PASSWORD: 'demo',
        CAMUNDA_SECURITY_INITIALIZATION_USERS_0_NAME: 'Demo',
        CAMUNDA_SECURITY_INITIALIZATION_USERS_0_EMAIL: 'demo@example.com',
        CAMUNDA_SECURITY_INITIALIZATION_DEFAULTROLES_ADMIN_USERS_0: 'demo',
        CAMUNDA_SECURITY_INITIALIZATION_DEFAULTROLES_CONNECTORS_CLIENTS_0: 'connectors',
      },
    });
    expect(configuration).toMatchObject({ method: 'basic', authorizationsEnabled: true });
    expect(configuration.initialization.users).toMatchObject([
      { username: 'demo', name: 'Demo', email: 'demo@example.com' },
    ]);
    expect(configuration.initialization.defaultRoles).toMatchObject([
      { roleId: 'admin', members: { users: ['demo'] } },
      { roleId: 'connectors', members: { clients: ['connectors'] } },
    ]);
  });

  it('reads mapping rules and authorizations', () => {
    const { initialization } = accepted({
      options: { method: 'oidc' },
      environment: {
        CAMUNDA_SECURITY_INITIALIZATION_MAPPINGRULES_0_MAPPINGRULEID: 'staff',
        CAMUNDA_SECURITY_INITIALIZATION_MAPPINGRULES_0_CLAIMNAME: "$['groups']",
        CAMUNDA_SECURITY_INITIALIZATION_MAPPINGRULES_0_CLAIMVALUE: 'staff',
        CAMUNDA_SECURITY_INITIALIZATION_AUTHORIZATIONS_0_OWNERTYPE: 'MAPPING_RULE',
        CAMUNDA_SECURITY_INITIALIZATION_AUTHORIZATIONS_0_OWNERID: 'staff',
        CAMUNDA_SECURITY_INITIALIZATION_AUTHORIZATIONS_0_RESOURCETYPE: 'AUTHORIZATION',
        CAMUNDA_SECURITY_INITIALIZATION_AUTHORIZATIONS_0_RESOURCEID: '*',
        CAMUNDA_SECURITY_INITIALIZATION_AUTHORIZATIONS_0_PERMISSIONS: 'CREATE,READ',
      },
    }).configuration;
    expect(initialization.mappingRules).toEqual([
      { mappingRuleId: 'staff', claimName: "$['groups']", claimValue: 'staff' },
    ]);
    expect(initialization.authorizations).toEqual([
      {
        ownerType: 'MAPPING_RULE',
        ownerId: 'staff',
        resourceType: 'AUTHORIZATION',
        resourceId: '*',
        permissionTypes: ['CREATE', 'READ'],
      },
    ]);
  });

  it('reads the rest of the documented names', () => {
    const { configuration, notes } = accepted({
      options: { method: 'basic' },
      environment: {
        CAMUNDA_SECURITY_AUTHENTICATION_AUTHENTICATIONREFRESHINTERVAL: 'PT30S',
        CAMUNDA_SECURITY_MULTITENANCY_CHECKSENABLED: 'false',
        CAMUNDA_SECURITY_MULTITENANCY_APIENABLED: 'true',
        CAMUNDA_SECURITY_IDVALIDATIONPATTERN: '^[a-z]+$',
        CAMUNDA_SECURITY_CSRF_ENABLED: 'false',
        CAMUNDA_SECURITY_SESSION_MAXINACTIVEINTERVAL: 'PT5M',
        CAMUNDA_PERSISTENT_SESSIONS_ENABLED: 'true',
        SPRING_PROFILES_ACTIVE: 'identity,operate,tasklist,broker,consolidated-auth',
        CAMUNDA_OPERATE_CSRFPREVENTIONENABLED: 'true',
        SERVER_PORT: '0',
        MANAGEMENT_SERVER_PORT: '0',
        SERVER_SERVLET_CONTEXTPATH: '/camunda',
      },
    });
    expect(configuration).toMatchObject({
      idPattern: /^(?:^[a-z]+$)$/,
      csrf: { enabled: false, operatePrevention: true },
      session: { maxInactiveSeconds: 300 },
      server: { port: 0, contextPath: '/camunda' },
      management: { port: 0 },
    });
    expect(notes.map((note) => note.split(' ')[0])).toEqual([
      'camunda.persistent.sessions.enabled',
      'camunda.security.authentication.authentication-refresh-interval',
      'camunda.security.multi-tenancy.api-enabled',
      'spring.profiles.active',
    ]);
  });

  it.each([
    'CAMUNDA_SECURITY_AUTHENTICATION_OIDC_JWKSETURI',
    'CAMUNDA_SECURITY_AUTHENTICATION_OIDC_JWK_SET_URI',
    'CAMUNDA_SECURITY_AUTHENTICATION_OIDC_JWK-SET-URI',
    'camunda.security.authentication.oidc.jwk-set-uri',
    'camunda.security.authentication.oidc.jwkSetUri',
  ])('reads %s', (name) => {
    const { CAMUNDA_SECURITY_AUTHENTICATION_OIDC_ISSUERURI: _, ...rest } = FOREIGN;
    const [provider] = accepted({ environment: { ...rest, [name]: 'https://idp.example.com/keys' } }).configuration
      .providers;
    expect(provider).toMatchObject({
      kind: 'foreign',
      keysAt: { kind: 'jwk-set', uri: 'https://idp.example.com/keys' },
    });
  });

  it.each(['_0_', '[0]_', '[0].', '.[0].', '_[0]_', '.0.'])('reads an index written %s', (index) => {
    const prefix = `CAMUNDA_SECURITY_INITIALIZATION_USERS${index}`;
    expect(users({ [`${prefix}USERNAME`]: 'ann', [`${prefix}PASSWORD`]: 'long-enough' })).toEqual(['ann']);
  });

  it('reads a list from one variable with commas, and from one per index', () => {
    const audiences = (environment: Record<string, string>) => {
      const { CAMUNDA_SECURITY_AUTHENTICATION_OIDC_AUDIENCES: _, ...rest } = FOREIGN;
      const [provider] = accepted({ environment: { ...rest, ...environment } }).configuration.providers;
      return provider.audiences.operate;
    };
    const both = { kind: 'any-of', audiences: ['one', 'two'] };
    expect(audiences({ CAMUNDA_SECURITY_AUTHENTICATION_OIDC_AUDIENCES: 'one, two' })).toEqual(both);
    expect(
      audiences({
        CAMUNDA_SECURITY_AUTHENTICATION_OIDC_AUDIENCES_0: 'one',
        CAMUNDA_SECURITY_AUTHENTICATION_OIDC_AUDIENCES_1: 'two',
      }),
    ).toEqual(both);
  });

  it('knows the hyphens of role names and providers that a variable cannot carry', () => {
    const { configuration } = accepted({
      environment: {
        ...FOREIGN,
        CAMUNDA_SECURITY_INITIALIZATION_DEFAULTROLES_READONLYADMIN_CLIENTS_0: 'auditor',
        CAMUNDA_SECURITY_INITIALIZATION_DEFAULTROLES_TASK_WORKER_CLIENTS: 'worker',
      },
    });
    expect(configuration.initialization.defaultRoles.map(({ roleId }) => roleId)).toEqual([
      'readonly-admin',
      'task-worker',
    ]);
  });

  it('completes a provider of the file by its relaxed name', () => {
    const { configuration } = accepted({
      options: { method: 'oidc' },
      yaml: 'camunda.security.authentication.providers.oidc.my-idp.issuer-uri: https://idp.example.com',
      environment: { CAMUNDA_SECURITY_AUTHENTICATION_PROVIDERS_OIDC_MYIDP_AUDIENCES: 'orchestration' },
    });
    expect(configuration.providers).toMatchObject([
      { id: 'my-idp', audiences: { zeebe: { audiences: ['orchestration'] } } },
    ]);
  });

  it('reads a pin for a claim with an underscore', () => {
    const environment = { ...FOREIGN, STAGEDOOR_OIDC_PINS_TOKEN_USE: 'access', STAGEDOOR_OIDC_PINS_CLIENT_ID_0: 'one' };
    const [provider] = accepted({ environment }).configuration.providers;
    expect(provider).toMatchObject({
      pins: new Map([
        ['token_use', ['access']],
        ['client_id', ['one']],
      ]),
    });
  });

  it('takes an empty variable for none, as a Compose file means it', () => {
    const { configuration } = accepted({
      environment: { SERVER_PORT: '', CAMUNDA_SECURITY_AUTHENTICATION_METHOD: '' },
    });
    expect(configuration).toMatchObject({ method: 'none', server: { port: 8080 } });
  });
});

describe('variables that are not ours', () => {
  it('says nothing of the variables of clients', () => {
    const names =
      'CLIENT_ID CLIENT_SECRET CLIENT_ID_OC CAMUNDA_CLIENT_ID CAMUNDA_CLIENT_SECRET CAMUNDA_OAUTH_URL CAMUNDA_TOKEN_AUDIENCE CAMUNDA_AUTH_STRATEGY CAMUNDA_REST_ADDRESS CAMUNDA_OPERATE_BASE_URL CAMUNDA_BASE_URL BASE_URL ZEEBE_REST_ADDRESS ZEEBE_CLIENT_ID ZEEBE_CLIENT_SECRET ZEEBE_AUTHORIZATION_SERVER_URL CLUSTER_ID REGION PATH HOME _';
    const environment = Object.fromEntries(names.split(' ').map((name) => [name, 'x']));
    expect(accepted({ environment })).toMatchObject({ warnings: [], notes: [] });
  });

  it('says nothing of what Kubernetes puts beside a service called stagedoor', () => {
    const environment = {
      STAGEDOOR_SERVICE_HOST: '10.0.0.1',
      STAGEDOOR_SERVICE_PORT: '8080',
      STAGEDOOR_SERVICE_PORT_HTTP: '8080',
      STAGEDOOR_PORT: 'tcp://10.0.0.1:8080',
      STAGEDOOR_PORT_8080_TCP: 'tcp://10.0.0.1:8080',
      STAGEDOOR_PORT_8080_TCP_ADDR: '10.0.0.1',
    };
    expect(accepted({ environment })).toMatchObject({ warnings: [], notes: [] });
  });

  it('warns of another variable of Camunda, and guesses at a slip', () => {
    const { warnings } = accepted({
      environment: { CAMUNDA_SECUIRTY_AUTHENTICATION_METHOD: 'oidc', CAMUNDA_FOO: 'x' },
    });
    expect(warnings).toEqual([
      'CAMUNDA_FOO (environment) is not known and has no effect',
      'CAMUNDA_SECUIRTY_AUTHENTICATION_METHOD (environment) is not known and has no effect: did you mean CAMUNDA_SECURITY_AUTHENTICATION_METHOD (camunda.security.authentication.method)?',
    ]);
  });

  it.each(['SERVER_SSL_BUNDLE', 'MANAGEMENT_SERVER_BASEPATH', 'SPRING_CONFIG_IMPORT', 'CAMUNDA_SECUIRTY_CSRF_ENABLED'])(
    'warns of %s, from which somebody may expect protection',
    (name) => {
      expect(accepted({ environment: { [name]: 'x' } }).warnings).toEqual([
        expect.stringContaining(`${name} (environment) is not known`),
      ]);
    },
  );

  it.each(['SERVER_NAME', 'MANAGEMENT_URL', 'ZEEBE_ADDRESS', 'HOSTNAME'])('says nothing of %s', (name) => {
    expect(accepted({ environment: { [name]: 'x' } }).warnings).toEqual([]);
  });

  it.each([
    [
      'CAMUNDA_SECURITY_AUTHENTICATION_MODE',
      'CAMUNDA_SECURITY_AUTHENTICATION_METHOD (camunda.security.authentication.method)',
    ],
    [
      'CAMUNDA_SECURITY_AUTHORIZATION_ENABLED',
      'CAMUNDA_SECURITY_AUTHORIZATIONS_ENABLED (camunda.security.authorizations.enabled)',
    ],
    [
      'CAMUNDA_SECURITY_INITIALIZATION_USER_0_USERNAME',
      'CAMUNDA_SECURITY_INITIALIZATION_USERS_0_USERNAME (camunda.security.initialization.users[0].username)',
    ],
    ['STAGEDOOR_PROFIL', 'STAGEDOOR_PROFILE (stagedoor.profile)'],
  ])('refuses %s and names the nearest one', (name, nearest) => {
    expect(refused({ environment: { [name]: 'x' } })).toEqual([
      `${name} (environment) is not a known variable: the nearest one is ${nearest}`,
    ]);
  });
});
