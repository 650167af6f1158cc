import { beforeAll, describe, expect, it } from 'vitest';
import type { FieldCondition, RecordSearch, UserField } from '../src/index.ts';
import { type House, openHouse } from './identity-under-test.ts';

const ALL: RecordSearch<never> = {
  where: [],
  sort: [],
  page: { kind: 'offset', from: 0, limit: 100 },
  visible: { kind: 'all' },
};

const USERS = [
  { username: 'ann', name: 'Ann', email: 'ann@example.com' },
  { username: 'Bob', name: 'Bob*', email: '' },
  { username: 'carol', name: '', email: 'carol@example.com' },
  { username: 'dave', name: 'ann', email: 'dave@example.org' },
  { username: 'eve', name: 'E[v]e\\?', email: '' },
  { username: 'ö-free', name: 'Öffner', email: '' },
];

/** A hash that costs nothing: no password is verified here. */
const hashing = {
  hash: async () => 'no hash',
  verify: async () => false,
  needsRehash: () => false,
  dummy: () => 'no hash',
};

describe('a search', () => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse({ hashing, idPattern: /^.+$/ });
    for (const user of USERS) await house.identity.createUser({ ...user, password: 'x' });
  });
  const search = (part: Partial<RecordSearch<UserField>>) => house.identity.searchUsers({ ...ALL, ...part });
  const found = async (part: Partial<RecordSearch<UserField>>) => {
    return (await search(part)).items.map(({ username }) => username);
  };

  it('finds everything in the order of the ids, with the first and the last place', async () => {
    const page = await search({});
    expect(page.items.map(({ username }) => username)).toEqual(['Bob', 'ann', 'carol', 'dave', 'eve', 'ö-free']);
    expect(page).toMatchObject({ first: ['Bob'], last: ['ö-free'], total: 6 });
    expect(page.items[1]).toEqual(USERS[0]);
  });

  it('shows no hash and no credential version', async () => {
    const { items } = await search({});
    for (const item of items) expect(Object.keys(item).sort()).toEqual(['email', 'name', 'username']);
  });

  it.each<[FieldCondition<UserField>['comparisons'][number], readonly string[]]>([
    [{ op: 'eq', value: 'ann' }, ['dave']],
    [{ op: 'eq', value: 'ANN' }, []],
    [{ op: 'eq', value: '' }, ['carol']],
    [{ op: 'eq', value: 1 }, []],
    [{ op: 'eq', value: true }, []],
    [{ op: 'neq', value: 'ann' }, ['Bob', 'ann', 'carol', 'eve', 'ö-free']],
    [{ op: 'neq', value: 1 }, ['Bob', 'ann', 'carol', 'dave', 'eve', 'ö-free']],
    [{ op: 'gt', value: 'Bob*' }, ['dave', 'eve', 'ö-free']],
    [{ op: 'gte', value: 'Bob*' }, ['Bob', 'dave', 'eve', 'ö-free']],
    [{ op: 'lt', value: 'Bob*' }, ['ann', 'carol']],
    [{ op: 'lte', value: 'Bob*' }, ['Bob', 'ann', 'carol']],
    [{ op: 'lte', value: 5 }, []],
    [{ op: 'in', values: ['ann', 'Ann', 7] }, ['ann', 'dave']],
    [{ op: 'in', values: [] }, []],
    [{ op: 'notIn', values: ['ann', 'Ann'] }, ['Bob', 'carol', 'eve', 'ö-free']],
    [{ op: 'notIn', values: [] }, ['Bob', 'ann', 'carol', 'dave', 'eve', 'ö-free']],
    [{ op: 'exists', value: true }, ['Bob', 'ann', 'carol', 'dave', 'eve', 'ö-free']],
    [{ op: 'exists', value: false }, []],
    [{ op: 'like', pattern: 'a*' }, ['dave']],
    [{ op: 'like', pattern: 'A*' }, ['ann']],
    [{ op: 'like', pattern: '?nn' }, ['ann', 'dave']],
    [{ op: 'like', pattern: '*' }, ['Bob', 'ann', 'carol', 'dave', 'eve', 'ö-free']],
    [{ op: 'like', pattern: '***' }, ['Bob', 'ann', 'carol', 'dave', 'eve', 'ö-free']],
    [{ op: 'like', pattern: '' }, ['carol']],
    [{ op: 'like', pattern: 'Bob\\*' }, ['Bob']],
    [{ op: 'like', pattern: '*\\**' }, ['Bob']],
    [{ op: 'like', pattern: '*[v]*' }, ['eve']],
    [{ op: 'like', pattern: '*[a-z]*' }, []],
    [{ op: 'like', pattern: 'E?v?e\\\\\\?' }, ['eve']],
    [{ op: 'like', pattern: '?ffner' }, ['ö-free']],
    [{ op: 'like', pattern: 'an_' }, []],
    [{ op: 'like', pattern: 'an%' }, []],
    [{ op: 'like', pattern: 'ann\0*' }, []],
    [{ op: 'like', pattern: '*'.repeat(60_000) }, []],
    [{ op: 'like', pattern: "' or 1=1 --" }, []],
    [{ op: 'eq', value: "' or 1=1 --" }, []],
  ])('by %j has these', async (comparison, usernames) => {
    const where = [{ field: 'name', comparisons: [comparison] }] as const;
    expect(await found({ where })).toEqual(usernames);
    expect((await search({ where })).total).toBe(usernames.length);
  });

  it('costs little for a pattern of many stars that matches nothing', async () => {
    await house.identity.createRole({ roleId: 'long', name: 'a'.repeat(256) });
    const where = [{ field: 'name', comparisons: [{ op: 'like', pattern: `${'*a'.repeat(100)}*b` }] }] as const;
    expect(await house.identity.searchRoles({ ...ALL, where })).toMatchObject({ total: 0 });
  });

  it('needs all comparisons and all conditions, and one of the alternatives', async () => {
    const comparisons = [
      { op: 'gt', value: 'A' },
      { op: 'lt', value: 'F' },
    ] as const;
    const named = { field: 'name', comparisons } as const;
    const reachable = { field: 'email', comparisons: [{ op: 'neq', value: '' }] } as const;
    const unreachable = { field: 'email', comparisons: [{ op: 'eq', value: '' }] } as const;
    expect(await found({ where: [named] })).toEqual(['Bob', 'ann', 'eve']);
    expect(await found({ where: [named, reachable] })).toEqual(['ann']);
    expect(
      await found({ where: [named], anyOf: [[reachable], [unreachable, { field: 'username', comparisons: [] }]] }),
    ).toEqual(['Bob', 'ann', 'eve']);
    expect(await found({ anyOf: [[named, reachable]] })).toEqual(['ann']);
    expect(await found({ anyOf: [] })).toEqual([]);
    expect(await found({ anyOf: [[]] })).toHaveLength(6);
  });

  it('narrows to what is visible before it counts and pages', async () => {
    const visible = { kind: 'ids', ids: ['ann', 'eve', 'nobody'] } as const;
    const page = { kind: 'offset', from: 1, limit: 1 } as const;
    expect(await search({ visible, page })).toMatchObject({ items: [{ username: 'eve' }], total: 2 });
    expect(await search({ visible: { kind: 'ids', ids: [] } })).toMatchObject({ items: [], total: 0 });
    expect(await search({ visible: { kind: 'none' } })).toEqual({ items: [], first: null, last: null, total: 0 });
    expect(
      await found({ visible, where: [{ field: 'username', comparisons: [{ op: 'eq', value: 'carol' }] }] }),
    ).toEqual([]);
    expect(await found({ visible, anyOf: [[], []] })).toEqual(['ann', 'eve']);
  });

  it('takes a hundred thousand visible ids', async () => {
    const ids = new Set(Array.from({ length: 100_000 }, (_, index) => `user-${index}`)).add('ann');
    expect(await search({ visible: { kind: 'ids', ids } })).toMatchObject({ total: 1 });
  });

  it('counts without a page', async () => {
    expect(await search({ page: { kind: 'offset', from: 0, limit: 0 } })).toEqual({
      items: [],
      first: null,
      last: null,
      total: 6,
    });
  });

  it('knows the total beyond the end', async () => {
    expect(await search({ page: { kind: 'offset', from: 50, limit: 10 } })).toMatchObject({ items: [], total: 6 });
  });

  it.each([
    [[{ field: 'email', order: 'DESC' }] as const, ['dave', 'carol', 'ann', 'Bob', 'eve', 'ö-free']],
    [
      [
        { field: 'email', order: 'ASC' },
        { field: 'username', order: 'DESC' },
      ] as const,
      ['ö-free', 'eve', 'Bob', 'ann', 'carol', 'dave'],
    ],
    [
      [
        { field: 'email', order: 'ASC' },
        { field: 'email', order: 'DESC' },
      ] as const,
      ['Bob', 'eve', 'ö-free', 'ann', 'carol', 'dave'],
    ],
  ])('in the order %j is the same forwards, backwards and by offset', async (sort, usernames) => {
    expect(await found({ sort })).toEqual(usernames);
    for (const limit of [1, 2, 4, 6, 7]) {
      const forwards: string[] = [];
      let page = await search({ sort, page: { kind: 'offset', from: 0, limit } });
      while (page.last !== null) {
        forwards.push(...page.items.map(({ username }) => username));
        expect(page.total).toBe(6);
        page = await search({ sort, page: { kind: 'after', values: page.last, limit } });
      }
      expect(forwards).toEqual(usernames);
      const backwards: string[] = [];
      const last = (await search({ sort })).last ?? [];
      page = await search({ sort, page: { kind: 'before', values: last, limit } });
      while (page.first !== null) {
        backwards.unshift(...page.items.map(({ username }) => username));
        page = await search({ sort, page: { kind: 'before', values: page.first, limit } });
      }
      expect(backwards).toEqual(usernames.slice(0, -1));
    }
  });

  it('after a place that is gone goes on where that was', async () => {
    const values = ['bz'];
    expect(await found({ page: { kind: 'after', values, limit: 2 } })).toEqual(['carol', 'dave']);
    expect(await found({ page: { kind: 'before', values, limit: 1 } })).toEqual(['ann']);
  });

  it.each([[[]], [[7]], [[true]]])('from the place %j, which there cannot be, finds nothing', async (values) => {
    expect(await found({ page: { kind: 'after', values, limit: 10 } })).toEqual([]);
    expect(await found({ page: { kind: 'before', values, limit: 10 } })).toEqual([]);
  });
});

