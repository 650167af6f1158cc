import {
  type AccessSnapshot,
  type ClientId,
  decide,
  OWNER_TYPES,
  type Principal,
  permission,
  type Username,
} from '@stagedoor/access';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createIdentity, IdentityError, type MemberName, type NewGrant } from '../src/index.ts';
import { type House, openHouse, randomness } from './identity-under-test.ts';

/** A hash that costs nothing: no password is verified here. */
const hashing = {
  hash: async (password: string) => `hash of ${password}`,
  verify: async (hash: string, password: string) => hash === `hash of ${password}`,
  needsRehash: () => false,
  dummy: () => 'no hash',
};
const readClaim = (claims: Readonly<Record<string, unknown>>, path: string) => claims[path];

const USERS = ['ann', 'bob'] as const;
const CLIENTS = ['c1', 'c2'] as const;
const ROLES = ['admin', 'r1', 'task-worker'] as const;
const GROUPS = ['g1', 'g2'] as const;
const TENANTS = ['<default>', 't1'] as const;
const RULES = ['m1', 'm2'] as const;
const NAMES = [...USERS, ...CLIENTS, ...ROLES, ...GROUPS, ...RULES];
const TEXTS = ['one', 'two'] as const;
const PROPERTIES = ['assignee', 'candidateUsers', 'candidateGroups'] as const;
const POLICY = { authorizationsEnabled: true, unprotected: false, tenantChecksEnabled: true };

/** What the rules of a random case may do. */
type Step = (house: House) => Promise<unknown>;

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.constantFrom(...USERS).map(
    (username): Step =>
      ({ identity }) =>
        identity.createUser({ username, password: 'x' }),
  ),
  fc
    .record({
      username: fc.constantFrom(...USERS),
      password: fc.constantFrom('', 'y'),
      name: fc.constantFrom(...TEXTS),
    })
    .map(
      (update): Step =>
        ({ identity }) =>
          identity.updateUser(update),
    ),
  fc.constantFrom(...USERS).map(
    (username): Step =>
      ({ identity }) =>
        identity.deleteUser({ username }),
  ),
  fc.constantFrom(...USERS).map(
    (username): Step =>
      async ({ identity }) => {
        const user = identity.snapshot().user(username);
        if (user) await identity.rehash(user, 'z');
      },
  ),
  named(ROLES).map(
    ([id, name]): Step =>
      ({ identity }) =>
        identity.createRole({ roleId: id, name }),
  ),
  named(ROLES).map(
    ([id, name]): Step =>
      ({ identity }) =>
        identity.updateRole({ roleId: id, name }),
  ),
  fc.constantFrom(...ROLES).map(
    (roleId): Step =>
      ({ identity }) =>
        identity.deleteRole({ roleId }),
  ),
  named(GROUPS).map(
    ([id, name]): Step =>
      ({ identity }) =>
        identity.createGroup({ groupId: id, name }),
  ),
  named(GROUPS).map(
    ([id, name]): Step =>
      ({ identity }) =>
        identity.updateGroup({ groupId: id, name }),
  ),
  fc.constantFrom(...GROUPS).map(
    (groupId): Step =>
      ({ identity }) =>
        identity.deleteGroup({ groupId }),
  ),
  named(TENANTS).map(
    ([id, name]): Step =>
      ({ identity }) =>
        identity.createTenant({ tenantId: id, name }),
  ),
  named(TENANTS).map(
    ([id, name]): Step =>
      ({ identity }) =>
        identity.updateTenant({ tenantId: id, name }),
  ),
  fc.constantFrom(...TENANTS).map(
    (tenantId): Step =>
      ({ identity }) =>
        identity.deleteTenant({ tenantId }),
  ),
  ruled().map(
    (rule): Step =>
      ({ identity }) =>
        identity.createMappingRule(rule),
  ),
  ruled().map(
    (rule): Step =>
      ({ identity }) =>
        identity.updateMappingRule(rule),
  ),
  fc.constantFrom(...RULES).map(
    (id): Step =>
      ({ identity }) =>
        identity.deleteMappingRule({ mappingRuleId: id }),
  ),
  membership().map(
    (member): Step =>
      ({ identity }) =>
        identity.addMember(member),
  ),
  membership().map(
    (member): Step =>
      ({ identity }) =>
        identity.removeMember(member),
  ),
  grant().map(
    (input): Step =>
      ({ identity }) =>
        identity.addGrant(input),
  ),
  fc.tuple(grant(), fc.nat()).map(
    ([input, at]): Step =>
      async ({ identity }) => {
        const grants = await identity.listGrants();
        const { authorizationKey } = grants[at % grants.length] ?? { authorizationKey: '1' };
        await identity.updateGrant({ ...input, authorizationKey });
      },
  ),
  fc.nat().map(
    (at): Step =>
      async ({ identity }) => {
        const grants = await identity.listGrants();
        await identity.removeGrant({ authorizationKey: grants[at % grants.length]?.authorizationKey ?? '1' });
      },
  ),
  fc.constantFrom(...CLIENTS).map(
    (id): Step =>
      ({ identity, store }) =>
        store.change(async (tx) =>
          identity.addClientGrants(tx, await identity.reserveClientName(tx, id), ['operate', 'tasklist']),
        ),
  ),
  fc.constantFrom(...CLIENTS).map(
    (id): Step =>
      ({ identity, store }) =>
        store.change((tx) => identity.removeClient(tx, id)),
  ),
  fc.constantFrom(...USERS).map(
    (username): Step =>
      ({ identity }) =>
        identity.setUpFirstAdministrator({ username, password: 'x' }),
  ),
  fc.tuple(fc.constantFrom(...USERS), fc.constantFrom(...TEXTS), grant()).map(
    ([username, password, { permissionTypes, ...rest }]): Step =>
      ({ identity }) =>
        identity.initialize({
          users: [{ username, password }],
          groups: [{ groupId: 'g1', users: [username] }],
          mappingRules: [{ mappingRuleId: 'm1', claimName: 'team', claimValue: 'one' }],
          tenants: [{ tenantId: 't1', groups: ['g1'] }],
          authorizations: [{ ...rest, ownerType: 'USER', ownerId: username, permissions: permissionTypes }],
        }),
  ),
  // A change of nobody's here, one that is given up after it has reported, and one that only somebody else's tables see.
  fc.constant<Step>(({ store }) => store.change(async () => undefined)),
  fc.constantFrom(...CLIENTS).map(
    (id): Step =>
      ({ identity, store }) =>
        store.change(async (tx) => {
          await identity.addClientGrants(tx, id as ClientId, ['zeebe']);
          throw new IdentityError('NOT_FOUND', 'given up');
        }),
  ),
);

