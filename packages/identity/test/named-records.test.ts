import { beforeEach, describe, expect, it } from 'vitest';
import { type House, openHouse } from './identity-under-test.ts';

type Input = { readonly id: string; readonly name: string; readonly description?: string };

/** The same commands on three kinds of records, under one set of names. */
const KINDS = [
  {
    kind: 'role',
    field: 'roleId',
    create: ({ identity }: House, { id, ...rest }: Input) => identity.createRole({ roleId: id, ...rest }),
    update: ({ identity }: House, { id, ...rest }: Input) => identity.updateRole({ roleId: id, ...rest }),
    remove: ({ identity }: House, id: string) => identity.deleteRole({ roleId: id }),
    read: ({ identity }: House, id: string) => identity.role(id),
  },
  {
    kind: 'group',
    field: 'groupId',
    create: ({ identity }: House, { id, ...rest }: Input) => identity.createGroup({ groupId: id, ...rest }),
    update: ({ identity }: House, { id, ...rest }: Input) => identity.updateGroup({ groupId: id, ...rest }),
    remove: ({ identity }: House, id: string) => identity.deleteGroup({ groupId: id }),
    read: ({ identity }: House, id: string) => identity.group(id),
  },
  {
    kind: 'tenant',
    field: 'tenantId',
    create: ({ identity }: House, { id, ...rest }: Input) => identity.createTenant({ tenantId: id, ...rest }),
    update: ({ identity }: House, { id, ...rest }: Input) => identity.updateTenant({ tenantId: id, ...rest }),
    remove: ({ identity }: House, id: string) => identity.deleteTenant({ tenantId: id }),
    read: ({ identity }: House, id: string) => identity.tenant(id),
  },
] as const;

describe.each(KINDS)('a $kind', ({ kind, field, create, update, remove, read }) => {
  let house: House;
  beforeEach(async () => {
    house = await openHouse();
  });

  it('is created, read, changed and deleted', async () => {
    expect(await create(house, { id: 'x', name: 'X' })).toEqual({ [field]: 'x', name: 'X', description: '' });
    expect(await read(house, 'x')).toEqual({ [field]: 'x', name: 'X', description: '' });
    const changed = { id: 'x', name: 'Y', description: 'why' };
    expect(await update(house, changed)).toEqual({ [field]: 'x', name: 'Y', description: 'why' });
    expect(await read(house, 'x')).toEqual({ [field]: 'x', name: 'Y', description: 'why' });
    await remove(house, 'x');
    expect(await read(house, 'x')).toBeNull();
  });

  it('has no description after a change that names none', async () => {
    await create(house, { id: 'x', name: 'X', description: 'why' });
    expect(await update(house, { id: 'x', name: 'X' })).toMatchObject({ description: '' });
  });

  it.each([
    [{ id: '' }, `No ${field} provided.`],
    [{ id: 'two words' }, `The provided ${field} contains illegal characters. It must match the pattern '`],
    [{ id: 'x'.repeat(257) }, `The provided ${field} exceeds the limit of 256 characters.`],
    [{ name: '' }, 'No name provided.'],
    [{ name: ' \t' }, 'No name provided.'],
    [{ name: 'x'.repeat(257) }, 'The provided name exceeds the limit of 256 characters.'],
    [{ name: 'a\u001b' }, "The provided name 'a?' contains illegal characters."],
    [{ description: 'x'.repeat(4097) }, 'The provided description exceeds the limit of 4096 characters.'],
    [{ id: '', name: '' }, `No ${field} provided. No name provided.`],
  ])('is refused as %j, new or old', async (input, message) => {
    const refusal = { code: 'INVALID_ARGUMENT', message: expect.stringContaining(message) };
    await expect(create(house, { id: 'x', name: 'X', ...input })).rejects.toMatchObject(refusal);
    await expect(update(house, { id: 'x', name: 'X', ...input })).rejects.toMatchObject(refusal);
    expect(await read(house, 'x')).toBeNull();
  });

  it('is not created twice, and the first stays as it was', async () => {
    await create(house, { id: 'x', name: 'X' });
    await expect(create(house, { id: 'x', name: 'Other' })).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
      detail: `Command 'CREATE' rejected with code 'ALREADY_EXISTS': Expected to create ${kind} with ID 'x', but a ${kind} with this ID already exists`,
    });
    expect(await read(house, 'x')).toMatchObject({ name: 'X' });
  });

  it('is not changed or deleted where it does not exist', async () => {
    await expect(update(house, { id: 'x', name: 'X' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      detail: `Command 'UPDATE' rejected with code 'NOT_FOUND': Expected to update ${kind} with ID 'x', but a ${kind} with this ID does not exist`,
    });
    await expect(remove(house, 'x')).rejects.toMatchObject({
      code: 'NOT_FOUND',
      detail: `Command 'DELETE' rejected with code 'NOT_FOUND': Expected to delete ${kind} with ID 'x', but a ${kind} with this ID does not exist`,
    });
  });

  it('takes its members and the grants on it along, and its successor has none of them', async () => {
    await create(house, { id: 'x', name: 'X' });
    await create(house, { id: 'other', name: 'Other' });
    const member = { container: kind, memberType: 'client', memberId: 'c' } as const;
    await house.identity.addMember({ ...member, containerId: 'x' });
    await house.identity.addMember({ ...member, containerId: 'other' });
    const on = { ownerType: 'CLIENT', ownerId: 'c', resourceType: kind.toUpperCase(), permissionTypes: ['READ'] };
    await house.identity.addGrant({ ...on, resourceId: 'x' });
    const kept = await house.identity.addGrant({ ...on, resourceId: 'other' });
    await remove(house, 'x');
    await create(house, { id: 'x', name: 'X' });
    expect((await house.identity.listGrants()).filter(({ ownerId }) => ownerId === 'c')).toEqual([kept]);
    const memberships = await house.store.db
      .selectFrom('memberships')
      .selectAll()
      .where('member_id', '=', 'c')
      .execute();
    expect(memberships.map((row) => row.container_id)).toEqual(['other']);
  });
});

