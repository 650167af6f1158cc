import { beforeEach, describe, expect, it } from 'vitest';
import type { InitializationPlan } from '../src/index.ts';
import { type House, openDoor, openHouse, reopen, TestCaller } from './identity-under-test.ts';

const DEMO: InitializationPlan = {
  users: [{ username: 'demo', password: 'demo', name: 'Demo', email: 'demo@example.com' }],
  defaultRoles: { admin: { users: ['demo'] } },
};

const EVERYTHING: InitializationPlan = {
  ...DEMO,
  mappingRules: [{ mappingRuleId: 'ops-team', claimName: 'team', claimValue: 'ops' }],
  groups: [{ groupId: 'clerks', name: 'Clerks', users: ['demo'], clients: ['worker'], mappingRules: ['ops-team'] }],
  roles: [{ roleId: 'auditor', description: 'reads', groups: ['clerks'] }],
  tenants: [
    { tenantId: 'berlin', users: ['demo'], groups: ['clerks'], roles: ['auditor', 'rpa'], clients: ['worker'] },
  ],
  authorizations: [
    { ownerType: 'ROLE', ownerId: 'auditor', resourceType: 'AUDIT_LOG', resourceId: '*', permissions: ['READ'] },
    { ownerType: 'CLIENT', ownerId: 'worker', resourceType: 'MESSAGE', resourceId: 'paid', permissions: ['CREATE'] },
    { ownerType: 'CLIENT', ownerId: 'worker', resourceType: 'MESSAGE', resourceId: 'paid', permissions: ['READ'] },
    { ownerType: 'GROUP', ownerId: 'clerks', resourceType: 'USER', resourceId: 'demo', permissions: ['READ'] },
    {
      ownerType: 'GROUP',
      ownerId: 'clerks',
      resourceType: 'USER_TASK',
      resourcePropertyName: 'candidateGroups',
      permissions: ['READ', 'CLAIM'],
    },
  ],
};

async function allRows({ store }: House): Promise<unknown> {
  const tables = [
    'users',
    'groups',
    'roles',
    'tenants',
    'mapping_rules',
    'memberships',
    'authorizations',
    'latches',
  ] as const;
  return Promise.all(tables.map((table) => store.db.selectFrom(table).selectAll().execute()));
}

