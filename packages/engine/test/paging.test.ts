import type {
  PageRequest,
  ProcessDefinition,
  ProcessesVisible,
  ProcessInstance,
  RecordPage,
  SortValue,
  TenantsVisible,
} from '@stagedoor/cluster';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { document, END, extended, flow, node, processOf, resource, START, WORK } from './bpmn-documents.ts';
import { EVERYTHING } from './everything.ts';
import { open, TestClock } from './temporary-engine.ts';

const PROCESS_IDS = ['a', 'B', 'a-2', 'z'];
const TENANTS = ['<default>', 'Zwei', 'drei'];
const NAMES = ['Ärger', 'zoo', 'Zoo', '𝒳', 'ﬁ'];
const DEFINITION_FIELDS: readonly (keyof ProcessDefinition)[] = [
  'key',
  'bpmnProcessId',
  'name',
  'version',
  'versionTag',
  'resourceName',
  'tenantId',
];
const INSTANCE_FIELDS: readonly (keyof ProcessInstance)[] = [
  'key',
  'processDefinitionKey',
  'bpmnProcessId',
  'processName',
  'processVersion',
  'processVersionTag',
  'parentKey',
  'parentFlowNodeInstanceKey',
  'rootKey',
  'startDate',
  'endDate',
  'state',
  'incident',
  'tenantId',
];

const clock = new TestClock();
const engine = open(':memory:', clock);
let definitions: readonly ProcessDefinition[] = [];
let instances: readonly ProcessInstance[] = [];

/** Each process belongs to one tenant, but for `a`, which two have. */
function tenantsOf(bpmnProcessId: string): readonly string[] {
  return bpmnProcessId === 'a' ? TENANTS.slice(0, 2) : [TENANTS[PROCESS_IDS.indexOf(bpmnProcessId) % 3] ?? ''];
}

/** Three versions of each process, some with a name, some with a version tag; the third waits. */
async function deployAll(): Promise<void> {
  for (const [index, id] of PROCESS_IDS.entries()) {
    for (const version of [1, 2, 3]) {
      const name = (index + version) % 2 === 0 ? '' : ` name="${NAMES[(index * version) % NAMES.length]}"`;
      const tag = version === 2 ? '' : extended(`<zeebe:versionTag value="v${version}"/>`);
      const waiting = version === 3 ? [node('serviceTask', 't', WORK).xml, flow('g', 's', 't')] : [];
      const content = processOf(id, tag, START.xml, END.xml, flow('f', 's', 'e'), ...waiting).replace(
        ' id=',
        `${name} id=`,
      );
      for (const tenantId of tenantsOf(id))
        await engine.deploy([resource(`${version % 2}.bpmn`, document(content))], tenantId);
    }
  }
}

/** Active and ended ones, some at the same instant, with a clock that also goes back. */
async function createAll(): Promise<void> {
  for (let index = 0; index < 60; index++) {
    const bpmnProcessId = PROCESS_IDS[(index * 7) % PROCESS_IDS.length] ?? '';
    const process = { bpmnProcessId, version: 1 + ((index * 5) % 3) };
    const tenants = tenantsOf(bpmnProcessId);
    const tenantId = tenants[index % tenants.length] ?? '';
    await engine.createProcessInstance({ process, variables: {}, tenantId });
    if (index % 3 === 0) clock.time += index % 2 === 0 ? 1000 : -500;
  }
}

beforeAll(async () => {
  await deployAll();
  await createAll();
  definitions = (await engine.searchProcessDefinitions(EVERYTHING)).items;
  instances = (await engine.searchProcessInstances(EVERYTHING)).items;
});

afterAll(() => engine.close());

type Seen = { readonly visible: ProcessesVisible; readonly tenants: TenantsVisible };
type Sort<Item> = readonly { readonly field: keyof Item & string; readonly order: 'ASC' | 'DESC' }[];

const someIds = (ids: readonly string[]) =>
  fc.record({
    kind: fc.constant('ids' as const),
    ids: fc.array(fc.constantFrom(...ids, 'other'), { maxLength: 4 }),
  });
const seen: fc.Arbitrary<Seen> = fc.record({
  visible: fc.oneof(
    fc.constant({ kind: 'all' as const }),
    someIds(PROCESS_IDS),
    fc.constant({ kind: 'none' as const }),
  ),
  tenants: fc.oneof(fc.constant({ kind: 'all' as const }), someIds(TENANTS)),
});

function sortBy<Item>(fields: readonly (keyof Item & string)[]): fc.Arbitrary<Sort<Item>> {
  const one = fc.record({ field: fc.constantFrom(...fields), order: fc.constantFrom('ASC' as const, 'DESC' as const) });
  return fc.array(one, { maxLength: 4 });
}

function canSee({ visible, tenants }: Seen, item: { bpmnProcessId: string; tenantId: string }): boolean {
  const process = visible.kind === 'all' || (visible.kind === 'ids' && visible.ids.includes(item.bpmnProcessId));
  return process && (tenants.kind === 'all' || tenants.ids.includes(item.tenantId));
}

