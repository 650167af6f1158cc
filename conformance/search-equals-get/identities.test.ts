import type { Identity, PasswordHashing } from '@stagedoor/identity';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeDoors, type OpenDoor, openDoor } from '../../packages/gateway/test/open-door.ts';
import { openHouse } from '../../packages/identity/test/identity-under-test.ts';
import { type Ask, asUser, trustful } from './ask.ts';
import { type Collection, forwardAndBack } from './pages.ts';

const CALLER = 'caller';
const NAMES = ['alto', 'Alto', 'alto-2', 'bass', 'tenor'] as const;

/** Passwords are not what is tried here, and hashing takes its time. */
const plainHashing: PasswordHashing = {
  hash: async (password) => `plain ${password}`,
  verify: async (hash, password) => hash === `plain ${password}`,
  needsRehash: () => false,
  dummy: () => 'plain',
};

const COLLECTIONS = {
  USER: { path: '/v2/users', key: 'username', sorts: ['name', 'email'] },
  ROLE: { path: '/v2/roles', key: 'roleId', sorts: ['name'] },
  GROUP: { path: '/v2/groups', key: 'groupId', sorts: ['name'] },
  TENANT: { path: '/v2/tenants', key: 'tenantId', sorts: ['name'] },
  MAPPING_RULE: { path: '/v2/mapping-rules', key: 'mappingRuleId', sorts: ['claimName', 'claimValue'] },
  AUTHORIZATION: { path: '/v2/authorizations', key: 'authorizationKey', sorts: ['resourceType', 'ownerId'], limit: 20 },
} as const satisfies Record<string, Collection>;
type Kind = keyof typeof COLLECTIONS;
const KINDS = Object.keys(COLLECTIONS) as readonly Kind[];

let identity: Identity;
let door: OpenDoor;
/** Ids of all that there is before anybody is granted anything. */
let all: Readonly<Record<Kind, readonly string[]>>;

beforeAll(async () => {
  ({ identity } = await openHouse({ hashing: plainHashing }));
  for (const name of NAMES) {
    await identity.createUser({ username: name, password: name, name: `user ${name}`, email: `${name}@example.com` });
    await identity.createRole({ roleId: name, name: 'same for all' });
    await identity.createGroup({ groupId: name, name: `group ${name}` });
    await identity.createTenant({ tenantId: name, name: `tenant ${name}` });
    await identity.createMappingRule({ mappingRuleId: name, name, claimName: 'voice', claimValue: name });
  }
  await identity.createUser({ username: CALLER, password: CALLER });
  await identity.addMember({ container: 'role', containerId: 'alto', memberType: 'user', memberId: CALLER });
  await identity.addMember({ container: 'group', containerId: 'bass', memberType: 'user', memberId: CALLER });
  door = await openDoor({ identity, passwords: trustful(() => door) });
  const everything = {
    where: [],
    sort: [],
    page: { kind: 'offset', from: 0, limit: 10_000 },
    visible: { kind: 'all' },
  } as const;
  all = {
    USER: (await identity.searchUsers(everything)).items.map(({ username }) => username),
    ROLE: (await identity.searchRoles(everything)).items.map(({ roleId }) => roleId),
    GROUP: (await identity.searchGroups(everything)).items.map(({ groupId }) => groupId),
    TENANT: (await identity.searchTenants(everything)).items.map(({ tenantId }) => tenantId),
    MAPPING_RULE: (await identity.searchMappingRules(everything)).items.map(({ mappingRuleId }) => mappingRuleId),
    AUTHORIZATION: (await identity.searchGrants(everything)).items.map(({ authorizationKey }) => authorizationKey),
  };
});
afterAll(closeDoors);

type Grant = {
  readonly owner: { readonly ownerType: string; readonly ownerId: string };
  readonly kind: Kind;
  readonly permission: 'READ' | 'UPDATE';
  /** Which of the things of that kind there are; null for all. */
  readonly of: number | null;
};

