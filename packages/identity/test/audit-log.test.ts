import { ANONYMOUS_ACTOR, type AuditEntry } from '@stagedoor/access';
import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import type { AuditField, IdentityCommands, RecordSearch, StoredAuditEntry } from '../src/index.ts';
import { type House, openHouse } from './identity-under-test.ts';

const EVERYTHING: RecordSearch<AuditField> = {
  where: [],
  sort: [],
  page: { kind: 'offset', from: 0, limit: 1000 },
  visible: { kind: 'all' },
};
const ROOT = { kind: 'user', id: 'root', credential: 'basic' } as const;
const ENTRY: AuditEntry = {
  at: 5,
  actor: ROOT,
  operation: 'login',
  entityType: 'USER',
  entityKey: 'ann',
  outcome: 'FAIL',
  code: null,
  count: 1,
};

async function all(house: House): Promise<readonly StoredAuditEntry[]> {
  return (await house.identity.audit.search(EVERYTHING)).items;
}

describe('every command', () => {
  const steps: readonly (readonly [string, string, string | null, (by: IdentityCommands) => Promise<unknown>])[] = [
    ['createUser', 'USER', 'ann', (by) => by.createUser({ username: 'ann', password: 'x' })],
    ['updateUser', 'USER', 'ann', (by) => by.updateUser({ username: 'ann', name: 'Ann' })],
    ['updateUser', 'USER', 'ann', (by) => by.changePassword({ username: 'ann', password: 'y' })],
    ['createRole', 'ROLE', 'r', (by) => by.createRole({ roleId: 'r', name: 'R' })],
    ['updateRole', 'ROLE', 'r', (by) => by.updateRole({ roleId: 'r', name: 'R' })],
    ['createGroup', 'GROUP', 'g', (by) => by.createGroup({ groupId: 'g', name: 'G' })],
    ['updateGroup', 'GROUP', 'g', (by) => by.updateGroup({ groupId: 'g', name: 'G' })],
    ['createTenant', 'TENANT', 't', (by) => by.createTenant({ tenantId: 't', name: 'T' })],
    ['updateTenant', 'TENANT', 't', (by) => by.updateTenant({ tenantId: 't', name: 'T' })],
    ['createMappingRule', 'MAPPING_RULE', 'm', (by) => by.createMappingRule({ mappingRuleId: 'm', ...RULE })],
    ['updateMappingRule', 'MAPPING_RULE', 'm', (by) => by.updateMappingRule({ mappingRuleId: 'm', ...RULE })],
    ['assignRoleToUser', 'ROLE', 'r', (by) => by.addMember(member('role', 'r', 'user', 'ann'))],
    ['assignRoleToMappingRule', 'ROLE', 'r', (by) => by.addMember(member('role', 'r', 'mapping-rule', 'm'))],
    ['assignClientToGroup', 'GROUP', 'g', (by) => by.addMember(member('group', 'g', 'client', 'c'))],
    ['assignRoleToTenant', 'TENANT', 't', (by) => by.addMember(member('tenant', 't', 'role', 'r'))],
    ['unassignRoleFromUser', 'ROLE', 'r', (by) => by.removeMember(member('role', 'r', 'user', 'ann'))],
    ['unassignClientFromGroup', 'GROUP', 'g', (by) => by.removeMember(member('group', 'g', 'client', 'c'))],
    ['createAuthorization', 'AUTHORIZATION', null, (by) => by.addGrant(GRANT)],
    ['deleteMappingRule', 'MAPPING_RULE', 'm', (by) => by.deleteMappingRule({ mappingRuleId: 'm' })],
    ['deleteTenant', 'TENANT', 't', (by) => by.deleteTenant({ tenantId: 't' })],
    ['deleteGroup', 'GROUP', 'g', (by) => by.deleteGroup({ groupId: 'g' })],
    ['deleteRole', 'ROLE', 'r', (by) => by.deleteRole({ roleId: 'r' })],
    ['deleteUser', 'USER', 'ann', (by) => by.deleteUser({ username: 'ann' })],
  ];

  it('is one row with who, what and whom, at its time', async () => {
    const house = await openHouse();
    for (const [operation, entityType, entityKey, step] of steps) {
      house.time.move(1000);
      const before = await all(house);
      await step(house.identity.by(ROOT));
      const added = (await all(house)).slice(before.length);
      expect(added).toMatchObject([
        { at: house.time.now(), actor: ROOT, operation, entityType, outcome: 'SUCCESS', count: 1 },
      ]);
      if (entityKey !== null) expect(added[0]?.entityKey).toBe(entityKey);
    }
  });

  it('names the member beside the container', async () => {
    const house = await openHouse();
    await house.identity.addMember(member('role', 'rpa', 'client', 'c'));
    expect(await all(house)).toMatchObject([
      { operation: 'assignRoleToClient', entityKey: 'rpa', relatedEntityType: 'CLIENT', relatedEntityKey: 'c' },
    ]);
  });

  it('is the operator’s, the configuration’s or nobody’s by name where no principal asked', async () => {
    const house = await openHouse();
    await house.identity.setUpFirstAdministrator({ username: 'root', password: 'x' });
    await house.identity.createUser({ username: 'ann', password: 'x' });
    const plan = { users: [{ username: 'bob', password: 'x' }], defaultRoles: { rpa: { users: ['bob'] } } };
    await house.identity.initialize(plan);
    expect((await all(house)).map(({ actor, actorType, operation }) => [actor.kind, actorType, operation])).toEqual([
      ['anonymous', 'ANONYMOUS', 'createAdminUser'],
      ['operator', 'UNKNOWN', 'createUser'],
      ['configuration', 'UNKNOWN', 'createUser'],
      ['configuration', 'UNKNOWN', 'assignRoleToUser'],
    ]);
    await house.identity.initialize(plan);
    expect(await all(house)).toHaveLength(4);
  });

  it('is no row where it was refused, and none where its COMMIT failed', async () => {
    const house = await openHouse();
    await expect(house.identity.deleteUser({ username: 'nobody' })).rejects.toThrow();
    await expect(house.identity.createRole({ roleId: 'admin', name: 'Admin' })).rejects.toThrow();
    house.store.breakCommits();
    await expect(house.identity.createRole({ roleId: 'r', name: 'R' })).rejects.toThrow('the disk is full');
    expect(await all(house)).toEqual([]);
  });

  it('does not happen where its row cannot be written', async () => {
    const house = await openHouse();
    await sql`create trigger full before insert on audit_log begin select raise(abort, 'the disk is full'); end`.execute(
      house.store.db,
    );
    const before = house.identity.snapshot();
    await expect(house.identity.createUser({ username: 'ann', password: 'x' })).rejects.toThrow('the disk is full');
    await expect(house.identity.deleteRole({ roleId: 'admin' })).rejects.toThrow('the disk is full');
    expect(await house.identity.user('ann')).toBeNull();
    expect(await house.identity.role('admin')).not.toBeNull();
    expect(house.identity.snapshot()).toBe(before);
  });

  it('is no row for a password that was hashed anew, which nobody asked for', async () => {
    const house = await openHouse();
    await house.identity.createUser({ username: 'ann', password: 'x' });
    const user = house.identity.snapshot().user('ann');
    if (!user) throw new Error('the user is not there');
    expect(await house.identity.rehash(user, 'x')).not.toBeNull();
    expect(await all(house)).toHaveLength(1);
  });

  it('leaves no credential in the log', async () => {
    const house = await openHouse();
    const { identity } = house;
    const secrets = ['canary-one', 'canary-two', 'canary-three', 'canary-four'];
    await identity.createUser({ username: 'ann', password: 'canary-one' });
    await identity.updateUser({ username: 'ann', password: 'canary-two' });
    await identity.initialize({ users: [{ username: 'ann', password: 'canary-three' }] });
    await identity.createMappingRule({ mappingRuleId: 'm', name: 'M', claimName: 'n', claimValue: 'canary-four' });
    const { rows } = await sql`select * from audit_log`.execute(house.store.db);
    expect(rows).toHaveLength(4);
    const text = JSON.stringify(rows) + JSON.stringify(await all(house));
    const { passwordHash = '', credentialVersion = '' } = identity.snapshot().user('ann') ?? {};
    for (const secret of [...secrets, passwordHash, credentialVersion]) expect(text).not.toContain(secret);
  });

  const RULE = { name: 'M', claimName: 'team', claimValue: 'blue' };
  const GRANT = {
    ownerType: 'CLIENT',
    ownerId: 'c',
    resourceType: 'MESSAGE',
    resourceId: '*',
    permissionTypes: ['READ'],
  };
});