describe('a role that is deleted', () => {
  it('leaves its tenants and takes its own grants along', async () => {
    const { identity } = await openHouse();
    await identity.createRole({ roleId: 'r', name: 'R' });
    await identity.addMember({ container: 'tenant', containerId: '<default>', memberType: 'role', memberId: 'r' });
    const grant = { ownerType: 'ROLE', ownerId: 'r', resourceType: 'USER', resourceId: '*', permissionTypes: ['READ'] };
    await identity.addGrant(grant);
    await identity.deleteRole({ roleId: 'r' });
    await identity.createRole({ roleId: 'r', name: 'R' });
    expect(identity.snapshot().reach('ROLE', 'r', 'USER', 'READ')).toEqual({ all: false, ids: new Set() });
    const of = { container: 'tenant', containerId: '<default>', memberType: 'role' } as const;
    const page = { kind: 'offset', from: 0, limit: 100 } as const;
    const found = await identity.searchMembers(of, { where: [], sort: [], page, visible: { kind: 'all' } });
    expect(found.items.map(({ memberId }) => memberId)).not.toContain('r');
  });

  it('does not open the set-up again, even where it is the administrators’', async () => {
    const { identity } = await openHouse();
    await identity.setUpFirstAdministrator({ username: 'root', password: 'x' });
    await identity.deleteRole({ roleId: 'admin' });
    await identity.createRole({ roleId: 'admin', name: 'Admin' });
    expect(identity.snapshot().administratorHasExisted).toBe(true);
    const again = identity.setUpFirstAdministrator({ username: 'other', password: 'x' });
    await expect(again).rejects.toMatchObject({ code: 'SETUP_CLOSED' });
  });
});

describe('a group that is deleted', () => {
  it('leaves its roles: its successor has none', async () => {
    const { identity } = await openHouse();
    await identity.createGroup({ groupId: 'g', name: 'G' });
    await identity.addMember({ container: 'role', containerId: 'rpa', memberType: 'group', memberId: 'g' });
    await identity.deleteGroup({ groupId: 'g' });
    await identity.createGroup({ groupId: 'g', name: 'G' });
    const page = { kind: 'offset', from: 0, limit: 100 } as const;
    const search = { where: [], sort: [], page, visible: { kind: 'all' } } as const;
    expect(await identity.searchMemberRoles({ container: 'group', containerId: 'g' }, search)).toMatchObject({
      total: 0,
    });
  });
});