const grant: fc.Arbitrary<Grant> = fc.record({
  owner: fc.constantFrom(
    { ownerType: 'USER', ownerId: CALLER },
    { ownerType: 'ROLE', ownerId: 'alto' },
    { ownerType: 'GROUP', ownerId: 'bass' },
    { ownerType: 'ROLE', ownerId: 'tenor' },
  ),
  kind: fc.constantFrom(...KINDS),
  permission: fc.constantFrom('READ' as const, 'READ' as const, 'UPDATE' as const),
  of: fc.option(fc.nat({ max: 99 }), { freq: 6 }),
});

/** Gives them, and takes them back whatever happens. Two of the same are one. */
async function granted(grants: readonly Grant[], then: () => Promise<void>): Promise<void> {
  const keys: string[] = [];
  const given = new Set<string>();
  try {
    for (const { owner, kind, permission, of } of grants) {
      const ids = all[kind];
      const resourceId = of === null ? '*' : (ids[of % ids.length] ?? '*');
      const place = JSON.stringify([owner, kind, resourceId]);
      if (given.has(place) || (kind === 'USER' && owner.ownerType === 'USER' && resourceId === CALLER)) continue;
      given.add(place);
      const added = await identity.addGrant({
        ...owner,
        resourceType: kind,
        resourceId,
        permissionTypes: [permission],
      });
      keys.push(added.authorizationKey);
    }
    await then();
  } finally {
    for (const authorizationKey of keys) await identity.removeGrant({ authorizationKey });
  }
}

/** Grants that are there for the case alone are not asked for one by one: what the search shows is read instead. */
async function compare(ask: Ask, kind: Kind): Promise<{ readonly seen: number; readonly hidden: number }> {
  const collection = COLLECTIONS[kind];
  const [forward, back] = await forwardAndBack(ask, collection);
  const shown = forward?.keys ?? [];
  const ids = [...new Set([...all[kind], ...shown])];
  const seen: string[] = [];
  for (const id of ids) {
    const { status } = await ask(`${collection.path}/${encodeURIComponent(id)}`);
    if (status === 200) seen.push(id);
    else expect([kind, id, status]).toEqual([kind, id, 403]);
  }
  expect([kind, shown.toSorted()]).toEqual([kind, seen.toSorted()]);
  if (back !== undefined) expect([kind, back.keys.toSorted()]).toEqual([kind, seen.toSorted()]);
  expect(new Set(forward?.totals)).toEqual(new Set([seen.length]));
  return { seen: seen.length, hidden: ids.length - seen.length };
}

describe('whatever is granted to a user, his roles and his groups', () => {
  it('a search shows exactly what single reads give: users, roles, groups, tenants, mapping rules, authorizations', async () => {
    const ask = asUser(door, CALLER);
    const told = Object.fromEntries(KINDS.map((kind) => [kind, { seen: 0, hidden: 0 }]));
    await fc.assert(
      fc.asyncProperty(fc.array(grant, { maxLength: 12 }), (grants) =>
        granted(grants, async () => {
          for (const kind of KINDS) {
            const { seen, hidden } = await compare(ask, kind);
            const sums = told[kind];
            if (sums === undefined) continue;
            sums.seen += seen;
            sums.hidden += hidden;
          }
        }),
      ),
      { numRuns: 40 },
    );
    expect(door.faults).toEqual([]);
    for (const kind of KINDS) {
      expect([kind, told[kind]?.seen]).not.toEqual([kind, 0]);
      expect([kind, told[kind]?.hidden]).not.toEqual([kind, 0]);
    }
  }, 240_000);

  it('shows a user without grants himself, and nothing else', async () => {
    const ask = asUser(door, CALLER);
    for (const kind of KINDS) {
      const [pages] = await forwardAndBack(ask, COLLECTIONS[kind]);
      expect([kind, pages?.keys]).toEqual([kind, kind === 'USER' ? [CALLER] : []]);
    }
  });
});
