import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { basic } from '../program/credentials.ts';
import { FREE_PORTS, type Program, refusedStart, startProgram } from '../program/start-program.ts';
import { ask, done, found } from './ask.ts';

const BOSS = basic('boss', 'the password of the boss');
const scratch = mkdtempSync(join(tmpdir(), 'stagedoor-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** One of everything. */
const EVERYTHING = `
camunda.security.initialization:
  users:
    - { username: boss, password: the password of the boss, name: The boss, email: boss@example.com }
    - { username: alice, password: the first password, name: Alice }
  default-roles.admin.users: [boss]
  groups: [{ groupId: choir, name: Choir, description: sings, users: [alice], clients: [organ] }]
  roles: [{ roleId: soloist, name: Soloist, groups: [choir] }]
  tenants: [{ tenantId: opera, name: Opera, roles: [soloist] }]
  mappingrules: [{ mapping-rule-id: altos, claim-name: voice, claim-value: alto }]
  authorizations:
    - { ownerType: ROLE, ownerId: soloist, resourceType: PROCESS_DEFINITION, resourceId: aria, permissions: [READ_PROCESS_DEFINITION] }
    - { ownerType: MAPPING_RULE, ownerId: altos, resourceType: USER_TASK, resourcePropertyName: assignee, permissions: [READ] }
`;

function start(data: string, yaml: string): Promise<Program> {
  return startProgram({ args: [...FREE_PORTS, '--method', 'basic', '--data', data], yaml, directory: scratch });
}

const shown = (program: Program, path: string) => done(program, path, { as: BOSS });
const members = (program: Program, path: string) => found(program, `${path}/search`, BOSS);
const grantsOf = (program: Program, ownerId: string) =>
  found(program, '/v2/authorizations/search', BOSS, { filter: { ownerId } });

describe('identities in the configuration', () => {
  it('are all there after the start, and once only after the next', async () => {
    const data = join(scratch, 'twice');
    await (await start(data, EVERYTHING)).stop();
    const program = await start(data, EVERYTHING);
    expect(await shown(program, '/v2/users/boss')).toMatchObject({ name: 'The boss', email: 'boss@example.com' });
    expect(await shown(program, '/v2/groups/choir')).toMatchObject({ name: 'Choir', description: 'sings' });
    expect(await shown(program, '/v2/mapping-rules/altos')).toMatchObject({ claimName: 'voice', claimValue: 'alto' });
    expect(await members(program, '/v2/groups/choir/users')).toEqual([{ username: 'alice' }]);
    expect(await members(program, '/v2/groups/choir/clients')).toEqual([{ clientId: 'organ' }]);
    expect(await members(program, '/v2/roles/soloist/groups')).toEqual([{ groupId: 'choir' }]);
    expect(await members(program, '/v2/tenants/opera/roles')).toMatchObject([{ roleId: 'soloist' }]);
    expect(await members(program, '/v2/roles/admin/users')).toEqual([{ username: 'boss' }]);
    expect(await grantsOf(program, 'soloist')).toMatchObject([
      { resourceType: 'PROCESS_DEFINITION', resourceId: 'aria', permissionTypes: ['READ_PROCESS_DEFINITION'] },
    ]);
    expect(await grantsOf(program, 'altos')).toMatchObject([{ resourcePropertyName: 'assignee' }]);
    expect(await shown(program, '/v2/authentication/me')).toMatchObject({ roles: ['admin'] });
    expect(await done(program, '/v2/authentication/me', { as: basic('alice', 'the first password') })).toMatchObject({
      groups: ['choir'],
      roles: ['soloist'],
    });
    await program.stop();
  });

  it('leave alone what somebody changed, and what was taken out of the configuration', async () => {
    const data = join(scratch, 'changed');
    const first = await start(data, EVERYTHING);
    await done(first, '/v2/users/alice', { as: BOSS, method: 'PUT', body: { name: 'Alicia' } });
    await done(first, '/v2/roles/soloist', { as: BOSS, method: 'PUT', body: { name: 'First soloist' } });
    await first.stop();
    const yaml = EVERYTHING.replace(/ {2}tenants: .*\n/, '').replace('name: Choir', 'name: Another choir');
    const program = await start(data, yaml);
    expect(await shown(program, '/v2/users/alice')).toMatchObject({ name: 'Alicia' });
    expect(await shown(program, '/v2/roles/soloist')).toMatchObject({ name: 'First soloist' });
    expect(await shown(program, '/v2/groups/choir')).toMatchObject({ name: 'Choir' });
    expect(await shown(program, '/v2/tenants/opera')).toMatchObject({ name: 'Opera' });
    await program.stop();
  });

  it('add what is new', async () => {
    const data = join(scratch, 'more');
    await (await start(data, EVERYTHING)).stop();
    const program = await start(
      data,
      EVERYTHING.replace('groups: [{', 'groups: [{ groupId: ballet, name: Ballet }, {'),
    );
    expect(await shown(program, '/v2/groups/ballet')).toMatchObject({ name: 'Ballet' });
    await program.stop();
  });

  it('replace a password that is another one there, and say so without saying which', async () => {
    const data = join(scratch, 'password');
    await (await start(data, EVERYTHING)).stop();
    const program = await start(data, EVERYTHING.replace('the first password', 'the second password'));
    const status = async (password: string) =>
      (await ask(program, '/v2/topology', { as: basic('alice', password) })).status;
    expect([await status('the first password'), await status('the second password')]).toEqual([401, 200]);
    expect(program.output()).toMatch(/alice/);
    expect(program.output()).not.toMatch(/the (first|second) password/);
    await program.stop();
  });
});

const OWNER = 'ownerType: ROLE, ownerId: admin';
const NONSENSE: readonly (readonly [string, string, RegExp])[] = [
  ['a user without a password', 'users: [{ username: x }]', /password/],
  [
    'a user twice',
    'users: [{ username: x, password: long-enough }, { username: x, password: long-enough }]',
    /users .*two entries with the same username/,
  ],
  ['an id with strange characters', 'groups: [{ groupId: "a b" }]', /groupId|a b/],
  ['an id that is too long', `groups: [{ groupId: "${'x'.repeat(257)}" }]`, /groupId|256/],
  ['a tenant id that is too long', `tenants: [{ tenantId: "${'x'.repeat(32)}" }]`, /tenantId|31/],
  ['a member that there is not', 'groups: [{ groupId: g, users: [nobody] }]', /nobody/],
  ['a role for a group that there is not', 'roles: [{ roleId: r, groups: [nothing] }]', /nothing/],
  ['a default role for nobody', 'default-roles.admin.users: [nobody]', /nobody/],
  ['a role that knows no such kind of member', 'roles: [{ roleId: r, tenors: [x] }]', /tenors/],
  [
    'a resource type that there is not',
    `authorizations: [{ ${OWNER}, resourceType: OPERA, resourceId: "*", permissions: [READ] }]`,
    /resourceType .*must be AUDIT_LOG/,
  ],
  [
    'a permission that the type has not',
    `authorizations: [{ ${OWNER}, resourceType: SYSTEM, resourceId: "*", permissions: [CLAIM] }]`,
    /has a permission that SYSTEM does not have/,
  ],
  ['a grant on nothing', `authorizations: [{ ${OWNER}, resourceType: SYSTEM, permissions: [READ] }]`, /resourceId/],
  [
    'a grant on a property of what has none',
    `authorizations: [{ ${OWNER}, resourceType: SYSTEM, resourcePropertyName: assignee, permissions: [READ] }]`,
    /resourcePropertyName|assignee/,
  ],
  [
    'a grant for nobody',
    'authorizations: [{ ownerType: ROLE, ownerId: nobody, resourceType: SYSTEM, resourceId: "*", permissions: [READ] }]',
    /nobody/,
  ],
];

describe('nonsense in the configuration of identities', () => {
  it.each(NONSENSE)('refuses the start: %s', async (_, yaml, named) => {
    const { code, stderr } = await refusedStart({
      args: [...FREE_PORTS, '--method', 'basic', '--memory'],
      yaml: `camunda.security.initialization:\n  ${yaml}\n`,
    });
    expect([code, stderr]).toEqual([1, expect.stringMatching(named)]);
    expect(stderr).not.toMatch(/^ {4}at /m);
  });

  it('leaves the records as they were', async () => {
    const data = join(scratch, 'nonsense');
    await (await start(data, EVERYTHING)).stop();
    const yaml = EVERYTHING.replace('groups: [{', 'groups: [{ groupId: ballet, users: [nobody] }, {');
    const { code } = await refusedStart({ args: [...FREE_PORTS, '--method', 'basic', '--data', data], yaml });
    expect(code).toBe(1);
    const program = await start(data, EVERYTHING);
    expect((await ask(program, '/v2/groups/ballet', { as: BOSS })).status).toBe(404);
    await program.stop();
  });
});
