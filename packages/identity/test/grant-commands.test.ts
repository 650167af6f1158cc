import { beforeEach, describe, expect, it } from 'vitest';
import type { NewGrant } from '../src/index.ts';
import { type House, openHouse, reopen } from './identity-under-test.ts';

const GRANT: NewGrant = {
  ownerType: 'CLIENT',
  ownerId: 'worker',
  resourceType: 'PROCESS_DEFINITION',
  resourceId: 'invoice',
  permissionTypes: ['READ_PROCESS_INSTANCE'],
};

describe('addGrant', () => {
  let house: House;
  beforeEach(async () => {
    house = await openHouse();
  });
  const add = (input: Partial<NewGrant>) => house.identity.addGrant({ ...GRANT, ...input });

  it('grants from the moment it resolves', async () => {
    const stored = await add({ permissionTypes: ['READ_PROCESS_INSTANCE', 'READ_PROCESS_INSTANCE'] });
    expect(stored).toMatchObject({ ...GRANT, permissionTypes: ['READ_PROCESS_INSTANCE'] });
    const { ids } = house.identity.snapshot().reach('CLIENT', 'worker', 'PROCESS_DEFINITION', 'READ_PROCESS_INSTANCE');
    expect([...ids]).toEqual(['invoice']);
    expect(await house.identity.listGrants()).toContainEqual(stored);
  });

  it.each([
    [{ ownerId: '' }, 'No ownerId provided.'],
    [{ ownerId: 'x'.repeat(257) }, 'The provided ownerId exceeds the limit of 256 characters.'],
    [
      { ownerId: 'a b' },
      "The provided ownerId contains illegal characters. It must match the pattern '^[a-zA-Z0-9_~@.+-]+$'.",
    ],
    [{ resourceId: '' }, 'No resourceId provided.'],
    [
      { resourceId: 'inv*' },
      "The provided resourceId contains illegal characters. It must match the pattern '^[a-zA-Z0-9_~@.+-]+$'.",
    ],
    [{ permissionTypes: [] }, 'No permissionTypes provided.'],
    [
      { ownerType: 'user' },
      "Unexpected value 'user' for enum field 'ownerType'. Use any of the following values: [USER, CLIENT, ROLE, GROUP, MAPPING_RULE].",
    ],
    [
      { resourceType: 'MESSAGE', permissionTypes: ['READ', 'UPDATE', 'DELETE'] },
      "Expected to create authorization with permission types '[UPDATE, DELETE]' and resource type 'MESSAGE', but these permissions are not supported. Supported permission types are: '[CREATE, READ]'.",
    ],
  ])('refuses %j', async (input, message) => {
    await expect(add(input)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', message });
  });

  it.each([
    [{ resourceType: 'PROCESS' }, /^Unexpected value 'PROCESS' for enum field 'resourceType'/],
    [{ resourceType: '__proto__' }, /^Unexpected value '__proto__' for enum field 'resourceType'/],
    [{ permissionTypes: ['READ', 'FLY\u001b'] }, /^Unexpected value 'FLY\?' for enum field 'permissionTypes'/],
  ])('refuses %j, which no type has', async (input, message) => {
    await expect(add(input)).rejects.toThrow(message);
  });

  it.each([
    [{ ownerType: 'USER' }, 'worker', 'user'],
    [{ ownerType: 'ROLE' }, 'worker', 'role'],
    [{ ownerType: 'GROUP' }, 'worker', 'group'],
    [{ ownerType: 'MAPPING_RULE' }, 'worker', 'mapping rule'],
    [{ resourceType: 'ROLE', resourceId: 'no-role', permissionTypes: ['READ'] }, 'no-role', 'role'],
    [{ resourceType: 'USER', resourceId: 'no-user', permissionTypes: ['READ'] }, 'no-user', 'user'],
  ])('refuses %j: nobody has that id', async (input, id, kind) => {
    await expect(add(input)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: `Expected to create or update authorization with ownerId or resourceId '${id}', but a ${kind} with this ID does not exist.`,
    });
  });

  it('takes users and groups on trust where an identity provider keeps them, but roles never', async () => {
    house = await openHouse({ foreign: { users: true, groups: true } });
    await add({ ownerType: 'USER' });
    await add({ ownerType: 'GROUP' });
    await expect(add({ ownerType: 'ROLE' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('grants on a role that exists and on the default tenant', async () => {
    await add({ resourceType: 'ROLE', resourceId: 'rpa', permissionTypes: ['READ'] });
    await add({ resourceType: 'TENANT', resourceId: '<default>', permissionTypes: ['READ'] });
    await expect(
      add({ resourceType: 'GROUP', resourceId: '<default>', permissionTypes: ['READ'] }),
    ).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });

  it('refuses a second grant of one owner on one resource', async () => {
    await add({});
    await expect(add({ permissionTypes: ['READ_PROCESS_DEFINITION'] })).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
      message:
        "Expected to create authorization for owner 'worker' for resource identifier 'invoice', but an authorization for this resource identifier already exists.",
    });
  });
});

describe('removeGrant', () => {
  it('takes the right away before it resolves', async () => {
    const { identity } = await openHouse();
    const { authorizationKey } = await identity.addGrant(GRANT);
    await identity.removeGrant({ authorizationKey });
    const reach = identity.snapshot().reach('CLIENT', 'worker', 'PROCESS_DEFINITION', 'READ_PROCESS_INSTANCE');
    expect(reach).toEqual({ all: false, ids: new Set() });
  });

  it('never gives a key a second time', async () => {
    const { identity } = await openHouse();
    const first = await identity.addGrant(GRANT);
    await identity.removeGrant(first);
    const second = await identity.addGrant(GRANT);
    expect(second.authorizationKey).not.toBe(first.authorizationKey);
    await expect(identity.removeGrant(first)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: `Expected to delete authorization with key ${first.authorizationKey}, but an authorization with this key does not exist`,
    });
  });

  it.each(['', 'abc', '-1', '1.5', '1e3', '0x1', ' 1', '9'.repeat(30), '1; --'])(
    'refuses the key %j',
    async (authorizationKey) => {
      const { identity } = await openHouse();
      await expect(identity.removeGrant({ authorizationKey })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    },
  );
});

describe('the default records', () => {
  it('let an administrator do everything, and a read-only one read', async () => {
    const { identity } = await openHouse();
    const snapshot = identity.snapshot();
    expect(snapshot.reach('ROLE', 'admin', 'SECRET', 'REVEAL').all).toBe(true);
    expect(snapshot.reach('ROLE', 'readonly-admin', 'SECRET', 'READ').all).toBe(true);
    expect(snapshot.reach('ROLE', 'readonly-admin', 'SECRET', 'REVEAL').all).toBe(false);
    expect(snapshot.reach('ROLE', 'readonly-admin', 'PROCESS_DEFINITION', 'READ_USER_TASK').all).toBe(true);
    expect(snapshot.reach('ROLE', 'readonly-admin', 'PROCESS_DEFINITION', 'UPDATE_USER_TASK').all).toBe(false);
    expect(snapshot.reach('ROLE', 'rpa', 'RESOURCE', 'READ').all).toBe(true);
    expect(snapshot.reach('ROLE', 'task-worker', 'USER_TASK', 'READ').all).toBe(false);
    expect([...snapshot.tenants.values()]).toEqual([{ id: '<default>', name: 'Default', description: '' }]);
    expect(snapshot.administratorHasExisted).toBe(false);
  });

  it('do not come back once somebody has taken them away', async () => {
    const house = await openHouse();
    for (const grant of await house.identity.listGrants())
      if (grant.ownerId === 'rpa') await house.identity.removeGrant(grant);
    const { identity } = await reopen(house);
    expect((await identity.listGrants()).some((grant) => grant.ownerId === 'rpa')).toBe(false);
    expect(identity.snapshot().reach('ROLE', 'rpa', 'RESOURCE', 'READ').all).toBe(false);
  });
});

describe('a grant by property', () => {
  const BY_PROPERTY: NewGrant = {
    ownerType: 'CLIENT',
    ownerId: 'worker',
    resourceType: 'USER_TASK',
    resourcePropertyName: 'assignee',
    permissionTypes: ['READ', 'CLAIM'],
  };
  let house: House;
  beforeEach(async () => {
    house = await openHouse();
  });

  it.each(['assignee', 'candidateUsers', 'candidateGroups'] as const)(
    'is kept for %s',
    async (resourcePropertyName) => {
      const stored = await house.identity.addGrant({ ...BY_PROPERTY, resourcePropertyName });
      expect(stored).toEqual({ ...BY_PROPERTY, resourcePropertyName, authorizationKey: stored.authorizationKey });
      expect(await house.identity.grant(stored.authorizationKey)).toEqual(stored);
      expect((await reopen(house)).identity.snapshot().reach('CLIENT', 'worker', 'USER_TASK', 'READ')).toEqual({
        all: false,
        ids: new Set(),
      });
    },
  );

  it('stands beside one by id for the same owner and type', async () => {
    await house.identity.addGrant(BY_PROPERTY);
    await house.identity.addGrant({ ...BY_PROPERTY, resourcePropertyName: undefined, resourceId: 'assignee' });
    await house.identity.addGrant({ ...BY_PROPERTY, resourcePropertyName: 'candidateUsers' });
    expect((await house.identity.listGrants()).filter(({ ownerId }) => ownerId === 'worker')).toHaveLength(3);
  });

  it.each([
    [{ resourceId: '*' }, 'Only one of [resourceId, resourcePropertyName] is allowed.'],
    [{ resourceId: '' }, 'Only one of [resourceId, resourcePropertyName] is allowed.'],
    [{ resourcePropertyName: undefined }, 'At least one of [resourceId, resourcePropertyName] is required.'],
    [
      { resourcePropertyName: 'priority' },
      "Unexpected value 'priority' for enum field 'resourcePropertyName'. Use any of the following values: [assignee, candidateUsers, candidateGroups].",
    ],
    [
      { resourcePropertyName: '' },
      "Unexpected value '' for enum field 'resourcePropertyName'. Use any of the following values: [assignee, candidateUsers, candidateGroups].",
    ],
    [
      { resourceType: 'MESSAGE', permissionTypes: ['READ'] },
      "The provided resourcePropertyName 'assignee' is only supported for resource type 'USER_TASK'.",
    ],
  ])('is refused with %j', async (input, message) => {
    const refusal = { code: 'INVALID_ARGUMENT', message };
    await expect(house.identity.addGrant({ ...BY_PROPERTY, ...input })).rejects.toMatchObject(refusal);
    expect((await house.identity.listGrants()).filter(({ ownerId }) => ownerId === 'worker')).toEqual([]);
  });

  it('is not given twice', async () => {
    await house.identity.addGrant(BY_PROPERTY);
    await expect(house.identity.addGrant({ ...BY_PROPERTY, permissionTypes: ['UPDATE'] })).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
      detail:
        "Command 'CREATE' rejected with code 'ALREADY_EXISTS': Expected to create authorization for owner 'worker' for resource property name 'assignee', but an authorization for this resource property name already exists.",
    });
  });

  it('is refused by the database itself where it has both targets or none', async () => {
    const row = {
      authorization_key: 99_999,
      owner_type: 'CLIENT',
      owner_id: 'c',
      resource_type: 'USER_TASK',
      permission_types: '["READ"]',
    } as const;
    const targets = [
      { resource_id: '*', resource_property_name: 'assignee' },
      { resource_id: null, resource_property_name: null },
    ] as const;
    for (const target of targets) {
      const insertion = house.store.db.insertInto('authorizations').values({ ...row, ...target });
      await expect(insertion.execute()).rejects.toThrow('authorizations_one_target');
    }
  });
});

describe('updateGrant', () => {
  let house: House;
  let key: string;
  beforeEach(async () => {
    house = await openHouse();
    key = (await house.identity.addGrant(GRANT)).authorizationKey;
  });
  const update = (input: Partial<NewGrant>, authorizationKey = key) =>
    house.identity.updateGrant({ ...GRANT, authorizationKey, ...input });

  it('puts the whole grant in the place of the old one, from the moment it resolves', async () => {
    const changed = { resourceId: 'order', permissionTypes: ['CREATE_PROCESS_INSTANCE'] };
    expect(await update(changed)).toEqual({ ...GRANT, ...changed, authorizationKey: key });
    expect(await house.identity.grant(key)).toEqual({ ...GRANT, ...changed, authorizationKey: key });
    const snapshot = house.identity.snapshot();
    const reads = snapshot.reach('CLIENT', 'worker', 'PROCESS_DEFINITION', 'READ_PROCESS_INSTANCE');
    expect([...reads.ids]).toEqual([]);
    const creates = snapshot.reach('CLIENT', 'worker', 'PROCESS_DEFINITION', 'CREATE_PROCESS_INSTANCE');
    expect([...creates.ids]).toEqual(['order']);
  });

  it('may change the permissions alone, or nothing', async () => {
    await update({ permissionTypes: ['READ_PROCESS_DEFINITION'] });
    expect(await update({ permissionTypes: ['READ_PROCESS_DEFINITION'] })).toMatchObject({ authorizationKey: key });
  });

  it('turns a grant by id into one by property', async () => {
    const byProperty = { resourceType: 'USER_TASK', resourceId: undefined, resourcePropertyName: 'assignee' };
    await update({ ...byProperty, permissionTypes: ['READ'] });
    expect(await house.identity.grant(key)).toMatchObject({ resourcePropertyName: 'assignee' });
    expect(await house.identity.grant(key)).not.toHaveProperty('resourceId');
  });

  it.each(['0', '999999', '0001', '9007199254740993', '9999999999999999999'])(
    'refuses the key %j, which no grant has',
    async (authorizationKey) => {
      await expect(update({}, authorizationKey)).rejects.toMatchObject({
        code: 'NOT_FOUND',
        detail: `Command 'UPDATE' rejected with code 'NOT_FOUND': Expected to update authorization with key ${authorizationKey}, but an authorization with this key does not exist`,
      });
      await expect(house.identity.removeGrant({ authorizationKey })).rejects.toMatchObject({ code: 'NOT_FOUND' });
      expect(await house.identity.grant(authorizationKey)).toBeNull();
    },
  );

  it.each(['', 'worker', '-1', '1e3', '1.5'])('refuses %j, which is no key', async (authorizationKey) => {
    await expect(update({}, authorizationKey)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(await house.identity.grant(authorizationKey)).toBeNull();
  });

  it.each([
    [{ ownerType: 'USER', ownerId: 'nobody' }, 'NOT_FOUND'],
    [{ ownerType: 'ROLE', ownerId: 'nobody' }, 'NOT_FOUND'],
    [{ resourceType: 'ROLE', resourceId: 'nope', permissionTypes: ['READ'] }, 'NOT_FOUND'],
    [{ permissionTypes: [] }, 'INVALID_ARGUMENT'],
    [{ permissionTypes: ['FLY'] }, 'INVALID_ARGUMENT'],
    [{ resourceId: 'a b' }, 'INVALID_ARGUMENT'],
  ])('refuses %j and leaves the grant as it was', async (input, code) => {
    await expect(update(input)).rejects.toMatchObject({ code });
    expect(await house.identity.grant(key)).toEqual({ ...GRANT, authorizationKey: key });
  });

  it('refuses what another grant of the owner is on', async () => {
    await house.identity.addGrant({ ...GRANT, resourceId: 'order' });
    await expect(update({ resourceId: 'order' })).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
      detail: expect.stringMatching(/^Command 'UPDATE' rejected with code 'ALREADY_EXISTS'/),
    });
    expect(await house.identity.grant(key)).toEqual({ ...GRANT, authorizationKey: key });
  });
});
