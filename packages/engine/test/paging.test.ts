import type { Page, ProcessDefinition, ProcessesVisible, ProcessInstance, Search, SortValue } from '@stagedoor/cluster';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { document, END, extended, flow, node, processOf, resource, START, WORK } from './bpmn-documents.ts';
import { open, TestClock } from './temporary-engine.ts';

const PROCESS_IDS = ['a', 'B', 'a-2', 'z'];
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
  'processVersion',
  'processVersionTag',
  'parentKey',
  'parentFlowNodeInstanceKey',
  'startDate',
  'endDate',
  'state',
  'incident',
  'tenantId',
];
const FIRST_PAGE = { equals: {}, between: [], sort: [], size: 1000, after: null, visible: { kind: 'all' } } as const;

const clock = new TestClock();
const engine = open(':memory:', clock);
let definitions: readonly ProcessDefinition[] = [];
let instances: readonly ProcessInstance[] = [];

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
      await engine.deploy([resource(`${version % 2}.bpmn`, document(content))]);
    }
  }
}

/** Active and ended ones, some at the same instant, with a clock that also goes back. */
async function createAll(): Promise<void> {
  for (let index = 0; index < 60; index++) {
    const bpmnProcessId = PROCESS_IDS[(index * 7) % PROCESS_IDS.length] ?? '';
    await engine.createProcessInstance({ process: { bpmnProcessId, version: 1 + ((index * 5) % 3) }, variables: {} });
    if (index % 3 === 0) clock.time += index % 2 === 0 ? 1000 : -500;
  }
}

beforeAll(async () => {
  await deployAll();
  await createAll();
  definitions = (await engine.searchProcessDefinitions(FIRST_PAGE)).items;
  instances = (await engine.searchProcessInstances(FIRST_PAGE)).items;
});

afterAll(() => engine.close());

const visible: fc.Arbitrary<ProcessesVisible> = fc.oneof(
  fc.constant({ kind: 'all' as const }),
  fc.record({
    kind: fc.constant('ids' as const),
    ids: fc.array(fc.constantFrom(...PROCESS_IDS, 'other'), { maxLength: 4 }),
  }),
  fc.constant({ kind: 'none' as const }),
);

function sortBy<Item>(fields: readonly (keyof Item & string)[]): fc.Arbitrary<Search<Item>['sort']> {
  const one = fc.record({ field: fc.constantFrom(...fields), order: fc.constantFrom('ASC' as const, 'DESC' as const) });
  return fc.array(one, { maxLength: 4 });
}

function canSee(to: ProcessesVisible, bpmnProcessId: string): boolean {
  return to.kind === 'all' || (to.kind === 'ids' && to.ids.includes(bpmnProcessId));
}

/** The slow and obvious order: nulls last, texts by their bytes, then the key. */
function sorted<Item extends { readonly key: number } & { readonly [F in keyof Item]: SortValue }>(
  items: readonly Item[],
  sort: Search<Item>['sort'],
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

/** All pages of a search, each asked for with the sort values of the one before. */
async function allPages<Item>(
  ask: (after: readonly SortValue[] | null) => Promise<Page<Item>>,
): Promise<readonly Page<Item>[]> {
  const pages: Page<Item>[] = [];
  for (let after: readonly SortValue[] | null = null; ; ) {
    const page: Page<Item> = await ask(after);
    pages.push(page);
    if (page.items.length === 0 || pages.length > 100) return pages;
    after = page.sortValues;
  }
}

describe('the pages of a search', () => {
  it('are together the sorted whole of the instances that may be seen', async () => {
    const sort = sortBy<ProcessInstance>(INSTANCE_FIELDS);
    const state = fc.constantFrom(undefined, 'ACTIVE' as const, 'COMPLETED' as const);
    await fc.assert(
      fc.asyncProperty(sort, fc.integer({ min: 1, max: 70 }), visible, state, async (by, size, to, only) => {
        const equals = only === undefined ? {} : { state: only };
        const pages = await allPages((after) =>
          engine.searchProcessInstances({ ...FIRST_PAGE, equals, sort: by, size, after, visible: to }),
        );
        const whole = instances.filter(
          (item) => canSee(to, item.bpmnProcessId) && (only === undefined || item.state === only),
        );
        expect(pages.flatMap(({ items }) => items)).toEqual(sorted(whole, by));
        expect(pages.map(({ total }) => total)).toEqual(pages.map(() => whole.length));
        expect(pages.slice(0, -2).every(({ items }) => items.length === size)).toBe(true);
      }),
    );
  });

  it('are together the sorted whole of the definitions that may be seen', async () => {
    const sort = sortBy<ProcessDefinition>(DEFINITION_FIELDS);
    await fc.assert(
      fc.asyncProperty(sort, fc.integer({ min: 1, max: 15 }), visible, async (by, size, to) => {
        const pages = await allPages((after) =>
          engine.searchProcessDefinitions({ ...FIRST_PAGE, sort: by, size, after, visible: to }),
        );
        const whole = definitions.filter((item) => canSee(to, item.bpmnProcessId));
        expect(pages.flatMap(({ items }) => items)).toEqual(sorted(whole, by));
        expect(pages.map(({ total }) => total)).toEqual(pages.map(() => whole.length));
      }),
    );
  });

  it('are drawn from records with and without values', () => {
    expect(instances).toHaveLength(60);
    expect(definitions).toHaveLength(12);
    const values: readonly (readonly SortValue[])[] = [
      instances.map(({ endDate }) => endDate),
      instances.map(({ processVersionTag }) => processVersionTag),
      definitions.map(({ name }) => name),
    ];
    for (const some of values) {
      expect(some.includes(null)).toBe(true);
      expect(new Set(some).size).toBeGreaterThan(2);
    }
    expect(new Set(instances.map(({ startDate }) => startDate)).size).toBeLessThan(60);
  });
});
