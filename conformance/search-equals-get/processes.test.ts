import type { KeyedAuthorization, Membership, PermissionType, SnapshotRecords } from '@stagedoor/access';
import { type Engine, openEngine } from '@stagedoor/engine';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { closeDoors, type OpenDoor, openDoor } from '../../packages/gateway/test/open-door.ts';
import { userOf } from '../../packages/gateway/test/records.ts';
import { type Ask, asUser, itemsOf, trustful } from './ask.ts';
import { type Collection, forwardAndBack } from './pages.ts';

afterEach(closeDoors);

const PROCESSES = ['order', 'payment', 'Order', 'order-1'] as const;
const TENANTS = ['<default>', 'red', 'blue'] as const;
const CALLER = 'caller';

type Owner = 'USER' | 'ROLE' | 'GROUP';
type Grant = { readonly owner: Owner; readonly permission: PermissionType; readonly resourceId: string };
type Caller = { readonly grants: readonly Grant[]; readonly tenants: readonly string[] };
type Plan = {
  readonly tenantChecks: boolean;
  readonly deployed: readonly { readonly process: string; readonly tenant: string }[];
  /** Which of what was deployed each instance is of. */
  readonly started: readonly number[];
  readonly callers: readonly Caller[];
};

const grant: fc.Arbitrary<Grant> = fc.record({
  owner: fc.constantFrom<Owner[]>('USER', 'ROLE', 'GROUP'),
  permission: fc.constantFrom<PermissionType[]>(
    'READ_PROCESS_DEFINITION',
    'READ_PROCESS_INSTANCE',
    'CREATE_PROCESS_INSTANCE',
  ),
  resourceId: fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...PROCESSES) },
    { weight: 1, arbitrary: fc.constant('*') },
  ),
});
const caller: fc.Arbitrary<Caller> = fc.record({
  grants: fc.array(grant, { maxLength: 5 }),
  tenants: fc.subarray([...TENANTS]),
});
const plan: fc.Arbitrary<Plan> = fc.record({
  tenantChecks: fc.boolean(),
  deployed: fc.array(fc.record({ process: fc.constantFrom(...PROCESSES), tenant: fc.constantFrom(...TENANTS) }), {
    minLength: 2,
    maxLength: 8,
  }),
  started: fc.array(fc.nat({ max: 100 }), { maxLength: 12 }),
  callers: fc.array(caller, { minLength: 1, maxLength: 6 }),
});

type Item = { readonly key: string; readonly process: string; readonly tenant: string };
type House = { readonly engine: Engine; readonly definitions: readonly Item[]; readonly instances: readonly Item[] };

/** Each deployment has other bytes, so that each is a definition. */
async function fill({ deployed, started }: Plan): Promise<House> {
  const clock = { now: () => Date.UTC(2026, 10, 22) };
  const engine = openEngine({ file: ':memory:', clock, clusterId: 'c', host: 'h', port: 1, version: '8.10.0' });
  const definitions: Item[] = [];
  for (const [index, { process, tenant }] of deployed.entries()) {
    const bpmn = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d${index}" targetNamespace="t"><process id="${process}" isExecutable="true"><startEvent id="s"/></process></definitions>`;
    const { processDefinitions } = await engine.deploy([{ name: 'p.bpmn', content: Buffer.from(bpmn) }], tenant);
    for (const { key } of processDefinitions) definitions.push({ key: String(key), process, tenant });
  }
  const instances: Item[] = [];
  for (const number of started) {
    const of = definitions[number % definitions.length];
    if (of === undefined) continue;
    const command = { process: { key: Number(of.key) }, variables: {}, tenantId: of.tenant };
    instances.push({ ...of, key: String((await engine.createProcessInstance(command)).key) });
  }
  return { engine, definitions, instances };
}

/** The caller, who is in a role and in a group that have some of the grants. */
function recordsOf({ grants, tenants }: Caller): Partial<SnapshotRecords> {
  const member = { memberType: 'user', memberId: CALLER } as const;
  const memberships: readonly Membership[] = [
    { containerType: 'role', containerId: 'ROLE', ...member },
    { containerType: 'group', containerId: 'GROUP', ...member },
    ...tenants.map((containerId) => ({ containerType: 'tenant' as const, containerId, ...member })),
  ];
  const authorizations: readonly KeyedAuthorization[] = grants.map(({ owner, permission, resourceId }, index) => ({
    authorizationKey: String(index),
    ownerType: owner,
    ownerId: owner === 'USER' ? CALLER : owner,
    resourceType: 'PROCESS_DEFINITION',
    resourceId,
    permissionTypes: [permission],
  }));
  const named = (id: string) => ({ id, name: id, description: '' });
  return {
    users: [userOf(CALLER)],
    // Tests only: these ids are known to be ids.
    roles: [named('ROLE')] as unknown as SnapshotRecords['roles'],
    groups: [named('GROUP')] as unknown as SnapshotRecords['groups'],
    tenants: TENANTS.map(named) as unknown as SnapshotRecords['tenants'],
    memberships,
    authorizations,
  };
}

