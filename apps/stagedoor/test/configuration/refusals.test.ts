import { describe, expect, it } from 'vitest';
import { accepted, refused } from './resolve-with.ts';

const CLIENT = 'stagedoor.clients:\n  - id: ci\n    secret: ';

describe('values that cannot be read', () => {
  it.each([
    ['server.port: 65536', 'server.port (application.yaml:1) must be a whole number from 0 to 65535'],
    ['server.port: -1', 'server.port (application.yaml:1) must be a whole number from 0 to 65535'],
    ['server.port: 8080.5', 'server.port (application.yaml:1) must be a whole number from 0 to 65535'],
    ['server.port: [1]', 'server.port (application.yaml:1) takes one value, not a list or a mapping'],
    ['server.port: []', 'server.port (application.yaml:1) is empty: give it a value, or leave it out'],
    [
      'camunda.security.csrf.enabled: maybe',
      'camunda.security.csrf.enabled (application.yaml:1) must be true or false',
    ],
    [
      'stagedoor.issuer.token-lifetime: 300',
      'stagedoor.issuer.token-lifetime (application.yaml:1) must be a duration from 1s to 1d, such as 30s, 5m or PT30S (a bare number means milliseconds)',
    ],
    [
      'stagedoor.issuer.token-lifetime: P2D',
      'stagedoor.issuer.token-lifetime (application.yaml:1) must be a duration from 1s to 1d, such as 30s, 5m or PT30S (a bare number means milliseconds)',
    ],
    [
      'stagedoor.issuer.key-rotation: 23h',
      'stagedoor.issuer.key-rotation (application.yaml:1) must be at least a day, or 0 for never',
    ],
    [
      'stagedoor.issuer.algorithm: HS256',
      'stagedoor.issuer.algorithm (application.yaml:1) must be RS256, ES256 or EdDSA',
    ],
    [
      'stagedoor.issuer.origin: localhost',
      'stagedoor.issuer.origin (application.yaml:1) must be an absolute http or https URL',
    ],
    [
      'stagedoor.issuer.origin: http://user:pass@localhost',
      'stagedoor.issuer.origin (application.yaml:1) must not carry a user name or password',
    ],
    [
      'stagedoor.issuer.origin: https://id.example.com/auth',
      'stagedoor.issuer.origin (application.yaml:1) must be an origin alone, without path or query: https://id.example.com',
    ],
    ['stagedoor.cluster-id: mine', 'stagedoor.cluster-id (application.yaml:1) must be a UUID in lower case'],
    [
      'stagedoor.region: a.b',
      'stagedoor.region (application.yaml:1) must be a DNS label: lower-case letters, digits and hyphens, at most 63',
    ],
    [
      'stagedoor.hosts: http://a',
      'stagedoor.hosts[0] (application.yaml:1) must be a host name without scheme, port and path',
    ],
    ['server.address: a b', 'server.address (application.yaml:1) must be one IP address or host name, without port'],
    [
      "camunda.security.id-validation-pattern: '['",
      'camunda.security.id-validation-pattern (application.yaml:1) must be a regular expression of at most 256 characters',
    ],
    [
      'camunda.security.initialization.users: ann',
      'camunda.security.initialization.users (application.yaml:1) is a list of entries with keys of their own, such as camunda.security.initialization.users[0].username',
    ],
    [
      'stagedoor.hosts: { a: b }',
      'stagedoor.hosts (application.yaml:1) is a list: write its entries one below the other, each behind a hyphen, or with an index',
    ],
    [
      'stagedoor.hosts[1]: a',
      'stagedoor.hosts (application.yaml:1) has no entry [0]: entries count from 0 without a gap',
    ],
    [
      'stagedoor.hosts: a\nstagedoor.hosts[0]: b',
      'stagedoor.hosts (application.yaml:1) is given as one text and by index: keep one of them',
    ],
    [
      'stagedoor.oidc.pins: tid',
      'stagedoor.oidc.pins (application.yaml:1) is a mapping: write its entries as stagedoor.oidc.pins.<claim>',
    ],
    ['stagedoor.clients: [{ secret: x }]', 'stagedoor.clients[0].id (application.yaml:1) is missing: give it a value'],
  ])('%j', (yaml, sentence) => {
    expect(refused({ yaml })).toEqual([sentence]);
  });

  it.each(['camunda', '/camunda/', '//camunda', '/a//b', '/a/../b', '/./a', '/a b', '/a;b', '/%2e', '/a\\b'])(
    'refuses the context path %s',
    (path) => {
      const [error, ...others] = refused({ yaml: `server.servlet.context-path: '${path}'` });
      expect(error).toMatch(
        /^server\.servlet\.context-path \(application\.yaml:1\) must be `\/`, or begin with a slash/,
      );
      expect(others).toEqual([]);
    },
  );

  it.each([
    ['/', ''],
    ['/camunda', '/camunda'],
    ['/a/b-c_d.e~f', '/a/b-c_d.e~f'],
  ])('takes the context path %s', (path, effective) => {
    expect(accepted({ yaml: `server.servlet.context-path: ${path}` }).configuration.server.contextPath).toBe(effective);
  });

  it.each([
    ['30s', 30],
    ['5m', 300],
    ['PT30S', 30],
    ['pt1h', 3600],
    ['P1DT1S', 86401],
    ['60000', 60],
    ['PT1.5S', 1],
  ])('reads the duration %s', (text, seconds) => {
    const { session } = accepted({ environment: { CAMUNDA_SECURITY_SESSION_MAXINACTIVEINTERVAL: text } }).configuration;
    expect(session.maxInactiveSeconds).toBe(seconds);
  });

  it.each(['P', 'PT', '5x', '-5s', '1e3', 'PT-5S', '5 s'])('refuses the duration %s', (text) => {
    expect(refused({ environment: { CAMUNDA_SECURITY_SESSION_MAXINACTIVEINTERVAL: text } })[0]).toContain(
      'must be a duration',
    );
  });
});

