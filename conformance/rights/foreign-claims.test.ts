import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bearer } from '../program/credentials.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';
import { type ForeignIssuer, openForeignIssuer } from '../ways-in/foreign-issuer.ts';
import { ask, type Credentials, done } from './ask.ts';
import { deploy } from './processes.ts';

let issuer: ForeignIssuer;
beforeAll(async () => {
  issuer = await openForeignIssuer();
});
afterAll(() => issuer.close());

async function start(more: string): Promise<Program> {
  const program = await startProgram({
    args: [...FREE_PORTS, '--method', 'oidc', '--memory'],
    yaml: `
camunda.security.authentication.oidc:
  issuer-uri: ${issuer.origin}
  audiences: [the-cluster]
  username-claim: preferred_username
  client-id-claim: client_id
${more}
camunda.security.initialization:
  default-roles.admin.users: [boss]
  groups: [{ groupId: stagehands, name: Stagehands }, { groupId: admin, name: Admin }]
  mapping-rules: [{ mappingRuleId: by-role, claimName: roles, claimValue: stage-manager }]
  authorizations:
    - { ownerType: GROUP, ownerId: stagehands, resourceType: PROCESS_DEFINITION, resourceId: "*", permissions: [READ_PROCESS_DEFINITION] }
    - { ownerType: MAPPING_RULE, ownerId: by-role, resourceType: PROCESS_DEFINITION, resourceId: "*", permissions: [READ_PROCESS_DEFINITION] }
`,
  });
  await deploy(program, tokenWith({ preferred_username: 'boss' }), 'curtain-call');
  return program;
}

function tokenWith(claims: object): Credentials {
  return bearer(issuer.token({ aud: 'the-cluster', ...claims }));
}

async function sees(
  program: Program,
  as: Credentials,
): Promise<{ readonly definitions: unknown; readonly old: number }> {
  const search = { as, method: 'POST', body: {} };
  const { page } = await done(program, '/v2/process-definitions/search', search);
  const { status } = await ask(program, '/v1/process-definitions/search', search);
  return { definitions: (page as { totalItems: number }).totalItems, old: status };
}

const NOTHING = { definitions: 0, old: 403 };
const EVERYTHING = { definitions: 1, old: 200 };

/** What tokens of other systems say of the rights of their bearers. */
const CLAIMS: readonly (readonly [string, object])[] = [
  [
    'the permissions of Camunda 8.6',
    { permissions: { 'operate-api': ['read:*', 'write:*'], 'zeebe-api': ['write:*'] } },
  ],
  ['permissions as a list', { permissions: ['READ_PROCESS_DEFINITION', '*'] }],
  ['the role of an administrator', { role: 'admin' }],
  ['the roles of an administrator', { roles: ['admin', 'readonly-admin'] }],
  ['the roles of Keycloak', { realm_access: { roles: ['admin'] }, resource_access: { camunda: { roles: ['admin'] } } }],
  ['a group that has a grant here', { groups: ['stagehands'] }],
  ['a group of the name of a role', { groups: ['admin', '/admin'] }],
  ['scopes', { scope: 'operate zeebe tasklist orchestration administration', scp: ['admin'] }],
  ['authorities', { authorities: ['ROLE_ADMIN', 'admin'] }],
  ['tenants', { tenants: ['<default>'], tenant_ids: ['<default>'] }],
  ['mapping rules', { mappingRules: ['by-role'], mapping_rules: ['by-role'] }],
  ['the name of an administrator where no name is looked for', { name: 'boss', username: 'boss', upn: 'boss' }],
];

describe('a token of a foreign issuer', () => {
  let program: Program;
  beforeAll(async () => {
    program = await start('');
  });
  afterAll(() => program.stop());

  it.each(CLAIMS)('of a user gives nothing by %s', async (_, claims) => {
    const as = tokenWith({ preferred_username: 'mallory', ...claims });
    expect(await sees(program, as)).toEqual(NOTHING);
    const me = await done(program, '/v2/authentication/me', { as });
    expect(me).toMatchObject({ username: 'mallory', authorizedComponents: [], groups: [], roles: [], tenants: [] });
    expect((await ask(program, '/v2/roles', { as, method: 'POST', body: { roleId: 'x', name: 'x' } })).status).toBe(
      403,
    );
  });

  it.each(CLAIMS)('of a client gives nothing by %s', async (_, claims) => {
    const as = tokenWith({ client_id: 'mallory', ...claims });
    expect(await sees(program, as)).toEqual(NOTHING);
    expect(await done(program, '/v2/authentication/me', { as })).toMatchObject({ groups: [], roles: [], tenants: [] });
  });

  it('gives what a mapping rule here says of its claim, and no more', async () => {
    const as = tokenWith({ preferred_username: 'mallory', roles: ['stage-manager', 'admin'] });
    expect(await sees(program, as)).toEqual(EVERYTHING);
    expect((await ask(program, '/v2/roles', { as, method: 'POST', body: { roleId: 'x', name: 'x' } })).status).toBe(
      403,
    );
    expect(await done(program, '/v2/authentication/me', { as })).toMatchObject({ roles: [] });
  });

  it.each([
    ['a part of the value', { roles: ['stage-manager-of-the-night'] }],
    ['another case', { roles: ['Stage-Manager'] }],
    ['a list in one text', { roles: 'stage-manager,admin' }],
    ['an object', { roles: { 'stage-manager': true } }],
    ['another claim', { realm_roles: ['stage-manager'] }],
  ])('gives nothing by a mapping rule that is met by %s only', async (_, claims) => {
    expect(await sees(program, tokenWith({ preferred_username: 'mallory', ...claims }))).toEqual(NOTHING);
  });
});

describe('a token of a foreign issuer whose groups are taken', () => {
  let program: Program;
  beforeAll(async () => {
    program = await start('  groups-claim: groups');
  });
  afterAll(() => program.stop());

  it('gives the grants of the groups that it names', async () => {
    expect(await sees(program, tokenWith({ preferred_username: 'alice', groups: ['stagehands'] }))).toEqual(EVERYTHING);
  });

  it.each(CLAIMS.filter(([name]) => !name.includes('has a grant here')))('gives nothing by %s', async (_, claims) => {
    expect(await sees(program, tokenWith({ preferred_username: 'mallory', ...claims }))).toEqual(NOTHING);
  });

  it.each([
    ['another case', ['Stagehands']],
    ['one text with several', 'stagehands admin'],
    ['an object', { stagehands: true }],
    ['lists in lists', [['stagehands']]],
  ])('gives nothing by %s', async (_, groups) => {
    const as = tokenWith({ preferred_username: 'mallory', groups });
    const search = await ask(program, '/v2/process-definitions/search', { as, method: 'POST', body: {} });
    if (search.status === 200) expect(await sees(program, as)).toEqual(NOTHING);
    else expect(search.status).toBe(401);
  });
});