describe('the published snapshot', () => {
  it('is after any commands what reading everything makes of the records', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async (steps) => {
        const house = await openHouse({ hashing });
        try {
          for (const run of steps) {
            const before = house.identity.snapshot();
            await refusedOrDone(run(house));
            expect(house.identity.snapshot().epoch).toBeGreaterThanOrEqual(before.epoch);
          }
          expect(contentOf(house.identity.snapshot())).toEqual(contentOf(await reread(house)));
        } finally {
          await house.store.db.destroy();
        }
      }),
      { numRuns: 100 },
    );
  });

  it('is not made anew of all the records for one change', async () => {
    const { identity, store } = await openHouse({ hashing });
    await store.db.schema.alterTable('tenants').renameTo('elsewhere').execute();
    await identity.createUser({ username: 'ann', password: 'x' });
    expect(identity.snapshot().user('ann')).toBeDefined();
    expect(identity.snapshot().tenants.size).toBe(1);
  });

  it('learns nothing from a change that failed, nor later from another’s success', async () => {
    const house = await openHouse({ hashing });
    const { identity, store } = house;
    const before = identity.snapshot();
    const failed = store.change(async (tx) => {
      await identity.addClientGrants(tx, 'c1' as ClientId, ['operate']);
      throw new Error('given up');
    });
    await expect(failed).rejects.toThrow('given up');
    await store.change(async () => undefined);
    expect(identity.snapshot()).toBe(before);
    await identity.createUser({ username: 'ann', password: 'x' });
    expect(contentOf(identity.snapshot())).toEqual(contentOf(await reread(house)));
    expect(identity.snapshot().reach('CLIENT', 'c1', 'PROCESS_DEFINITION', 'READ_PROCESS_INSTANCE').all).toBe(false);
  });

  it('learns of what another process on the same records has changed', async () => {
    const house = await openHouse({ hashing });
    const other = await createIdentity({ store: house.store, readClaim, clock: house.time, randomness, hashing });
    await house.identity.createUser({ username: 'ann', password: 'x' });
    expect(other.snapshot().user('ann')).toBeUndefined();
    await other.createUser({ username: 'bob', password: 'x' });
    await other.publish();
    expect([...other.snapshot().users()].map(({ username }) => username).sort()).toEqual(['ann', 'bob']);
    expect(contentOf(house.identity.snapshot())).toEqual(contentOf(other.snapshot()));
  });

  it('is refused after a change that could not be published, and comes back with the next', async () => {
    const { identity, store } = await openHouse({ hashing });
    await store.db.schema.alterTable('identity_meta').renameTo('elsewhere').execute();
    await expect(identity.publish()).rejects.toThrow();
    expect(() => identity.snapshot()).toThrow('the identity records could not be read');
    await store.db.schema.alterTable('elsewhere').renameTo('identity_meta').execute();
    await identity.publish();
    expect(identity.snapshot().reach('ROLE', 'admin', 'USER', 'READ').all).toBe(true);
  });
});

/** A refusal is as good as a change here; anything else is a fault. */
async function refusedOrDone(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    const refused = error instanceof IdentityError || (error instanceof Error && error.name === 'InitializationError');
    if (!refused) throw error;
  }
}

async function reread({ store, time }: House): Promise<AccessSnapshot> {
  return (await createIdentity({ store, readClaim, clock: time, randomness, hashing })).snapshot();
}