describe('keys that nobody knows', () => {
  it.each([
    [
      'camunda.security.authentication.methdo: oidc',
      'camunda.security.authentication.methdo',
      'camunda.security.authentication.method',
    ],
    ['stagedoor.prfile: saas', 'stagedoor.prfile', 'stagedoor.profile'],
    [
      'camunda.security.authentication.oidc.audience: x',
      'camunda.security.authentication.oidc.audience',
      'camunda.security.authentication.oidc.audiences',
    ],
    [
      'camunda.security.initialization.default-roles.admin.user: x',
      'camunda.security.initialization.default-roles.admin.user',
      'camunda.security.initialization.default-roles.admin.users',
    ],
    ['camunda.security: oidc', 'camunda.security', 'camunda.security.csrf.enabled'],
  ])('refuses %j', (yaml, key, nearest) => {
    expect(refused({ yaml })).toEqual([
      `${key} (application.yaml:1) is not a known key: the nearest one is ${nearest}`,
    ]);
  });

  it('warns of others, once for everything below', () => {
    const { warnings } = accepted({
      yaml: 'server:\n  ssl: { key-store: a, key-alias: b }\nsrever.port: 1\nlogging.level.root: DEBUG',
    });
    expect(warnings).toEqual([
      'logging (application.yaml:4) is not known and has no effect',
      'server.ssl.key-alias (application.yaml:2) is not known and has no effect',
      'srever (application.yaml:3) is not known and has no effect',
    ]);
  });

  it('notes the keys of Camunda that mean nothing here, and checks none of them', () => {
    const yaml = `
camunda.security:
  http-headers.content-security-policy.policy-directives: x
  session.heartbeat.enabled: perhaps
camunda.operate: { persistentSessionsEnabled: canary, elasticsearch.url: http://x }
camunda.data.secondary-storage.type: rdbms
zeebe.broker.network.host: 0.0.0.0
spring.profiles.active: [identity, operate]
`;
    const { notes, warnings } = accepted({ yaml });
    expect(warnings).toEqual([]);
    expect(notes.map((note) => note.split(' means nothing here')[0])).toEqual([
      'camunda.data (application.yaml:6)',
      'camunda.operate (application.yaml:5)',
      'camunda.operate.persistentSessionsEnabled (application.yaml:5)',
      'camunda.security.http-headers (application.yaml:3)',
      'camunda.security.session.heartbeat.enabled (application.yaml:4)',
      'spring.profiles.active (application.yaml:8)',
      'zeebe.broker (application.yaml:7)',
    ]);
    expect(JSON.stringify(notes)).not.toContain('canary');
  });

  it('shows what a terminal would obey as an escape', () => {
    const [error] = refused({ yaml: '"stagedoor.\\e[31m\\r\\n": 1' });
    expect(error).toMatch(/^[\x20-\x7e]+$/);
    expect(error).toContain('\\u001b');
  });
});