describe('a search of grants', () => {
  it('pages over what has no value in both directions, and keeps whole grants', async () => {
    const { identity } = await openHouse();
    const sort = [
      { field: 'resourcePropertyName', order: 'DESC' },
      { field: 'ownerId', order: 'ASC' },
    ] as const;
    const everything = await identity.searchGrants({ ...ALL, sort });
    expect(everything.items.slice(0, 3)).toMatchObject([
      { resourcePropertyName: 'candidateUsers' },
      { resourcePropertyName: 'candidateGroups' },
      { resourcePropertyName: 'assignee', permissionTypes: ['READ', 'CLAIM', 'COMPLETE'] },
    ]);
    expect(everything.total).toBe((await identity.listGrants()).length);
    for (const order of ['ASC', 'DESC'] as const) {
      const turned = [
        { field: 'resourcePropertyName', order },
        { field: 'ownerId', order: 'ASC' },
      ] as const;
      const whole = (await identity.searchGrants({ ...ALL, sort: turned })).items;
      const walked: unknown[] = [];
      let page = await identity.searchGrants({ ...ALL, sort: turned, page: { kind: 'offset', from: 0, limit: 5 } });
      while (page.last !== null) {
        walked.push(...page.items);
        page = await identity.searchGrants({
          ...ALL,
          sort: turned,
          page: { kind: 'after', values: page.last, limit: 5 },
        });
      }
      expect(walked).toEqual(whole);
    }
  });

  it('finds those without an id by its absence, and those of one owner', async () => {
    const { identity } = await openHouse();
    const byProperty = { field: 'resourceId', comparisons: [{ op: 'exists', value: false }] } as const;
    expect(await identity.searchGrants({ ...ALL, where: [byProperty] })).toMatchObject({ total: 3 });
    const other = { field: 'resourceId', comparisons: [{ op: 'neq', value: '*' }] } as const;
    expect(await identity.searchGrants({ ...ALL, where: [other] })).toMatchObject({ total: 0 });
    const ofRpa = { field: 'ownerId', comparisons: [{ op: 'eq', value: 'rpa' }] } as const;
    const found = await identity.searchGrants({ ...ALL, where: [ofRpa] });
    expect(found.items).toEqual((await identity.listGrants()).filter(({ ownerId }) => ownerId === 'rpa'));
    expect(found.first).toEqual([found.items[0]?.authorizationKey]);
  });
});