/** The slow and obvious reading of grants and tenants. */
function maySee(who: Caller, tenantChecks: boolean, permission: PermissionType) {
  return ({ process, tenant }: Item): boolean =>
    (!tenantChecks || who.tenants.includes(tenant)) &&
    who.grants.some((one) => one.permission === permission && ['*', process].includes(one.resourceId));
}

const DEFINITIONS: Collection = {
  path: '/v2/process-definitions',
  key: 'processDefinitionKey',
  sorts: ['name', 'version', 'processDefinitionId', 'tenantId'],
};
const INSTANCES: Collection = {
  path: '/v2/process-instances',
  key: 'processInstanceKey',
  sorts: ['endDate', 'state', 'processDefinitionId', 'tenantId'],
};

/** What single reads give, which are 404 for what is of another tenant and 403 for what is not permitted. */
async function gets(ask: Ask, path: string, all: readonly Item[], isReached: (item: Item) => boolean) {
  const seen: string[] = [];
  for (const item of all) {
    const { status } = await ask(`${path}/${item.key}`);
    if (status === 200) seen.push(item.key);
    else expect([item, status]).toEqual([item, isReached(item) ? 403 : 404]);
  }
  return seen;
}

async function compareV2(ask: Ask, collection: Collection, all: readonly Item[], isReached: (item: Item) => boolean) {
  const seen = await gets(ask, collection.path, all, isReached);
  for (const pages of await forwardAndBack(ask, collection)) {
    expect(pages.keys.toSorted()).toEqual(seen.toSorted());
    expect(new Set(pages.totals)).toEqual(new Set([seen.length]));
  }
  return seen;
}

/** Operate v1 has grants on everything or nothing; tenants narrow it all the same. */
async function compareV1(ask: Ask, path: string, all: readonly Item[]) {
  const search = await ask(`${path}/search`, { size: 1000 });
  const statuses = await Promise.all(all.map(async ({ key }) => (await ask(`${path}/${key}`)).status));
  if (search.status === 200) {
    const seen = all.filter((_, index) => statuses[index] === 200).map(({ key }) => key);
    expect(itemsOf(search).map((item) => String(item.key))).toEqual(seen);
    expect(statuses.every((status) => status === 200 || status === 404)).toBe(true);
  } else expect([search.status, ...statuses]).toEqual([403, ...all.map(() => 403)]);
}

async function compareAll(door: OpenDoor, house: House, { tenantChecks, callers }: Plan, told: Told): Promise<void> {
  const ask = asUser(door, CALLER);
  for (const who of callers) {
    door.change(recordsOf(who));
    const isReached = ({ tenant }: Item) => !tenantChecks || who.tenants.includes(tenant);
    for (const [collection, all, permission] of [
      [DEFINITIONS, house.definitions, 'READ_PROCESS_DEFINITION'],
      [INSTANCES, house.instances, 'READ_PROCESS_INSTANCE'],
    ] as const) {
      const seen = await compareV2(ask, collection, all, isReached);
      expect(seen).toEqual(all.filter(maySee(who, tenantChecks, permission)).map(({ key }) => key));
      await compareV1(ask, collection.path.replace('/v2', '/v1'), all);
      told.seen += seen.length;
      told.hidden += all.length - seen.length;
    }
  }
  expect(door.faults).toEqual([]);
}

type Told = { seen: number; hidden: number };

describe('whatever is deployed and started, and whoever is granted and assigned what', () => {
  it('a search shows exactly what single reads give: processes and instances, v2 and Operate v1', async () => {
    const told: Told = { seen: 0, hidden: 0 };
    await fc.assert(
      fc.asyncProperty(plan, async (planned) => {
        const house = await fill(planned);
        try {
          const { tenantChecks } = planned;
          const door = await openDoor({ cluster: house.engine, tenantChecks, passwords: trustful(() => door) });
          await compareAll(door, house, planned, told);
        } finally {
          await closeDoors();
          house.engine.close();
        }
      }),
      { numRuns: 25 },
    );
    expect(told.seen).toBeGreaterThan(25);
    expect(told.hidden).toBeGreaterThan(25);
  }, 240_000);
});