describe('initialize', () => {
  let house: House;
  beforeEach(async () => {
    house = await openHouse();
  });

  it('creates the users of a configuration in their roles', async () => {
    expect(await house.identity.initialize(DEMO)).toEqual({
      createdUsers: ['demo'],
      replacedPasswords: [],
      deletedRoles: [],
    });
    const snapshot = house.identity.snapshot();
    const demo = snapshot.user('demo');
    expect(demo).toMatchObject({ name: 'Demo', email: 'demo@example.com' });
    expect(demo && snapshot.principalOf({ kind: 'user', username: demo.username })).toMatchObject({ roles: ['admin'] });
    expect(await openDoor(house).verify('demo', 'demo', new TestCaller())).toMatchObject({ kind: 'verified' });
  });

  it('creates every kind of record', async () => {
    await house.identity.initialize(EVERYTHING);
    const snapshot = house.identity.snapshot();
    const demo = snapshot.user('demo');
    expect(demo && snapshot.principalOf({ kind: 'user', username: demo.username })).toMatchObject({
      groups: ['clerks'],
      roles: ['admin', 'auditor'],
      tenants: ['<default>', 'berlin'],
    });
    expect(snapshot.reach('ROLE', 'auditor', 'AUDIT_LOG', 'READ').all).toBe(true);
    expect([...snapshot.reach('CLIENT', 'worker', 'MESSAGE', 'CREATE').ids]).toEqual(['paid']);
    expect([...snapshot.reach('CLIENT', 'worker', 'MESSAGE', 'READ').ids]).toEqual(['paid']);
    expect(snapshot.tenants.size).toBe(2);
    expect((await house.identity.listGrants()).at(-1)).toMatchObject({
      ownerId: 'clerks',
      resourcePropertyName: 'candidateGroups',
      permissionTypes: ['READ', 'CLAIM'],
    });
  });

  it('changes nothing when it is carried out again', async () => {
    await house.identity.initialize(EVERYTHING);
    const before = await allRows(house);
    const { identity } = await reopen(house);
    expect(await identity.initialize(EVERYTHING)).toEqual({
      createdUsers: [],
      replacedPasswords: [],
      deletedRoles: [],
    });
    expect(await allRows(house)).toEqual(before);
  });

  it('replaces a password that differs from the configured one, says so, and ends what was remembered of it', async () => {
    await house.identity.initialize(DEMO);
    const door = openDoor(house);
    await door.verify('demo', 'demo', new TestCaller());
    const before = house.identity.snapshot().user('demo')?.credentialVersion;
    const plan = { users: [{ username: 'demo', password: 'changed' }] };
    expect(await house.identity.initialize(plan)).toEqual({
      createdUsers: [],
      replacedPasswords: ['demo'],
      deletedRoles: [],
    });
    expect(house.identity.snapshot().user('demo')?.credentialVersion).not.toBe(before);
    expect(await door.verify('demo', 'demo', new TestCaller())).toEqual({ kind: 'refused' });
    expect(await door.verify('demo', 'changed', new TestCaller())).toMatchObject({ kind: 'verified' });
  });

  it('overwrites nothing else that is recorded', async () => {
    await house.identity.initialize(EVERYTHING);
    const before = await allRows(house);
    await house.identity.initialize({
      users: [{ username: 'demo', password: 'demo', name: 'Other', email: 'other@example.com' }],
      mappingRules: [{ mappingRuleId: 'ops-team', claimName: 'other', claimValue: 'other' }],
      groups: [{ groupId: 'clerks', name: 'Other' }],
      roles: [{ roleId: 'admin', name: 'Other' }],
      tenants: [{ tenantId: '<default>', name: 'Other' }],
      authorizations: [
        { ownerType: 'ROLE', ownerId: 'auditor', resourceType: 'AUDIT_LOG', resourceId: '*', permissions: ['READ'] },
        { ownerType: 'CLIENT', ownerId: 'worker', resourceType: 'MESSAGE', resourceId: 'paid', permissions: ['READ'] },
      ],
    });
    expect(await allRows(house)).toEqual(before);
  });

  it.each(['ADMIN', 'Admin', 'readonlyadmin', 'READONLY_ADMIN', 'task-worker'])(
    'finds the default role of the key %s',
    async (key) => {
      await house.identity.initialize({ defaultRoles: { [key]: { clients: ['worker'] } } });
      const row = await house.store.db
        .selectFrom('memberships')
        .select('container_id')
        .where('member_type', '=', 'client')
        .execute();
      expect(row).toEqual([
        { container_id: key.toLowerCase().replace('_', '').replace('readonlyadmin', 'readonly-admin') },
      ]);
    },
  );

  it('puts nobody into a default role that was deleted, nor into its successor, and says so', async () => {
    await house.identity.deleteRole({ roleId: 'admin' });
    expect(await house.identity.initialize(DEMO)).toMatchObject({ createdUsers: ['demo'], deletedRoles: ['admin'] });
    await house.identity.createRole({ roleId: 'admin', name: 'Admin' });
    const demo = house.identity.snapshot().user('demo');
    expect(demo && house.identity.snapshot().principalOf({ kind: 'user', username: demo.username })).toMatchObject({
      roles: [],
    });
  });

  it('takes members and owners that an identity provider keeps on trust, where one does', async () => {
    house = await openHouse({ foreign: { users: true, groups: true } });
    await house.identity.initialize({
      defaultRoles: { admin: { users: ['alice'], groups: ['ops'] } },
      authorizations: [
        { ownerType: 'USER', ownerId: 'alice', resourceType: 'MESSAGE', resourceId: '*', permissions: ['READ'] },
      ],
    });
    expect(house.identity.snapshot().reach('USER', 'alice', 'MESSAGE', 'READ').all).toBe(true);
  });

  it('says everything that is wrong at once, each with its key, and writes nothing', async () => {
    const before = await allRows(house);
    const plan: InitializationPlan = {
      users: [
        { username: 'fine', password: 'fine' },
        { username: 'two words', password: '' },
        { username: 'fine', password: 'again' },
        { username: 'mail', password: 'x', email: 'nonsense' },
      ],
      defaultRoles: { admin: { users: ['fine', 'mail', 'ghost'], groups: ['nobodies'] }, boss: { users: ['fine'] } },
      mappingRules: [{ mappingRuleId: 'rule', claimName: '', claimValue: 'x\u0000' }],
      groups: [{ groupId: 'g', mappingRules: ['rule', 'other'] }, { groupId: 'g' }],
      roles: [{ roleId: '', groups: ['g'] }],
      tenants: [{ tenantId: 't'.repeat(32), roles: ['no-role'] }],
      authorizations: [
        { ownerType: 'USER', ownerId: 'ghost', resourceType: 'MESSAGE', resourceId: '*', permissions: ['READ'] },
        {
          ownerType: 'USER',
          ownerId: 'fine',
          resourceType: 'MESSAGE',
          resourceId: '*',
          permissions: ['READ', 'DELETE'],
        },
        { ownerType: 'PERSON', ownerId: 'fine', resourceType: 'PAPER', resourceId: 'x', permissions: ['READ'] },
        { ownerType: 'ROLE', ownerId: 'rpa', resourceType: 'GROUP', resourceId: 'no-group', permissions: ['READ'] },
        { ownerType: 'ROLE', ownerId: 'rpa', resourceType: 'USER_TASK', permissions: ['READ'] },
        {
          ownerType: 'ROLE',
          ownerId: 'rpa',
          resourceType: 'USER_TASK',
          resourceId: '*',
          resourcePropertyName: 'assignee',
          permissions: ['READ'],
        },
        {
          ownerType: 'ROLE',
          ownerId: 'rpa',
          resourceType: 'MESSAGE',
          resourcePropertyName: 'assignee',
          permissions: ['READ'],
        },
      ],
    };
    const problems = await house.identity.initialize(plan).then(
      () => [],
      (error: { code: string; problems: string[] }) => error.problems,
    );
    const at = (key: string) =>
      problems.filter((problem) => problem.startsWith(`camunda.security.initialization.${key}: `)).length;
    expect({
      'users[1]': at('users[1]'),
      'users[2]': at('users[2]'),
      'users[3]': at('users[3]'),
      'default-roles.admin.users[2]': at('default-roles.admin.users[2]'),
      'default-roles.admin.groups[0]': at('default-roles.admin.groups[0]'),
      'default-roles.boss': at('default-roles.boss'),
      'mapping-rules[0]': at('mapping-rules[0]'),
      'groups[0].mappingRules[1]': at('groups[0].mappingRules[1]'),
      'groups[1]': at('groups[1]'),
      'roles[0]': at('roles[0]'),
      'tenants[0]': at('tenants[0]'),
      'tenants[0].roles[0]': at('tenants[0].roles[0]'),
      'authorizations[0].owner-id': at('authorizations[0].owner-id'),
      'authorizations[1]': at('authorizations[1]'),
      'authorizations[2]': at('authorizations[2]'),
      'authorizations[3].resource-id': at('authorizations[3].resource-id'),
      'authorizations[4]': at('authorizations[4]'),
      'authorizations[5]': at('authorizations[5]'),
      'authorizations[6]': at('authorizations[6]'),
    }).toEqual({
      'users[1]': 2,
      'users[2]': 1,
      'users[3]': 1,
      'default-roles.admin.users[2]': 1,
      'default-roles.admin.groups[0]': 1,
      'default-roles.boss': 1,
      'mapping-rules[0]': 2,
      'groups[0].mappingRules[1]': 1,
      'groups[1]': 1,
      'roles[0]': 1,
      'tenants[0]': 1,
      'tenants[0].roles[0]': 1,
      'authorizations[0].owner-id': 1,
      'authorizations[1]': 1,
      'authorizations[2]': 2,
      'authorizations[3].resource-id': 1,
      'authorizations[4]': 1,
      'authorizations[5]': 1,
      'authorizations[6]': 1,
    });
    expect(problems).toHaveLength(22);
    expect(problems.join('\n')).not.toMatch(/again|[^\P{Cc}\n]/u);
    expect(await allRows(house)).toEqual(before);
  });

  it.each<[string, InitializationPlan]>([
    ['groups[0]', { groups: [{ groupId: 'g', name: 'x'.repeat(257) }] }],
    ['roles[0]', { roles: [{ roleId: 'r', description: 'x'.repeat(4097) }] }],
    ['tenants[0]', { tenants: [{ tenantId: 'a~b' }] }],
    ['mapping-rules[0]', { mappingRules: [{ mappingRuleId: 'm', claimName: 'x'.repeat(257), claimValue: 'x' }] }],
    ['mapping-rules[0]', { mappingRules: [{ mappingRuleId: 'm', claimName: 'x', claimValue: 'x'.repeat(257) }] }],
  ])('refuses in %s what no command would take', async (key, plan) => {
    await expect(house.identity.initialize(plan)).rejects.toMatchObject({
      problems: [expect.stringContaining(`camunda.security.initialization.${key}: The provided `)],
    });
  });

  it('refuses a user whose name a client has or had', async () => {
    await house.store.change((tx) => house.identity.reserveClientName(tx, 'demo'));
    await expect(house.identity.initialize(DEMO)).rejects.toMatchObject({
      code: 'INITIALIZATION_REFUSED',
      problems: ["camunda.security.initialization.users: 'demo' is or was the id of a client"],
    });
    await house.store.change((tx) => house.identity.removeClient(tx, 'demo'));
    await expect(house.identity.initialize(DEMO)).rejects.toMatchObject({ code: 'INITIALIZATION_REFUSED' });
  });

  it('leaves nothing half-written where the commit fails', async () => {
    const before = await allRows(house);
    house.store.breakCommits();
    await expect(house.identity.initialize(EVERYTHING)).rejects.toThrow('the disk is full');
    expect(await allRows(house)).toEqual(before);
  });

  it('does nothing for an empty plan', async () => {
    const before = await allRows(house);
    expect(await house.identity.initialize({})).toEqual({ createdUsers: [], replacedPasswords: [], deletedRoles: [] });
    expect(await allRows(house)).toEqual(before);
  });
});