/** The slow and obvious order: nulls last, texts by their bytes, then the key. */
function sorted<Item extends { readonly key: number } & { readonly [F in keyof Item]: SortValue }>(
  items: readonly Item[],
  sort: Sort<Item>,
): readonly Item[] {
  return items.toSorted((one, other) => {
    for (const { field, order } of sort) {
      const difference = compare(one[field], other[field], order);
      if (difference !== 0) return difference;
    }
    return one.key - other.key;
  });
}

function compare(one: SortValue, other: SortValue, order: 'ASC' | 'DESC'): number {
  if (one === null || other === null) return Number(one === null) - Number(other === null);
  const difference =
    typeof one === 'string'
      ? Buffer.compare(Buffer.from(one), Buffer.from(String(other)))
      : Number(one) - Number(other);
  return order === 'DESC' ? -difference : difference;
}

type Ask<Item> = (page: PageRequest) => Promise<RecordPage<Item>>;

/** All pages of a search, each asked for from the border of the one before, up to the empty one. */
async function allPages<Item>(ask: Ask<Item>, limit: number): Promise<readonly RecordPage<Item>[]> {
  const pages = [await ask({ kind: 'offset', from: 0, limit })];
  for (let { last } = pages[0] ?? { last: null }; last !== null; ) {
    const page = await ask({ kind: 'after', values: last, limit });
    pages.push(page);
    last = page.last;
  }
  return pages;
}

/** The same pages, asked for backwards from the last record, which is on none of them. */
async function pagesBack<Item>(ask: Ask<Item>, end: readonly SortValue[], limit: number) {
  const pages: RecordPage<Item>[] = [];
  for (let first: readonly SortValue[] | null = end; first !== null; ) {
    const page: RecordPage<Item> = await ask({ kind: 'before', values: first, limit });
    pages.unshift(page);
    first = page.first;
  }
  return pages;
}

async function expectWhole<Item>(ask: Ask<Item>, whole: readonly Item[], limit: number): Promise<void> {
  const pages = await allPages(ask, limit);
  expect(pages.flatMap(({ items }) => items)).toEqual(whole);
  expect(pages.map(({ total }) => total)).toEqual(pages.map(() => whole.length));
  expect(pages.slice(0, -2).every(({ items }) => items.length === limit)).toBe(true);
  const end = pages.at(-2)?.last;
  if (end == null) return;
  const back = await pagesBack(ask, end, limit);
  expect(back.flatMap(({ items }) => items)).toEqual(whole.slice(0, -1));
  expect(back.slice(2).every(({ items }) => items.length === limit)).toBe(true);
  const from = Math.floor(whole.length / 2);
  expect((await ask({ kind: 'offset', from, limit })).items).toEqual(whole.slice(from, from + limit));
}

describe('the pages of a search', () => {
  it('are together the sorted whole of the instances that may be seen, in both directions', async () => {
    const sorts = sortBy<ProcessInstance>(INSTANCE_FIELDS);
    const state = fc.constantFrom(undefined, 'ACTIVE' as const, 'COMPLETED' as const);
    await fc.assert(
      fc.asyncProperty(sorts, fc.integer({ min: 1, max: 70 }), seen, state, async (sort, limit, to, only) => {
        const comparisons = only === undefined ? [] : [{ op: 'eq' as const, value: only }];
        const where = [{ field: 'state' as const, comparisons }];
        const whole = instances.filter((item) => canSee(to, item) && (only === undefined || item.state === only));
        await expectWhole(
          (page) => engine.searchProcessInstances({ where, sort, page, ...to }),
          sorted(whole, sort),
          limit,
        );
      }),
    );
  });

  it('are together the sorted whole of the definitions that may be seen, in both directions', async () => {
    const sorts = sortBy<ProcessDefinition>(DEFINITION_FIELDS);
    await fc.assert(
      fc.asyncProperty(sorts, fc.integer({ min: 1, max: 15 }), seen, async (sort, limit, to) => {
        const whole = definitions.filter((item) => canSee(to, item));
        await expectWhole(
          (page) => engine.searchProcessDefinitions({ where: [], sort, page, ...to }),
          sorted(whole, sort),
          limit,
        );
      }),
    );
  });

  it('are drawn from records with and without values', () => {
    expect(instances).toHaveLength(60);
    expect(definitions).toHaveLength(15);
    const values: readonly (readonly SortValue[])[] = [
      instances.map(({ endDate }) => endDate),
      instances.map(({ processVersionTag }) => processVersionTag),
      instances.map(({ processName }) => processName),
      definitions.map(({ name }) => name),
    ];
    for (const some of values) {
      expect(some.includes(null)).toBe(true);
      expect(new Set(some).size).toBeGreaterThan(2);
    }
    expect(new Set(instances.map(({ startDate }) => startDate)).size).toBeLessThan(60);
    expect(new Set(instances.map(({ tenantId }) => tenantId)).size).toBe(3);
  });
});