/** All that anybody can ask of a snapshot about the names of this file. */
function contentOf(snapshot: AccessSnapshot): unknown {
  const principals = [
    ...USERS.map((username) => snapshot.principalOf({ kind: 'user', username: username as Username })),
    ...CLIENTS.map((clientId) => snapshot.principalOf({ kind: 'client', clientId: clientId as ClientId })),
    ...TEXTS.map((team) =>
      snapshot.principalOfToken({
        subject: { kind: 'client', clientId: 'c1' as ClientId },
        groups: null,
        claims: { team },
      } as Parameters<AccessSnapshot['principalOfToken']>[0]),
    ),
  ];
  return {
    administratorHasExisted: snapshot.administratorHasExisted,
    users: [...snapshot.users()].sort((one, other) => one.username.localeCompare(other.username)),
    tenants: [...snapshot.tenants.values()].sort((one, other) => one.id.localeCompare(other.id)),
    principals,
    reaches: OWNER_TYPES.flatMap((type) =>
      NAMES.flatMap((name) => [
        snapshot.reach(type, name, 'USER', 'READ'),
        snapshot.reach(type, name, 'USER_TASK', 'READ'),
        snapshot.reach(type, name, 'PROCESS_DEFINITION', 'READ_PROCESS_INSTANCE'),
      ]),
    ),
    decisions: principals.flatMap((principal) => decisionsOf(snapshot, principal)),
  };
}

function decisionsOf(snapshot: AccessSnapshot, principal: Principal): unknown[] {
  const task = { assignee: 'ann', candidateUsers: ['bob'], candidateGroups: ['g1'] };
  return [
    decide(snapshot, POLICY, principal, permission('USER', 'READ', 'everything')),
    decide(snapshot, POLICY, principal, permission('USER', 'READ', 'found'), [{ resourceId: 'ann' }]),
    decide(snapshot, POLICY, principal, permission('USER_TASK', 'READ', 'found'), [
      { resourceId: '7', properties: task },
    ]),
    ...PROPERTIES.map((name) =>
      decide(snapshot, POLICY, principal, permission('USER_TASK', 'CLAIM', 'found'), [
        { resourceId: '7', properties: { [name]: task[name] } },
      ]),
    ),
  ];
}

function named<Id extends string>(ids: readonly Id[]): fc.Arbitrary<readonly [Id, string]> {
  return fc.tuple(fc.constantFrom(...ids), fc.constantFrom(...TEXTS));
}

function ruled() {
  const texts = { name: fc.constantFrom(...TEXTS), claimValue: fc.constantFrom(...TEXTS) };
  return fc.record({ mappingRuleId: fc.constantFrom(...RULES), claimName: fc.constant('team'), ...texts });
}

function membership(): fc.Arbitrary<MemberName> {
  const containers = fc.constantFrom(
    ...ROLES.map((containerId) => ({ container: 'role', containerId }) as const),
    ...GROUPS.map((containerId) => ({ container: 'group', containerId }) as const),
    ...TENANTS.map((containerId) => ({ container: 'tenant', containerId }) as const),
  );
  const members = fc.constantFrom(
    ...USERS.map((memberId) => ({ memberType: 'user', memberId }) as const),
    ...CLIENTS.map((memberId) => ({ memberType: 'client', memberId }) as const),
    ...GROUPS.map((memberId) => ({ memberType: 'group', memberId }) as const),
    ...ROLES.map((memberId) => ({ memberType: 'role', memberId }) as const),
    ...RULES.map((memberId) => ({ memberType: 'mapping-rule', memberId }) as const),
  );
  return fc.tuple(containers, members).map(([container, member]) => ({ ...container, ...member }));
}

function grant(): fc.Arbitrary<NewGrant> {
  const owner = fc.constantFrom(
    ...USERS.map((ownerId) => ({ ownerType: 'USER', ownerId })),
    ...CLIENTS.map((ownerId) => ({ ownerType: 'CLIENT', ownerId })),
    ...ROLES.map((ownerId) => ({ ownerType: 'ROLE', ownerId })),
    ...GROUPS.map((ownerId) => ({ ownerType: 'GROUP', ownerId })),
    ...RULES.map((ownerId) => ({ ownerType: 'MAPPING_RULE', ownerId })),
  );
  const target = fc.oneof(
    fc
      .constantFrom('*', 'ann', 'bob')
      .map((resourceId) => ({ resourceType: 'USER', resourceId, permissionTypes: ['READ'] })),
    fc.tuple(fc.constantFrom('*', '7'), fc.constantFrom('READ', 'CLAIM')).map(([resourceId, permission]) => {
      return { resourceType: 'USER_TASK', resourceId, permissionTypes: [permission] };
    }),
    fc
      .tuple(fc.constantFrom(...PROPERTIES), fc.constantFrom('READ', 'CLAIM'))
      .map(([resourcePropertyName, permission]) => {
        return { resourceType: 'USER_TASK', resourcePropertyName, permissionTypes: [permission] };
      }),
  );
  return fc.tuple(owner, target).map(([who, what]) => ({ ...who, ...what }));
}
