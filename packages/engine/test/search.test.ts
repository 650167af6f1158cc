import type { ProcessDefinition, ProcessInstance, Search } from '@stagedoor/cluster';
import { describe, expect, it } from 'vitest';
import { resource, STRAIGHT, WAITING } from './bpmn-documents.ts';
import { refusalOf } from './refusal.ts';
import { memoryEngine, TestClock } from './temporary-engine.ts';

const EVERYTHING = { equals: {}, between: [], sort: [], size: 100, after: null, visible: { kind: 'all' } } as const;

/** One instance a second: straight, waiting, straight, waiting. */
async function filled() {
  const clock = new TestClock();
  const engine = memoryEngine(clock);
  await engine.deploy([resource('p.bpmn', STRAIGHT), resource('p2.bpmn', WAITING)]);
  const instances: ProcessInstance[] = [];
  for (const bpmnProcessId of ['straight', 'waiting', 'straight', 'waiting']) {
    instances.push(await engine.createProcessInstance({ process: { bpmnProcessId, version: null }, variables: {} }));
    clock.time += 1000;
  }
  const find = async (asked: Partial<Search<ProcessInstance>>) => {
    const page = await engine.searchProcessInstances({ ...EVERYTHING, ...asked });
    return { ...page, found: page.items.map((item) => instances.findIndex(({ key }) => key === item.key)) };
  };
  return { engine, instances, find };
}

describe('search', () => {
  it('finds everything by key where nothing is asked', async () => {
    const { find, instances } = await filled();
    const page = await find({});
    expect(page.items).toEqual(instances);
    expect(page.total).toBe(4);
    expect(page.sortValues).toEqual([instances[3]?.key]);
  });

  it('answers an empty page without sort values', async () => {
    const { find } = await filled();
    expect(await find({ equals: { bpmnProcessId: 'other' } })).toMatchObject({ items: [], sortValues: [], total: 0 });
  });

  it.each<[string, Partial<Search<ProcessInstance>>, readonly number[]]>([
    ['state', { equals: { state: 'ACTIVE' } }, [1, 3]],
    ['a null', { equals: { endDate: null } }, [1, 3]],
    ['a flag', { equals: { incident: false, bpmnProcessId: 'straight' } }, [0, 2]],
    ['a flag that none has', { equals: { incident: true } }, []],
    ['tenant', { equals: { tenantId: 'other' } }, []],
    ['a text that would be SQL', { equals: { bpmnProcessId: "' OR 1=1 --" } }, []],
  ])('filters by %s', async (_title, asked, found) => {
    const { find } = await filled();
    expect((await find(asked)).found).toEqual(found);
  });

  it('takes the start of a span in and leaves its end out', async () => {
    const { find, instances } = await filled();
    const from = instances[1]?.startDate ?? 0;
    expect((await find({ between: [{ field: 'startDate', from, until: from + 1000 }] })).found).toEqual([1]);
    expect((await find({ between: [{ field: 'startDate', from: from - 1, until: from }] })).found).toEqual([]);
    expect((await find({ between: [{ field: 'endDate', from: 0, until: Number.MAX_SAFE_INTEGER }] })).found).toEqual([
      0, 2,
    ]);
  });

  it('puts records without a value last, in both directions', async () => {
    const { find } = await filled();
    expect((await find({ sort: [{ field: 'endDate', order: 'ASC' }] })).found).toEqual([0, 2, 1, 3]);
    expect((await find({ sort: [{ field: 'endDate', order: 'DESC' }] })).found).toEqual([2, 0, 1, 3]);
  });

  it('gives the sort values of the last record, the key last', async () => {
    const { find, instances } = await filled();
    const page = await find({
      sort: [
        { field: 'endDate', order: 'ASC' },
        { field: 'incident', order: 'ASC' },
      ],
      size: 3,
    });
    expect(page.sortValues).toEqual([null, false, instances[1]?.key]);
  });

  it('counts what is found and not what is on the page', async () => {
    const { find, instances } = await filled();
    const page = await find({ equals: { state: 'ACTIVE' }, size: 1, after: [instances[2]?.key ?? 0] });
    expect(page).toMatchObject({ found: [3], total: 2 });
  });

  it('neither shows nor counts what the caller may not see', async () => {
    const { find } = await filled();
    expect(await find({ visible: { kind: 'ids', ids: ['waiting', 'other'] }, size: 1 })).toMatchObject({
      found: [1],
      total: 2,
    });
    expect(await find({ visible: { kind: 'ids', ids: [] } })).toMatchObject({ found: [], total: 0 });
    expect(await find({ visible: { kind: 'none' }, size: 1 })).toMatchObject({ found: [], total: 0 });
    expect(
      await find({ visible: { kind: 'ids', ids: ['straight'] }, equals: { bpmnProcessId: 'waiting' } }),
    ).toMatchObject({ total: 0 });
  });

  it('goes on where a page ended when records have come meanwhile', async () => {
    const { engine, find } = await filled();
    const first = await find({ sort: [{ field: 'startDate', order: 'DESC' }], size: 2 });
    await engine.createProcessInstance({ process: { bpmnProcessId: 'straight', version: null }, variables: {} });
    const second = await find({ sort: [{ field: 'startDate', order: 'DESC' }], size: 2, after: first.sortValues });
    expect([...first.found, ...second.found]).toEqual([3, 2, 1, 0]);
  });

  it('finds definitions by what they are, within what may be seen', async () => {
    const { engine } = await filled();
    const search: Search<ProcessDefinition> = {
      ...EVERYTHING,
      equals: { name: null, version: 1 },
      sort: [{ field: 'resourceName', order: 'DESC' }],
    };
    const all = await engine.searchProcessDefinitions(search);
    expect(all.items.map(({ bpmnProcessId }) => bpmnProcessId)).toEqual(['waiting', 'straight']);
    const some = await engine.searchProcessDefinitions({ ...search, visible: { kind: 'ids', ids: ['straight'] } });
    expect(some.items.map(({ bpmnProcessId }) => bpmnProcessId)).toEqual(['straight']);
  });

  it('answers null for keys that nothing has', async () => {
    const { engine } = await filled();
    for (const key of [1, -1, 0.5, Number.NaN, Number.MAX_VALUE]) {
      expect(await engine.processInstance(key)).toBeNull();
      expect(await engine.processDefinition(key)).toBeNull();
      expect(await engine.processDefinitionXml(key)).toBeNull();
    }
  });
});