describe('a search of members', () => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse();
    const { identity } = house;
    await identity.createGroup({ groupId: 'g', name: 'G' });
    for (const id of ['m1', 'm2'])
      await identity.createMappingRule({ mappingRuleId: id, name: id, claimName: 'c', claimValue: id });
    for (const memberId of ['c2', 'c1', 'c3']) {
      await identity.addMember({ container: 'group', containerId: 'g', memberType: 'client', memberId });
    }
    await identity.addMember({ container: 'group', containerId: 'g', memberType: 'mapping-rule', memberId: 'm2' });
    await identity.addMember({ container: 'role', containerId: 'rpa', memberType: 'group', memberId: 'g' });
  });

  it('has those of the container and of the type, in order', async () => {
    const of = { container: 'group', containerId: 'g', memberType: 'client' } as const;
    const found = await house.identity.searchMembers(of, ALL);
    expect(found).toEqual({
      items: [{ memberId: 'c1' }, { memberId: 'c2' }, { memberId: 'c3' }],
      first: ['c1'],
      last: ['c3'],
      total: 3,
    });
    const sort = [{ field: 'memberId', order: 'DESC' }] as const;
    const visible = { kind: 'ids', ids: ['c1', 'c3'] } as const;
    expect((await house.identity.searchMembers(of, { ...ALL, sort, visible })).items).toEqual([
      { memberId: 'c3' },
      { memberId: 'c1' },
    ]);
  });

  it.each([
    { container: 'group', containerId: 'nope', memberType: 'client' },
    { container: 'role', containerId: 'g', memberType: 'client' },
    { container: 'group', containerId: 'g', memberType: 'user' },
    { container: 'tenant', containerId: "g' or 1=1 --", memberType: 'client' },
  ] as const)('has none for %j', async (of) => {
    expect(await house.identity.searchMembers(of, ALL)).toEqual({ items: [], first: null, last: null, total: 0 });
  });

  it('has whole mapping rules, of the container alone', async () => {
    const found = await house.identity.searchMemberMappingRules({ container: 'group', containerId: 'g' }, ALL);
    expect(found.items).toEqual([{ mappingRuleId: 'm2', name: 'm2', claimName: 'c', claimValue: 'm2' }]);
    const elsewhere = await house.identity.searchMemberMappingRules({ container: 'role', containerId: 'g' }, ALL);
    expect(elsewhere.total).toBe(0);
  });

  it('has the roles in a tenant, but the roles that a group is in', async () => {
    const { identity } = house;
    const inTenant = await identity.searchMemberRoles({ container: 'tenant', containerId: '<default>' }, ALL);
    expect(inTenant.items.map(({ roleId }) => roleId)).toEqual(['admin', 'app-integrations', 'connectors', 'rpa']);
    const ofGroup = await identity.searchMemberRoles({ container: 'group', containerId: 'g' }, ALL);
    expect(ofGroup.items).toEqual([{ roleId: 'rpa', name: 'RPA', description: '' }]);
  });
});
