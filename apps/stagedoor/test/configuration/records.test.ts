import { describe, expect, it } from 'vitest';
import { accepted, refused } from './resolve-with.ts';

const initialization = (yaml: string, method = 'basic') =>
  accepted({ options: { method }, yaml: `camunda.security.initialization:\n${yaml}` }).configuration.initialization;
const refusedRecords = (yaml: string) =>
  refused({ options: { method: 'basic' }, yaml: `camunda.security.initialization:\n${yaml}` });
const clients = (yaml: string) =>
  accepted({ options: { method: 'oidc' }, yaml: `stagedoor.clients:\n${yaml}` }).configuration.clients;
const refusedClients = (yaml: string) => refused({ options: { method: 'oidc' }, yaml: `stagedoor.clients:\n${yaml}` });

describe('records from configuration', () => {
  it('reads groups, roles and tenants with their members, in either spelling', () => {
    const plan = initialization(
      `
  groups: [{ groupId: staff, users: [demo], mapping-rules: [m] }]
  roles: [{ role-id: reader, name: Reader, description: reads, groups: [staff], clients: a b }]
  tenants: [{ tenantId: eu, roles: [reader], groups: staff, users: demo }]
`.replace('a b', 'ci'),
    );
    const nobody = { users: [], clients: [], mappingRules: [], groups: [], roles: [] };
    expect(plan.groups).toEqual([
      {
        groupId: 'staff',
        name: 'staff',
        description: '',
        members: { ...nobody, users: ['demo'], mappingRules: ['m'] },
      },
    ]);
    expect(plan.roles).toEqual([
      {
        roleId: 'reader',
        name: 'Reader',
        description: 'reads',
        members: { ...nobody, groups: ['staff'], clients: ['ci'] },
      },
    ]);
    expect(plan.tenants).toEqual([
      {
        tenantId: 'eu',
        name: 'eu',
        description: '',
        members: { ...nobody, roles: ['reader'], groups: ['staff'], users: ['demo'] },
      },
    ]);
  });

  it('knows default roles in any case, with all kinds of members', () => {
    const plan = initialization(
      '  defaultRoles: { ADMIN: { groups: [g], roles: [r], mappingrules: [m] }, "[my.role]": { clients: [c] } }',
      'oidc',
    );
    expect(plan.defaultRoles.map(({ roleId }) => roleId)).toEqual(['admin', 'my.role']);
    expect(plan.defaultRoles[0]?.members).toMatchObject({ groups: ['g'], roles: ['r'], mappingRules: ['m'] });
  });

  it('reads a user without name and address', () => {
    expect(initialization('  users: [{ username: ann, password: long-enough }]').users).toMatchObject([
      { name: '', email: '', wellKnown: false },
    ]);
  });

  it.each([
    [
      '  users: [{ username: "a b", password: x }]',
      'users[0].username (application.yaml:2) is not an id. The provided username contains illegal characters',
    ],
    ['  users: [{ username: a }]', 'users[0].password (application.yaml:2) is missing'],
    [
      '  users: [{ username: a, password: x, email: nowhere }]',
      'users[0].email (application.yaml:2) must be an e-mail address',
    ],
    [
      '  users: [{ username: a, password: x }, { username: a, password: y }]',
      'users (application.yaml:2) has two entries with the same username',
    ],
    ['  default-roles.admin.owners: [a]', 'default-roles.admin.owners (application.yaml:2) is not a known key'],
    ['  default-roles.admin.users: ["a/b"]', 'default-roles.admin.users (application.yaml:2) is not an id'],
    ['  default-roles: { "a/b": { users: [a] } }', 'default-roles.a/b (application.yaml:2) is not an id'],
    [
      '  mappingrules: [{ mapping-rule-id: m, claim-name: n }]',
      'mappingrules[0].claim-value (application.yaml:2) is missing',
    ],
    ['  tenants: [{ tenantId: "a b" }]', 'tenants[0].tenantId (application.yaml:2) is not an id'],
    ['  groups: [{ groupId: g }, { groupId: g }]', 'groups (application.yaml:2) has two entries with the same groupId'],
  ])('refuses %j', (yaml, sentence) => {
    const errors = refusedRecords(yaml);
    expect(errors[0]).toContain(`camunda.security.initialization.${sentence}`);
    expect(errors).toHaveLength(1);
  });

  const grant = (row: string) =>
    `  authorizations: [{ ownerType: USER, ownerId: a, resourceType: MESSAGE, resourceId: "*", ${row} }]`;
  it.each([
    [
      grant('permissions: [CREATE, FLY]'),
      'authorizations[0].permissions (application.yaml:2) has a permission that MESSAGE does not have',
    ],
    [
      grant('permissions: []'),
      'authorizations[0].permissions (application.yaml:2) is missing: name at least one permission',
    ],
    [
      grant('permissions: [READ]').replace('USER', 'ROBOT'),
      'authorizations[0].ownerType (application.yaml:2) must be USER, CLIENT',
    ],
    [
      grant('permissions: [READ]').replace('MESSAGE', 'MASSAGE'),
      'authorizations[0].resourceType (application.yaml:2) must be',
    ],
    [
      grant('permissions: [READ]').replace('resourceId: "*",', ''),
      'authorizations[0].resourceId (application.yaml:2) is missing: name a resource, `*` for all, or a resourcePropertyName',
    ],
    [
      grant('permissions: [READ], resource-property-name: assignee'),
      'authorizations[0].resourceId (application.yaml:2) is given beside resourcePropertyName: use one of them',
    ],
    [
      grant('permissions: [READ]').replace('resourceId: "*"', 'resourcePropertyName: assignee'),
      'authorizations[0].resourcePropertyName (application.yaml:2) is for USER_TASK alone: MESSAGE has no properties',
    ],
    [
      grant('permissions: [READ]').replace('MESSAGE, resourceId: "*"', 'USER_TASK, resourcePropertyName: priority'),
      'authorizations[0].resourcePropertyName (application.yaml:2) must be assignee, candidateUsers or candidateGroups',
    ],
  ])('refuses the grant %j', (yaml, sentence) => {
    const errors = refusedRecords(yaml);
    expect(errors[0]).toContain(`camunda.security.initialization.${sentence}`);
    expect(errors).toHaveLength(1);
  });

  it('grants by a property of user tasks', () => {
    const yaml = grant('permissions: [READ, CLAIM]').replace(
      'MESSAGE, resourceId: "*"',
      'USER_TASK, resource-property-name: candidateGroups',
    );
    const { initialization } = accepted({
      options: { method: 'basic' },
      yaml: `camunda.security.initialization:\n${yaml}`,
    }).configuration;
    expect(initialization.authorizations).toEqual([
      {
        ownerType: 'USER',
        ownerId: 'a',
        resourceType: 'USER_TASK',
        resourcePropertyName: 'candidateGroups',
        permissionTypes: ['READ', 'CLAIM'],
      },
    ]);
  });

  it("matches ids as a whole by a pattern of one's own", () => {
    const yaml =
      "camunda.security: { id-validation-pattern: 'admin|b', initialization.users: [{ username: adminb, password: x }] }";
    expect(refused({ options: { method: 'basic' }, yaml })).toEqual([
      "camunda.security.initialization.users[0].username (application.yaml:1) is not an id. The provided username contains illegal characters. It must match the pattern '^(?:admin|b)$'",
    ]);
    expect(
      accepted({ options: { method: 'basic' }, yaml: yaml.replace('adminb', 'b') }).configuration.initialization.users,
    ).toHaveLength(1);
  });
});