describe('the audit log', () => {
  let house: House;
  beforeEach(async () => {
    house = await openHouse();
  });

  it('gives back what was appended, by key and by search', async () => {
    const refused = { ...ENTRY, actor: ANONYMOUS_ACTOR, entityKey: null, code: 'CREDENTIALS_MISSING', count: 7 };
    await house.identity.audit.append([ENTRY, refused as AuditEntry]);
    const [first, second] = await all(house);
    expect(first).toMatchObject({ ...ENTRY, operationType: 'UNKNOWN', category: 'ADMIN', actorType: 'USER' });
    expect(second).toMatchObject(refused);
    expect(await house.identity.audit.entry(first?.auditLogKey ?? '')).toEqual(first);
  });

  it.each(['', '0', '-1', '1.0', 'x', '99', '9999999999999999999'])('has no entry with the key %j', async (key) => {
    await house.identity.audit.append([ENTRY]);
    expect(await house.identity.audit.entry(key)).toBeNull();
  });

  it('takes large batches and empty ones', async () => {
    await house.identity.audit.append([]);
    await house.identity.audit.append(Array.from({ length: 1201 }, (_, index) => ({ ...ENTRY, at: index })));
    const found = await house.identity.audit.search({ ...EVERYTHING, page: { kind: 'offset', from: 1200, limit: 10 } });
    expect([found.total, found.items.map(({ at }) => at)]).toEqual([1201, [1200]]);
  });

  it('does not touch the snapshot', async () => {
    const before = house.identity.snapshot();
    await house.identity.audit.append([ENTRY]);
    expect(house.identity.snapshot()).toBe(before);
  });

  it.each([
    ['update audit_log set operation = ?', 'update'],
    ['update audit_log set operation = operation where 1 = ? or 1 = 1', 'update'],
    ['delete from audit_log where operation <> ?', 'delete'],
    [
      'insert or replace into audit_log select audit_log_key, at, actor_kind, actor_type, actor_id, credential, ?, operation_type, entity_type, entity_key, related_entity_type, related_entity_key, category, result, code, count from audit_log',
      'replace',
    ],
  ])('is not changed by %j', async (statement) => {
    await house.identity.audit.append([ENTRY]);
    const [before, after] = statement.split('?');
    const forgery = sql`${sql.raw(before ?? '')}${'nothing'}${sql.raw(after ?? '')}`.execute(house.store.db);
    await expect(forgery).rejects.toThrow('the audit log is append only');
    expect(await all(house)).toMatchObject([ENTRY]);
  });

  it('loses what is older than it is told to keep, and no more', async () => {
    await house.identity.audit.append([1, 2, 3, 4].map((at) => ({ ...ENTRY, at })));
    expect(await house.identity.audit.prune(3)).toBe(2);
    expect((await all(house)).map(({ at }) => at)).toEqual([3, 4]);
    expect(await house.identity.audit.prune(3)).toBe(0);
    await expect(sql`delete from audit_log`.execute(house.store.db)).rejects.toThrow('append only');
    expect(await house.identity.audit.prune(0)).toBe(0);
  });

  it('gives no key twice, even where the last entry was pruned', async () => {
    await house.identity.audit.append([ENTRY]);
    const [first] = await all(house);
    await house.identity.audit.prune(ENTRY.at + 1);
    await house.identity.audit.append([{ ...ENTRY, at: 100 }]);
    expect((await all(house))[0]?.auditLogKey).not.toBe(first?.auditLogKey);
  });

  it.each([
    [{ field: 'actorId', comparisons: [{ op: 'eq', value: 'root' }] }, [1, 3]],
    [{ field: 'actorId', comparisons: [{ op: 'exists', value: false }] }, [2]],
    [{ field: 'actorId', comparisons: [{ op: 'neq', value: 'root' }] }, []],
    [
      {
        field: 'timestamp',
        comparisons: [
          { op: 'gte', value: 2 },
          { op: 'lt', value: 3 },
        ],
      },
      [2],
    ],
    [{ field: 'operationType', comparisons: [{ op: 'in', values: ['CREATE', 'DELETE'] }] }, [3]],
    [{ field: 'operation', comparisons: [{ op: 'like', pattern: 'log*' }] }, [1, 2]],
    [{ field: 'result', comparisons: [{ op: 'eq', value: 'SUCCESS' }] }, [3]],
    [{ field: 'auditLogKey', comparisons: [{ op: 'gt', value: '0' }] }, [1, 2, 3]],
    [{ field: 'auditLogKey', comparisons: [{ op: 'eq', value: '02' }] }, [2]],
    [{ field: 'auditLogKey', comparisons: [{ op: 'eq', value: 'two' }] }, []],
    [{ field: 'auditLogKey', comparisons: [{ op: 'lt', value: '99999999999999999999' }] }, [1, 2, 3]],
    [{ field: 'timestamp', comparisons: [{ op: 'eq', value: '2' }] }, []],
  ] as const)('is searched by %j', async (condition, times) => {
    await house.identity.audit.append([
      { ...ENTRY, at: 1 },
      { ...ENTRY, at: 2, actor: ANONYMOUS_ACTOR },
      { ...ENTRY, at: 3, operation: 'createUser', outcome: 'SUCCESS' },
    ]);
    const found = await house.identity.audit.search({ ...EVERYTHING, where: [condition] });
    expect([found.items.map(({ at }) => at), found.total]).toEqual([times, times.length]);
  });
});

function member<C extends 'role' | 'group' | 'tenant', M extends 'user' | 'client' | 'role' | 'mapping-rule'>(
  container: C,
  containerId: string,
  memberType: M,
  memberId: string,
) {
  return { container, containerId, memberType, memberId };
}