/** As a search comes whose codec failed to check it. */
function unchecked(search: unknown): Search<ProcessInstance> {
  // Tests only: what the types forbid is what is tried.
  return { ...EVERYTHING, ...(search as Partial<Search<ProcessInstance>>) };
}

describe('search', () => {
  it.each([
    ['a page of nothing', { size: 0 }, 'Expected a page size from 1 to 1000'],
    ['a page of too much', { size: 1001 }, 'Expected a page size from 1 to 1000'],
    ['half a record', { size: 1.5 }, 'Expected a page size from 1 to 1000'],
    ['a filter by an unknown field', { equals: { nope: 1 } }, "There is no field 'nope' to search by"],
    ['a filter by a column', { equals: { bpmn_process_id: 'p' } }, "There is no field 'bpmn_process_id' to search by"],
    [
      'a filter by what every object has',
      { equals: { constructor: 1 } },
      "There is no field 'constructor' to search by",
    ],
    ['a filter without a value', { equals: { state: undefined } }, "The value of field 'state' must be a text"],
    ['a filter by a value of another type', { equals: { key: '1' } }, "The value of field 'key' must be a number"],
    ['a filter by a null that no record has', { equals: { state: null } }, "The value of field 'state' must be a text"],
    [
      'a filter by no number',
      { equals: { processVersion: Number.NaN } },
      "The value of field 'processVersion' must be a number",
    ],
    ['a flag that is a text', { equals: { incident: 'true' } }, "The value of field 'incident' must be true or false"],
    [
      'a span of something that is no date',
      { between: [{ field: 'key', from: 1, until: 2 }] },
      "Field 'key' is not a date",
    ],
    [
      'a span of an unknown field',
      { between: [{ field: 'nope', from: 1, until: 2 }] },
      "There is no field 'nope' to search by",
    ],
    [
      'a span without an end',
      { between: [{ field: 'startDate', from: 1, until: Number.POSITIVE_INFINITY }] },
      "The value of field 'startDate' must be a date in milliseconds",
    ],
    [
      'an unknown sort field',
      { sort: [{ field: 'key; DROP TABLE x', order: 'ASC' }] },
      "There is no field 'key; DROP TABLE x' to search by",
    ],
    [
      'more sort fields than there are',
      { sort: Array(13).fill({ field: 'key', order: 'ASC' }) },
      'Expected to sort by at most 12 fields',
    ],
    [
      'nothing to search after',
      { after: [] },
      'Expected 1 values to search after, one for each sorted field and the key, but got 0',
    ],
    [
      'too much to search after',
      { after: [1, 2] },
      'Expected 1 values to search after, one for each sorted field and the key, but got 2',
    ],
    ['a key of another type to search after', { after: ['1'] }, "The value of field 'key' must be a number"],
    ['no key to search after', { after: [null] }, "The value of field 'key' must be a number"],
  ])('refuses %s', async (_title, asked, message) => {
    const refusal = await refusalOf(memoryEngine().searchProcessInstances(unchecked(asked)));
    expect(refusal).toMatchObject({ code: 'INVALID_ARGUMENT', message });
  });

  it('refuses a bad search of one who may see nothing, all the same', async () => {
    const refusal = await refusalOf(
      memoryEngine().searchProcessInstances(unchecked({ size: 0, visible: { kind: 'none' } })),
    );
    expect(refusal.code).toBe('INVALID_ARGUMENT');
  });
});