describe('clients from configuration', () => {
  it('have a secret or a file with one, and all scopes unless they name some', () => {
    const [first, second] = clients(
      '  - { id: ci, secret: s }\n  - { id: job, name: Job, secret-file: /run/secrets/job, scopes: [operate, zeebe], grants: false }',
    );
    expect(first).toMatchObject({
      clientId: 'ci',
      name: 'ci',
      scopes: ['operate', 'zeebe', 'tasklist', 'orchestration', 'administration'],
      grants: true,
    });
    const { authentication } = first ?? {};
    expect(authentication?.kind === 'secret' && authentication.text.reveal()).toBe('s');
    expect(second).toEqual({
      key: 'stagedoor.clients[1]',
      clientId: 'job',
      name: 'Job',
      authentication: { kind: 'secret-file', path: '/run/secrets/job' },
      scopes: ['operate', 'zeebe'],
      grants: false,
    });
  });

  it.each([
    ['key-file: ci.pem', { kind: 'key-file', path: 'ci.pem' }],
    ['certificates: [a.pem, b.pem]', { kind: 'certificates', paths: ['a.pem', 'b.pem'] }],
    ['certificate-thumbprints: t', { kind: 'certificate-thumbprints', thumbprints: ['t'] }],
    ['certificate-subject: "CN=reader,O=Stage"', { kind: 'certificate-subject', subject: 'CN=reader,O=Stage' }],
    ['public: true', { kind: 'public' }],
  ])('have one way to authenticate, such as %s', (yaml, authentication) => {
    expect(clients(`  - { id: ci, ${yaml} }`)).toMatchObject([{ authentication }]);
  });

  it('have all that a created client can have, and nothing that is not said', () => {
    const said = `  - id: ci
    secret: s
    audiences: [https://shop.example, api]
    claims: '{"team": "stage"}'
    token-lifetime: 90s
    bind-tokens: dpop
    redirect-uris: [https://app.example/callback]
    post-logout-redirect-uris: [https://app.example/bye]
  - { id: bare, secret: s }`;
    const [full, bare] = clients(said);
    expect(full).toMatchObject({
      audiences: ['https://shop.example', 'api'],
      claims: '{"team": "stage"}',
      tokenLifetimeSeconds: 90,
      bindTokens: 'dpop',
      login: {
        redirectUris: ['https://app.example/callback'],
        postLogoutRedirectUris: ['https://app.example/bye'],
      },
    });
    const nothing = { audiences: undefined, claims: undefined, tokenLifetimeSeconds: undefined };
    expect(bare).toEqual({ ...bare, ...nothing, bindTokens: undefined, login: undefined });
  });

  it.each([
    'scopes',
    'audiences',
    'certificates',
    'certificate-thumbprints',
    'redirect-uris',
    'post-logout-redirect-uris',
  ])('have no empty list of %s: nobody knows whether it means all or none', (field) => {
    expect(refusedClients(`  - { id: ci, secret: s, ${field}: [] }`)).toEqual([
      `stagedoor.clients[0].${field} (application.yaml:2) is empty: name at least one, or leave it out`,
    ]);
  });

  it.each([
    [
      '  - { id: ci }',
      'stagedoor.clients[0] (application.yaml:2) has no way to authenticate: give it secret, secret-file, key-file, certificates, certificate-thumbprints or certificate-subject, or say public: true',
    ],
    [
      '  - { id: ci, public: true, key-file: f }',
      'stagedoor.clients[0] (application.yaml:2) has both key-file and public: a client has one way to authenticate, so remove one of them',
    ],
    [
      '  - { id: ci, secret: s, token-lifetime: 1500ms }',
      'stagedoor.clients[0].token-lifetime (application.yaml:2) must be in whole seconds',
    ],
    [
      '  - { id: ci, secret: s, bind-tokens: tls }',
      'stagedoor.clients[0].bind-tokens (application.yaml:2) must be none, certificate or dpop',
    ],
    [
      '  - { id: ci, secret: s, secret-file: f }',
      'stagedoor.clients[0] (application.yaml:2) has both secret and secret-file: a client has one way to authenticate, so remove one of them',
    ],
    [
      '  - { id: ci, secret: s, scopes: [optimize] }',
      'stagedoor.clients[0].scopes[0] (application.yaml:2) must be operate, zeebe, tasklist, orchestration or administration',
    ],
    [
      '  - { id: ci, secret: s }\n  - { id: ci, secret: t }',
      'stagedoor.clients[1].id (application.yaml:3) is the id of another client as well: remove one of them',
    ],
    [
      '  - { id: "c i", secret: s }',
      "stagedoor.clients[0].id (application.yaml:2) is not an id. The provided clientId contains illegal characters. It must match the pattern '^[a-zA-Z0-9_~@.+-]+$'",
    ],
  ])('refuses %j', (yaml, sentence) => {
    expect(refusedClients(yaml)).toEqual([sentence]);
  });

  it('refuses a client with the name of a user', () => {
    expect(refused({ options: { method: 'basic' }, yaml: 'stagedoor.clients: [{ id: demo, secret: s }]' })).toEqual([
      'stagedoor.clients[0].id (application.yaml:1) is the name of a user as well: the names of users and the ids of clients must differ',
    ]);
  });
});