describe('contradictions', () => {
  it('says all of them at once, sorted', () => {
    const errors = refused({
      options: { profile: 'saas', method: 'basic', memory: true, data: 'x', host: '0.0.0.0' },
      environment: { SERVER_PORT: '18080', STAGEDOOR_FOO: '1' },
      yaml: 'stagedoor.clients: [{ id: x }]',
    });
    expect(errors.map((error) => error.split(' ')[0])).toEqual([
      '--memory',
      'STAGEDOOR_FOO',
      'camunda.security.authentication.method',
      'stagedoor.clients[0]',
      'stagedoor.issuer.port',
    ]);
  });

  it.each([
    ['client-id', 'orchestration'],
    ['issuer-uri', 'https://idp.example.com'],
    ['audiences', 'a'],
  ])("refuses basic with oidc.%s, in Camunda's words", (name, value) => {
    const errors = refused({
      yaml: `camunda.security.authentication: { method: basic, oidc: { ${name}: '${value}' } }`,
    });
    expect(errors).toEqual([
      `camunda.security.authentication.oidc.${name} (application.yaml:1) contradicts the method. Oidc configuration is not supported with \`BASIC\` authentication method: set camunda.security.authentication.method to oidc (or --method oidc), or remove the oidc keys`,
    ]);
  });

  it('refuses basic with a listed provider', () => {
    const yaml = 'camunda.security.authentication.providers.oidc.one.issuer-uri: https://idp.example.com';
    expect(refused({ options: { method: 'basic' }, yaml })[0]).toContain(
      'Oidc configuration is not supported with `BASIC` authentication method',
    );
  });

  it('refuses basic and unprotected with oidc keys as Camunda does', () => {
    const yaml = 'camunda.security.authentication: { method: basic, unprotected-api: true, oidc.client-id: x }';
    expect(refused({ yaml })[0]).toContain('Oidc configuration is not supported with `BASIC` authentication method: ');
  });

  it('refuses oidc keys beside an unprotected API that only the profile chose', () => {
    const [error] = refused({ yaml: 'camunda.security.authentication.oidc.client-id: x' });
    expect(error).toContain('and nothing but profile c8run chose none');
  });

  it('takes oidc keys beside a none that somebody said', () => {
    const yaml =
      'camunda.security.authentication: { method: oidc, oidc: { issuer-uri: https://idp.example.com, audiences: a } }';
    expect(accepted({ options: { method: 'none' }, yaml }).configuration).toMatchObject({
      method: 'none',
      issuer: null,
    });
  });

  it("refuses oidc with users, in Camunda's words", () => {
    const yaml =
      'camunda.security: { authentication.method: oidc, initialization.users: [{ username: a, password: b }] }';
    expect(refused({ yaml })).toEqual([
      'camunda.security.initialization.users (application.yaml:1) contradicts the method. Creation of initial users is not supported with `OIDC` authentication method: remove them, or set camunda.security.authentication.method to basic',
    ]);
  });

  it.each([
    [
      { options: { issuerPort: '8080' } },
      'stagedoor.issuer.port (option --issuer-port) is the port of server.port as well (8080): give each its own, or 0 for any free one',
    ],
    [
      { environment: { MANAGEMENT_SERVER_PORT: '18080' } },
      'management.server.port (env MANAGEMENT_SERVER_PORT) is the port of stagedoor.issuer.port as well (18080): give each its own, or 0 for any free one',
    ],
  ])('refuses two equal ports %#', (given, sentence) => {
    expect(refused(given)).toEqual([sentence]);
  });

  it('takes several ports 0', () => {
    const options = { port: '0', issuerPort: '0', managementPort: '0' };
    expect(accepted({ options }).configuration.issuer).toMatchObject({ origin: null });
  });

  it('refuses --memory with --data, and takes it with a data directory of the file', () => {
    expect(refused({ options: { memory: true, data: 'x' } })).toEqual([
      '--memory contradicts --data: the one keeps nothing, the other says where to keep it; use one of them',
    ]);
    expect(accepted({ options: { memory: true }, yaml: 'stagedoor.data: x' }).configuration.data).toEqual({
      kind: 'memory',
    });
  });

  it('refuses tenant checks of an open API, and takes them with a protected one', () => {
    const yaml = 'camunda.security.multi-tenancy.checks-enabled: true';
    expect(refused({ yaml })).toEqual([
      'camunda.security.multi-tenancy.checks-enabled (application.yaml:1) needs a protected API: set it to false, or use --method basic or oidc',
    ]);
    const { configuration } = accepted({ options: { method: 'basic' }, yaml });
    expect(configuration.tenantChecksEnabled).toBe(true);
    expect(accepted({ options: { method: 'basic' } }).configuration.tenantChecksEnabled).toBe(false);
  });
});

