import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type IdentityDoor, names, openIdentityDoor, pageOf } from './identity-door.ts';
import { closeDoors } from './open-door.ts';

let open: IdentityDoor;
const IDS = ['a', 'b', 'c', 'd'] as const;
const COLLECTIONS = {
  ROLE: { path: '/v2/roles', id: 'roleId' },
  GROUP: { path: '/v2/groups', id: 'groupId' },
  TENANT: { path: '/v2/tenants', id: 'tenantId' },
  MAPPING_RULE: { path: '/v2/mapping-rules', id: 'mappingRuleId' },
  USER: { path: '/v2/users', id: 'username' },
} as const;
type Collection = keyof typeof COLLECTIONS;

beforeAll(async () => {
  open = await openIdentityDoor();
  const { identity } = open;
  for (const id of IDS) {
    const name = `name of ${id}`;
    await identity.createRole({ roleId: id, name });
    await identity.createGroup({ groupId: id, name });
    await identity.createTenant({ tenantId: id, name });
    await identity.createMappingRule({ mappingRuleId: id, name, claimName: 'sub', claimValue: id });
    await identity.createUser({ username: id, password: 'a password' });
  }
  await identity.addMember({ container: 'role', containerId: 'a', memberType: 'group', memberId: 'b' });
});
afterAll(closeDoors);

type Grant = {
  readonly owner: readonly ['USER', 'mary'] | readonly ['ROLE', 'a'] | readonly ['GROUP', 'b'];
  readonly resourceType: Collection;
  readonly resourceId: string;
  readonly permissionType: 'READ' | 'UPDATE';
};
const grants = fc.uniqueArray(
  fc.record<Grant>({
    owner: fc.constantFrom<Grant['owner']>(['USER', 'mary'], ['ROLE', 'a'], ['GROUP', 'b']),
    resourceType: fc.constantFrom(...(Object.keys(COLLECTIONS) as Collection[])),
    resourceId: fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...IDS) }, fc.constant('*')),
    permissionType: fc.constantFrom('READ', 'READ', 'UPDATE'),
  }),
  { maxLength: 12, selector: ({ owner, resourceType, resourceId }) => [...owner, resourceType, resourceId].join(' ') },
);

/** Everything that a search finds, page by page, with what it says there is. */
async function found(collection: Collection, limit: number, order: 'ASC' | 'DESC') {
  const { path, id } = COLLECTIONS[collection];
  const ids: unknown[] = [];
  const totals = new Set<number>();
  for (let after: string | null = null; ; ) {
    const page = { limit, ...(after === null ? {} : { after }) };
    const answer = await open.ask('POST', `${path}/search`, { page, sort: [{ field: id, order }] }, 'mary');
    totals.add(pageOf(answer).totalItems);
    const more = names(answer, id);
    if (more.length === 0) return { ids, totals: [...totals] };
    ids.push(...more);
    after = pageOf(answer).endCursor;
  }
}

async function gettable(collection: Collection): Promise<readonly unknown[]> {
  const { path, id } = COLLECTIONS[collection];
  const everything = names(await open.ask('POST', `${path}/search`), id);
  const allowed: unknown[] = [];
  for (const one of everything) {
    const { status } = await open.ask('GET', `${path}/${encodeURIComponent(String(one))}`, undefined, 'mary');
    expect([200, 403]).toContain(status);
    if (status === 200) allowed.push(one);
  }
  return allowed;
}

describe('what a caller finds', () => {
  it('is exactly what single gets allow him, for whatever grants he has by himself, by a group or by a role', async () => {
    await open.identity.addMember({ container: 'group', containerId: 'b', memberType: 'user', memberId: 'mary' });
    const collections = fc.constantFrom(...(Object.keys(COLLECTIONS) as Collection[]));
    const property = fc.asyncProperty(
      grants,
      collections,
      fc.integer({ min: 1, max: 5 }),
      fc.constantFrom<'ASC' | 'DESC'>('ASC', 'DESC'),
      async (given, collection, limit, order) => {
        const keys: string[] = [];
        for (const { owner, resourceType, resourceId, permissionType } of given) {
          const [ownerType, ownerId] = owner;
          const grant = { ownerType, ownerId, resourceType, resourceId, permissionTypes: [permissionType] };
          keys.push((await open.identity.addGrant(grant)).authorizationKey);
        }
        try {
          const allowed = [...(await gettable(collection))].sort();
          const { ids, totals } = await found(collection, limit, order);
          expect(order === 'ASC' ? ids : ids.toReversed()).toEqual(allowed);
          expect(totals).toEqual([allowed.length]);
        } finally {
          for (const authorizationKey of keys) await open.identity.removeGrant({ authorizationKey });
        }
      },
    );
    await fc.assert(property, { numRuns: 60 });
  }, 60_000);
});
