import { beforeEach, describe, expect, it } from 'vitest';
import type { MemberName } from '../src/index.ts';
import { type House, openHouse } from './identity-under-test.ts';

const ANN_IN_R: MemberName = { container: 'role', containerId: 'r', memberType: 'user', memberId: 'ann' };

/** Every kind of member that there may be. */
const MEMBERSHIPS: readonly MemberName[] = [
  ANN_IN_R,
  { container: 'role', containerId: 'r', memberType: 'client', memberId: 'anybody' },
  { container: 'role', containerId: 'r', memberType: 'group', memberId: 'g' },
  { container: 'role', containerId: 'r', memberType: 'mapping-rule', memberId: 'm' },
  { container: 'group', containerId: 'g', memberType: 'user', memberId: 'ann' },
  { container: 'group', containerId: 'g', memberType: 'client', memberId: 'anybody' },
  { container: 'group', containerId: 'g', memberType: 'mapping-rule', memberId: 'm' },
  { container: 'tenant', containerId: 't', memberType: 'user', memberId: 'ann' },
  { container: 'tenant', containerId: 't', memberType: 'client', memberId: 'anybody' },
  { container: 'tenant', containerId: 't', memberType: 'group', memberId: 'g' },
  { container: 'tenant', containerId: 't', memberType: 'role', memberId: 'r' },
  { container: 'tenant', containerId: 't', memberType: 'mapping-rule', memberId: 'm' },
];

async function openWithRecords(foreign = { users: false, groups: false }): Promise<House> {
  const house = await openHouse({ foreign });
  await house.identity.createUser({ username: 'ann', password: 'x' });
  await house.identity.createRole({ roleId: 'r', name: 'R' });
  await house.identity.createGroup({ groupId: 'g', name: 'G' });
  await house.identity.createTenant({ tenantId: 't', name: 'T' });
  await house.identity.createMappingRule({ mappingRuleId: 'm', name: 'M', claimName: 'team', claimValue: 'blue' });
  return house;
}

describe('members', () => {
  let house: House;
  beforeEach(async () => {
    house = await openWithRecords();
  });
  const count = async () => (await house.store.db.selectFrom('memberships').selectAll().execute()).length;

  it.each(MEMBERSHIPS)('of a $container may be a $memberType, who comes, is there, and goes', async (member) => {
    const before = await count();
    await house.identity.addMember(member);
    expect(await count()).toBe(before + 1);
    await house.identity.removeMember(member);
    expect(await count()).toBe(before);
  });

  it('have what their container has from the moment the command resolves, and no longer', async () => {
    const principal = () => house.identity.snapshot().principalOf({ kind: 'user', username: 'ann' as never });
    expect(principal()).toMatchObject({ roles: [] });
    await house.identity.addMember(ANN_IN_R);
    expect(principal()).toMatchObject({ roles: ['r'] });
    await house.identity.removeMember(ANN_IN_R);
    expect(principal()).toMatchObject({ roles: [] });
  });

  it.each(MEMBERSHIPS)('are not put in twice: $memberType in $container', async (member) => {
    await house.identity.addMember(member);
    const type = member.memberType.toUpperCase().replace('-', '_');
    const { container, containerId, memberId } = member;
    await expect(house.identity.addMember(member)).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
      detail: `Command 'ADD_ENTITY' rejected with code 'ALREADY_EXISTS': Expected to add an entity with ID '${memberId}' and type '${type}' to ${container} with ID '${containerId}', but the entity is already assigned to this ${container}`,
    });
  });

  it.each(MEMBERSHIPS)('are not put into what does not exist: $memberType in $container', async (member) => {
    const before = await count();
    const type = member.memberType.toUpperCase().replace('-', '_');
    await expect(house.identity.addMember({ ...member, containerId: 'nope' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      detail: `Command 'ADD_ENTITY' rejected with code 'NOT_FOUND': Expected to add an entity with ID '${member.memberId}' and type '${type}' to ${member.container} with ID 'nope', but the ${member.container} doesn't exist`,
    });
    expect(await count()).toBe(before);
  });

  it.each(MEMBERSHIPS.filter(({ memberType }) => memberType !== 'client'))(
    'are not put in where they do not exist: $memberType in $container',
    async (member) => {
      await expect(house.identity.addMember({ ...member, memberId: 'nobody' })).rejects.toMatchObject({
        code: 'NOT_FOUND',
        detail: expect.stringMatching(/^Command 'ADD_ENTITY' rejected .* but the entity doesn't exist$/),
      });
    },
  );

  it.each(MEMBERSHIPS)('are not taken out where they are not in: $memberType in $container', async (member) => {
    const type = member.memberType.toUpperCase().replace('-', '_');
    const { container, containerId, memberId } = member;
    await expect(house.identity.removeMember(member)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      detail: `Command 'REMOVE_ENTITY' rejected with code 'NOT_FOUND': Expected to remove an entity with ID '${memberId}' and type '${type}' from ${container} with ID '${containerId}', but the entity is not assigned to this ${container}`,
    });
    await expect(house.identity.removeMember({ ...member, containerId: 'nope' })).rejects.toMatchObject({
      detail: expect.stringMatching(new RegExp(`but the ${container} doesn't exist$`)),
    });
  });

  it.each([
    [{ container: 'role', containerId: 'r', memberType: 'role', memberId: 'rpa' }],
    [{ container: 'group', containerId: 'g', memberType: 'group', memberId: 'g' }],
    [{ container: 'group', containerId: 'g', memberType: 'role', memberId: 'r' }],
  ] as const)('are of a kind that the container has: not %j', async (member) => {
    await expect(house.identity.addMember(member)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it.each(['', 'two words', 'x'.repeat(257), 'a\0b', '*'])('have an id, which %j is not', async (memberId) => {
    await expect(house.identity.addMember({ ...ANN_IN_R, memberType: 'client', memberId })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringMatching(/clientId/),
    });
  });

  it('are not looked up where an identity provider keeps them', async () => {
    const foreign = await openWithRecords({ users: true, groups: true });
    await foreign.identity.addMember({ ...ANN_IN_R, memberId: 'somebody' });
    await foreign.identity.addMember({ ...ANN_IN_R, memberType: 'group', memberId: 'some-group' });
    await expect(
      foreign.identity.addMember({ ...ANN_IN_R, memberType: 'mapping-rule', memberId: 'nope' }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('close the set-up for ever where they are administrators', async () => {
    expect(house.identity.snapshot().administratorHasExisted).toBe(false);
    const admin = { ...ANN_IN_R, containerId: 'admin' };
    await house.identity.addMember(admin);
    await house.identity.removeMember(admin);
    expect(house.identity.snapshot().administratorHasExisted).toBe(true);
  });
});