describe('a tenant', () => {
  it.each(['x'.repeat(32), '<other>', 'a~b', 'a@b'])('is not called %j', async (tenantId) => {
    const { identity } = await openHouse();
    await expect(identity.createTenant({ tenantId, name: 'T' })).rejects.toMatchObject({
      message: String.raw`The provided tenantId contains illegal characters. It must match the pattern '^(?:<default>|[\w.-]{1,31})$'.`,
    });
  });

  it('is not deleted where it is the default one, and may be renamed', async () => {
    const { identity } = await openHouse();
    await expect(identity.deleteTenant({ tenantId: '<default>' })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await identity.updateTenant({ tenantId: '<default>', name: 'Everybody’s' });
    expect(await identity.tenant('<default>')).toMatchObject({ name: 'Everybody’s' });
  });
});

describe('a mapping rule', () => {
  const RULE = { mappingRuleId: 'm', name: 'M', claimName: 'team', claimValue: 'blue' };

  it('is created, read, changed and deleted', async () => {
    const { identity } = await openHouse();
    expect(await identity.createMappingRule(RULE)).toEqual(RULE);
    expect(await identity.mappingRule('m')).toEqual(RULE);
    const changed = { ...RULE, claimValue: 'red' };
    expect(await identity.updateMappingRule(changed)).toEqual(changed);
    expect(await identity.mappingRule('m')).toEqual(changed);
    await identity.deleteMappingRule({ mappingRuleId: 'm' });
    expect(await identity.mappingRule('m')).toBeNull();
  });

  it.each([
    [{ mappingRuleId: '' }, 'No mappingRuleId provided.'],
    [{ mappingRuleId: 'x'.repeat(257) }, 'The provided mappingRuleId exceeds the limit of 256 characters.'],
    [{ name: '' }, 'No name provided.'],
    [{ claimName: '' }, 'No claimName provided.'],
    [{ claimValue: '' }, 'No claimValue provided.'],
    [{ claimName: 'x'.repeat(257) }, 'The provided claimName exceeds the limit of 256 characters.'],
    [{ claimValue: 'a\nb' }, "The provided claimValue 'a?b' contains illegal characters."],
  ])('is refused as %j, new or old', async (input, message) => {
    const { identity } = await openHouse();
    const refusal = { code: 'INVALID_ARGUMENT', message };
    await expect(identity.createMappingRule({ ...RULE, ...input })).rejects.toMatchObject(refusal);
    await expect(identity.updateMappingRule({ ...RULE, ...input })).rejects.toMatchObject(refusal);
  });

  it('is not created twice, nor changed or deleted where it does not exist', async () => {
    const { identity } = await openHouse();
    await expect(identity.updateMappingRule(RULE)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(identity.deleteMappingRule({ mappingRuleId: 'm' })).rejects.toMatchObject({
      detail: `Command 'DELETE' rejected with code 'NOT_FOUND': Expected to delete mapping rule with id 'm', but a mapping rule with this id does not exist`,
    });
    await identity.createMappingRule(RULE);
    await expect(identity.createMappingRule(RULE)).rejects.toMatchObject({
      detail: `Command 'CREATE' rejected with code 'ALREADY_EXISTS': Expected to create mapping rule with id 'm', but a mapping rule with this id already exists`,
    });
  });

  it('takes its memberships and grants along', async () => {
    const { identity, store } = await openHouse();
    await identity.createMappingRule(RULE);
    await identity.addMember({ container: 'role', containerId: 'rpa', memberType: 'mapping-rule', memberId: 'm' });
    const grant = { resourceType: 'MAPPING_RULE', resourceId: 'm', permissionTypes: ['READ'] };
    await identity.addGrant({ ...grant, ownerType: 'CLIENT', ownerId: 'c' });
    await identity.addGrant({ ...grant, ownerType: 'MAPPING_RULE', ownerId: 'm' });
    await identity.deleteMappingRule({ mappingRuleId: 'm' });
    expect((await identity.listGrants()).filter(({ resourceId }) => resourceId === 'm')).toEqual([]);
    const left = await store.db.selectFrom('memberships').select('member_id').where('member_id', '=', 'm').execute();
    expect(left).toEqual([]);
  });
});