describe('what must not be reached from other machines', () => {
  const NONE =
    'server.address (option --host) reaches beyond this machine, and method none lets everybody in: keep to loopback, or consent with --expose-unprotected';
  const demo = (user: string) =>
    `server.address (option --host) reaches beyond this machine, and the password of user ${user} is one that everybody knows: keep to loopback, or consent with --expose-unprotected`;

  it.each(['0.0.0.0', '::', '192.168.0.7', 'stagedoor', '127.0.0.1.example.com', '::ffff:10.0.0.1', '0'])(
    'refuses none on %s',
    (host) => {
      expect(refused({ options: { host, method: 'none' } })).toEqual([NONE, demo('demo')]);
    },
  );

  it.each(['localhost', 'LOCALHOST', '127.0.0.1', '127.9.9.9', '::1'])('serves none on %s', (host) => {
    expect(accepted({ options: { host, method: 'none' } }).configuration.reachable).toBe(false);
  });

  it('listens on both families for localhost', () => {
    expect(accepted({}).configuration.server.hosts).toEqual(['127.0.0.1', '::1']);
  });

  it('refuses the default passwords of helm', () => {
    expect(refused({ options: { host: '::', profile: 'helm' } })).toEqual([demo('connectors'), demo('demo')]);
  });

  it('refuses a password that repeats its user name', () => {
    const yaml = 'camunda.security.initialization.users: [{ username: ann, password: ANN }]';
    expect(refused({ options: { host: '::', method: 'basic' }, yaml })).toEqual([demo('ann')]);
  });

  it('refuses a client whose secret repeats its id, in every method', () => {
    expect(refused({ options: { host: '::', method: 'oidc' }, yaml: `${CLIENT}ci` })[0]).toContain(
      'the password of client ci is one that everybody knows',
    );
  });

  it('serves a user with a password of his own', () => {
    const yaml = 'camunda.security.initialization.users: [{ username: ann, password: correct horse }]';
    expect(accepted({ options: { host: '::', method: 'basic' }, yaml }).configuration).toMatchObject({
      reachable: true,
      exposeUnprotected: false,
    });
  });

  it('serves all of it with consent, and warns at every start', () => {
    const { configuration, warnings } = accepted({ options: { host: '0.0.0.0', exposeUnprotected: true } });
    expect(configuration).toMatchObject({ reachable: true, exposeUnprotected: true, server: { hosts: ['0.0.0.0'] } });
    expect(warnings).toEqual([
      'server.address (option --host) reaches beyond this machine, and method none lets everybody in',
      'server.address (option --host) reaches beyond this machine, and the password of user demo is one that everybody knows',
    ]);
  });

  it('serves saas to other machines without consent', () => {
    expect(accepted({ options: { host: '::', profile: 'saas' } }).warnings).toEqual([]);
  });

  it('allows the names that were configured, in lower case, and no address', () => {
    const yaml =
      'stagedoor: { hosts: [Camunda.example.com, camunda.example.com], issuer.origin: http://id.example.com:18080 }';
    const options = { host: 'Box', method: 'oidc' };
    expect(accepted({ options, yaml }).configuration.allowedHosts).toEqual([
      'camunda.example.com',
      'box',
      'id.example.com',
    ]);
    expect(accepted({ options: { host: '0.0.0.0', method: 'oidc' } }).configuration.allowedHosts).toEqual([]);
  });
});
