import type {
  Comparison,
  ProcessDefinitionSearch,
  ProcessInstance,
  ProcessInstanceField,
  ProcessInstanceSearch,
} from '@stagedoor/cluster';
import { describe, expect, it } from 'vitest';
import { resource, STRAIGHT, WAITING } from './bpmn-documents.ts';
import { EVERYTHING, TENANT } from './everything.ts';
import { refusalOf } from './refusal.ts';
import { memoryEngine, TestClock } from './temporary-engine.ts';

const SECOND = (index: number) => Date.UTC(2026, 0, 1) + index * 1000;

function by(field: ProcessInstanceField, ...comparisons: readonly Comparison[]) {
  return { field, comparisons };
}

function is(field: ProcessInstanceField, value: string | number | boolean) {
  return by(field, { op: 'eq', value });
}

/** One instance a second: straight, waiting, straight, waiting. */
async function filled() {
  const clock = new TestClock();
  const engine = memoryEngine(clock);
  await engine.deploy([resource('p.bpmn', STRAIGHT), resource('p2.bpmn', WAITING)], TENANT);
  const instances: ProcessInstance[] = [];
  for (const bpmnProcessId of ['straight', 'waiting', 'straight', 'waiting']) {
    instances.push(
      await engine.createProcessInstance({
        process: { bpmnProcessId, version: null },
        variables: {},
        tenantId: TENANT,
      }),
    );
    clock.time += 1000;
  }
  const find = async (asked: Partial<ProcessInstanceSearch>) => {
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
    expect(page).toMatchObject({ first: [instances[0]?.key], last: [instances[3]?.key] });
  });

  it('answers an empty page without sort values', async () => {
    const { find } = await filled();
    expect(await find({ where: [is('bpmnProcessId', 'other')] })).toMatchObject({
      items: [],
      first: null,
      last: null,
      total: 0,
    });
  });

  it.each<[string, Partial<ProcessInstanceSearch>, readonly number[]]>([
    ['state', { where: [is('state', 'ACTIVE')] }, [1, 3]],
    ['no value', { where: [by('endDate', { op: 'exists', value: false })] }, [1, 3]],
    ['any value', { where: [by('endDate', { op: 'exists', value: true })] }, [0, 2]],
    ['a flag', { where: [is('incident', false), is('bpmnProcessId', 'straight')] }, [0, 2]],
    ['a flag that none has', { where: [is('incident', true)] }, []],
    ['tenant', { where: [is('tenantId', 'other')] }, []],
    ['a text that would be SQL', { where: [is('bpmnProcessId', "' OR 1=1 --")] }, []],
    ['another text', { where: [by('bpmnProcessId', { op: 'neq', value: 'straight' })] }, [1, 3]],
    ['another value, which a missing one is not', { where: [by('endDate', { op: 'neq', value: SECOND(0) })] }, [2]],
    ['one of some texts', { where: [by('bpmnProcessId', { op: 'in', values: ['x', 'waiting'] })] }, [1, 3]],
    ['one of no texts', { where: [by('bpmnProcessId', { op: 'in', values: [] })] }, []],
    ['one of some dates', { where: [by('startDate', { op: 'in', values: [SECOND(2), SECOND(3), 7] })] }, [2, 3]],
    ['none of some texts', { where: [by('bpmnProcessId', { op: 'notIn', values: ['x', 'waiting'] })] }, [0, 2]],
    ['none of some dates, which a missing one is not', { where: [by('endDate', { op: 'notIn', values: [] })] }, [0, 2]],
    ['later dates', { where: [by('startDate', { op: 'gt', value: SECOND(1) })] }, [2, 3]],
    ['dates from one on', { where: [by('startDate', { op: 'gte', value: SECOND(1) })] }, [1, 2, 3]],
    ['earlier dates', { where: [by('startDate', { op: 'lt', value: SECOND(1) })] }, [0]],
    ['dates up to one', { where: [by('startDate', { op: 'lte', value: SECOND(1) })] }, [0, 1]],
    ['a span', { where: [by('startDate', { op: 'gte', value: SECOND(1) }, { op: 'lt', value: SECOND(2) })] }, [1]],
    ['a pattern', { where: [by('bpmnProcessId', { op: 'like', pattern: 'w?it*' })] }, [1, 3]],
    ['a pattern in another case', { where: [by('bpmnProcessId', { op: 'like', pattern: 'W*' })] }, []],
    ['a part without a star', { where: [by('bpmnProcessId', { op: 'like', pattern: 'wait' })] }, []],
    ['a pattern of SQL', { where: [by('bpmnProcessId', { op: 'like', pattern: 'w%' })] }, []],
    ['a pattern of nothing but a missing value', { where: [by('processName', { op: 'like', pattern: '*' })] }, []],
    ['either of two', { anyOf: [[is('state', 'ACTIVE')], [is('startDate', SECOND(0))]] }, [0, 1, 3]],
    [
      'either of two, and a third',
      { where: [is('bpmnProcessId', 'waiting')], anyOf: [[is('state', 'COMPLETED')], [is('startDate', SECOND(1))]] },
      [1],
    ],
    ['one of no alternatives', { anyOf: [] }, []],
    ['an alternative that asks for nothing', { anyOf: [[], [is('state', 'COMPLETED')]] }, [0, 1, 2, 3]],
  ])('filters by %s', async (_title, asked, found) => {
    const { find } = await filled();
    const page = await find(asked);
    expect(page.found).toEqual(found);
    expect(page.total).toBe(found.length);
  });

  it('finds instances by the variables of their own', async () => {
    const { engine, find } = await filled();
    const variables = { n: 1, text: 'a "word"', nothing: null };
    const { key } = await engine.createProcessInstance({
      process: { bpmnProcessId: 'straight', version: null },
      variables,
      tenantId: TENANT,
    });
    const keys = async (name: string, ...comparisons: readonly Comparison[]) =>
      (await find({ variables: [{ name, comparisons }] })).items.map((item) => item.key);
    expect(await keys('n', { op: 'eq', value: '1' })).toEqual([key]);
    expect(await keys('text', { op: 'eq', value: '"a \\"word\\""' })).toEqual([key]);
    expect(await keys('nothing', { op: 'eq', value: 'null' })).toEqual([key]);
    expect(await keys('n', { op: 'like', pattern: '?' }, { op: 'neq', value: '2' })).toEqual([key]);
    expect(await keys('n', { op: 'exists', value: true })).toEqual([key]);
    expect(await keys('n')).toEqual([key]);
    expect(await keys('n', { op: 'exists', value: false })).toHaveLength(4);
    expect(await keys('n', { op: 'eq', value: '2' })).toEqual([]);
    expect(await keys('n', { op: 'eq', value: '1' }, { op: 'exists', value: false })).toEqual([]);
    expect(await keys("' OR 1=1 --", { op: 'exists', value: true })).toEqual([]);
    const both = await find({
      variables: ['n', 'm'].map((name) => ({ name, comparisons: [{ op: 'exists', value: true }] })),
    });
    expect(both.total).toBe(0);
  });

  it('compares long values of variables whole, and matches none of them with a pattern', async () => {
    const { engine, find } = await filled();
    const process = { bpmnProcessId: 'straight', version: null };
    const found = async (length: number, comparison: Comparison) => {
      const variables = { v: 'x'.repeat(length - 2) };
      await engine.createProcessInstance({ process, variables, tenantId: TENANT });
      return (await find({ variables: [{ name: 'v', comparisons: [comparison] }] })).total;
    };
    expect(await found(8192, { op: 'like', pattern: '"x*' })).toBe(1);
    expect(await found(8193, { op: 'like', pattern: '"x*' })).toBe(1);
    expect(await found(8194, { op: 'eq', value: JSON.stringify('x'.repeat(8192)) })).toBe(1);
  });

  it('starts at an offset, and answers a page of nothing with the number there are', async () => {
    const { find } = await filled();
    expect(await find({ page: { kind: 'offset', from: 1, limit: 2 } })).toMatchObject({ found: [1, 2], total: 4 });
    expect(await find({ page: { kind: 'offset', from: 3, limit: 2 } })).toMatchObject({ found: [3], total: 4 });
    expect(await find({ page: { kind: 'offset', from: 9, limit: 2 } })).toMatchObject({ found: [], total: 4 });
    for (const page of [
      { kind: 'offset', from: 0, limit: 0 },
      { kind: 'after', values: [0], limit: 0 },
    ] as const)
      expect(await find({ page })).toMatchObject({ found: [], first: null, last: null, total: 4 });
  });

  it('goes back from where a page began', async () => {
    const { find, instances } = await filled();
    const values = [null, instances[3]?.key ?? 0];
    const sort = [{ field: 'endDate', order: 'DESC' }] as const;
    expect((await find({ sort, page: { kind: 'before', values, limit: 2 } })).found).toEqual([0, 1]);
    expect((await find({ sort, page: { kind: 'before', values, limit: 9 } })).found).toEqual([2, 0, 1]);
  });

  it('puts records without a value last, in both directions', async () => {
    const { find } = await filled();
    expect((await find({ sort: [{ field: 'endDate', order: 'ASC' }] })).found).toEqual([0, 2, 1, 3]);
    expect((await find({ sort: [{ field: 'endDate', order: 'DESC' }] })).found).toEqual([2, 0, 1, 3]);
  });

  it('gives the sort values of the first and the last record, the key last', async () => {
    const { find, instances } = await filled();
    const page = await find({
      sort: [
        { field: 'endDate', order: 'ASC' },
        { field: 'incident', order: 'ASC' },
      ],
      page: { kind: 'offset', from: 0, limit: 3 },
    });
    expect(page.first).toEqual([SECOND(0), false, instances[0]?.key]);
    expect(page.last).toEqual([null, false, instances[1]?.key]);
  });

  it('counts what is found and not what is on the page', async () => {
    const { find, instances } = await filled();
    const page = { kind: 'after', values: [instances[2]?.key ?? 0], limit: 1 } as const;
    expect(await find({ where: [is('state', 'ACTIVE')], page })).toMatchObject({ found: [3], total: 2 });
  });

  it('neither shows nor counts what the caller may not see', async () => {
    const { find } = await filled();
    const page = { kind: 'offset', from: 0, limit: 1 } as const;
    const ids = (...list: readonly string[]) => ({ kind: 'ids', ids: list }) as const;
    expect(await find({ visible: ids('waiting', 'other'), page })).toMatchObject({ found: [1], total: 2 });
    expect(await find({ visible: ids() })).toMatchObject({ found: [], total: 0 });
    expect(await find({ visible: { kind: 'none' }, page })).toMatchObject({ found: [], total: 0 });
    const another = { visible: ids('straight'), where: [is('bpmnProcessId', 'waiting')] };
    expect(await find(another)).toMatchObject({ total: 0 });
    expect(await find({ ...another, where: [], anyOf: [[is('bpmnProcessId', 'waiting')]] })).toMatchObject({
      total: 0,
    });
  });

  it('neither shows nor counts what is of other tenants', async () => {
    const { engine, find } = await filled();
    await engine.deploy([resource('p2.bpmn', WAITING)], 'other');
    const process = { bpmnProcessId: 'waiting', version: null };
    const theirs = await engine.createProcessInstance({ process, variables: {}, tenantId: 'other' });
    const of = (...ids: readonly string[]) => ({ tenants: { kind: 'ids', ids } }) as const;
    expect(await find(of(TENANT))).toMatchObject({ found: [0, 1, 2, 3], total: 4 });
    expect(await find(of('other'))).toMatchObject({ items: [theirs], total: 1 });
    expect(await find(of('other', TENANT))).toMatchObject({ total: 5 });
    expect(await find(of())).toMatchObject({ items: [], total: 0 });
    expect(await find({ ...of('other'), visible: { kind: 'ids', ids: ['straight'] } })).toMatchObject({ total: 0 });
    expect(await find({ ...of('other'), visible: { kind: 'none' } })).toMatchObject({ total: 0 });
    expect(await find({ ...of(TENANT), where: [is('tenantId', 'other')] })).toMatchObject({ total: 0 });
    const definitions = await engine.searchProcessDefinitions({ ...EVERYTHING, ...of('other') });
    expect(definitions.items.map(({ tenantId, version }) => [tenantId, version])).toEqual([['other', 1]]);
  });

  it('goes on where a page ended when records have come meanwhile', async () => {
    const { engine, find } = await filled();
    const sort = [{ field: 'startDate', order: 'DESC' }] as const;
    const first = await find({ sort, page: { kind: 'offset', from: 0, limit: 2 } });
    const process = { bpmnProcessId: 'straight', version: null };
    await engine.createProcessInstance({ process, variables: {}, tenantId: TENANT });
    const second = await find({ sort, page: { kind: 'after', values: first.last ?? [], limit: 2 } });
    expect([...first.found, ...second.found]).toEqual([3, 2, 1, 0]);
  });

  it('finds definitions by what they are, within what may be seen', async () => {
    const { engine } = await filled();
    const search: ProcessDefinitionSearch = {
      ...EVERYTHING,
      where: [
        { field: 'name', comparisons: [{ op: 'exists', value: false }] },
        { field: 'version', comparisons: [{ op: 'eq', value: 1 }] },
      ],
      sort: [{ field: 'resourceName', order: 'DESC' }],
    };
    const all = await engine.searchProcessDefinitions(search);
    expect(all.items.map(({ bpmnProcessId }) => bpmnProcessId)).toEqual(['waiting', 'straight']);
    const some = await engine.searchProcessDefinitions({ ...search, visible: { kind: 'ids', ids: ['straight'] } });
    expect(some.items.map(({ bpmnProcessId }) => bpmnProcessId)).toEqual(['straight']);
  });

  it('finds the latest versions, each tenant having its own', async () => {
    const { engine } = await filled();
    await engine.deploy([resource('p.bpmn', `${STRAIGHT}\n`)], TENANT);
    await engine.deploy([resource('p.bpmn', STRAIGHT)], 'other');
    const latest = async (value: boolean, more: Partial<ProcessDefinitionSearch> = {}) => {
      const where = [{ field: 'isLatestVersion', comparisons: [{ op: 'eq', value }] }] as const;
      const { items, total } = await engine.searchProcessDefinitions({ ...EVERYTHING, where, ...more });
      expect(total).toBe(items.length);
      return items.map(({ bpmnProcessId, version, tenantId }) => `${bpmnProcessId} ${version} ${tenantId}`);
    };
    expect(await latest(true)).toEqual(['waiting 1 <default>', 'straight 2 <default>', 'straight 1 other']);
    expect(await latest(false)).toEqual(['straight 1 <default>']);
    expect(await latest(true, { tenants: { kind: 'ids', ids: ['other'] } })).toEqual(['straight 1 other']);
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
function unchecked(search: unknown): ProcessInstanceSearch {
  // Tests only: what the types forbid is what is tried.
  return { ...EVERYTHING, ...(search as Partial<ProcessInstanceSearch>) };
}

const page = (more: object) => ({ page: { kind: 'offset', from: 0, limit: 1, ...more } });
const after = (...values: readonly unknown[]) => ({ page: { kind: 'after', values, limit: 1 } });
const where = (field: string, ...comparisons: readonly unknown[]) => ({ where: [{ field, comparisons }] });
const equals = (field: string, value: unknown) => where(field, { op: 'eq', value });

describe('search', () => {
  it.each([
    ['a page of less than nothing', page({ limit: -1 }), 'Expected a page of 0 to 10000 records'],
    ['a page of too much', page({ limit: 10_001 }), 'Expected a page of 0 to 10000 records'],
    ['half a record', page({ limit: 1.5 }), 'Expected a page of 0 to 10000 records'],
    ['an offset before the first', page({ from: -1 }), 'Expected a page to start at a record from 0 on'],
    ['an offset beyond numbers', page({ from: 2 ** 53 }), 'Expected a page to start at a record from 0 on'],
    ['a filter by an unknown field', equals('nope', 1), "There is no field 'nope' to search by"],
    ['a filter by a column', equals('bpmn_process_id', 'p'), "There is no field 'bpmn_process_id' to search by"],
    ['a filter by what every object has', equals('constructor', 1), "There is no field 'constructor' to search by"],
    ['a filter by an unknown field alone', where('nope'), "There is no field 'nope' to search by"],
    ['a filter without a value', equals('state', undefined), "The value of field 'state' must be a text"],
    ['a filter by a value of another type', equals('key', '1'), "The value of field 'key' must be a number"],
    ['a filter by a null', equals('endDate', null), "The value of field 'endDate' must be a date in milliseconds"],
    [
      'a filter by no number',
      equals('processVersion', Number.NaN),
      "The value of field 'processVersion' must be a number",
    ],
    ['a flag that is a text', equals('incident', 'true'), "The value of field 'incident' must be true or false"],
    [
      'a list with a value of another type',
      where('state', { op: 'in', values: ['ACTIVE', 1] }),
      "The value of field 'state' must be a text",
    ],
    [
      'a list without end',
      where('key', { op: 'in', values: Array(10_001).fill(1) }),
      "Expected at most 10000 values of field 'key'",
    ],
    [
      'a pattern for a number',
      where('key', { op: 'like', pattern: '*' }),
      "Field 'key' is no text to be searched by a pattern",
    ],
    [
      'a pattern without end',
      where('state', { op: 'like', pattern: '*a'.repeat(129) }),
      "Expected a pattern of at most 256 characters for field 'state'",
    ],
    ['a comparison of no kind', where('state', { op: 'regex' }), `Field 'state' cannot be compared by "regex"`],
    [
      'a bound that is no date',
      where('startDate', { op: 'lt', value: Number.POSITIVE_INFINITY }),
      "The value of field 'startDate' must be a date in milliseconds",
    ],
    [
      'more conditions than SQLite takes',
      where('key', ...Array(201).fill({ op: 'gt', value: 1 })),
      'Expected at most 200 conditions in a search',
    ],
    [
      'more alternatives than SQLite takes',
      { anyOf: Array(201).fill([{ field: 'key', comparisons: [] }]) },
      'Expected at most 200 conditions in a search',
    ],
    [
      'conditions on many variables',
      { variables: Array(21).fill({ name: 'v', comparisons: [] }) },
      'Expected at most 20 conditions on variables',
    ],
    [
      'a variable compared with a number',
      { variables: [{ name: 'v', comparisons: [{ op: 'eq', value: 1 }] }] },
      "The value of field 'variables.value' must be a text",
    ],
    [
      'an unknown sort field',
      { sort: [{ field: 'key; DROP TABLE x', order: 'ASC' }] },
      "There is no field 'key; DROP TABLE x' to search by",
    ],
    [
      'more sort fields than there are',
      { sort: Array(15).fill({ field: 'key', order: 'ASC' }) },
      'Expected to sort by at most 14 fields',
    ],
    [
      'nothing to search after',
      after(),
      'Expected 1 values to search after, one for each sorted field and the key, but got 0',
    ],
    [
      'too much to search before',
      { page: { kind: 'before', values: [1, 2], limit: 1 } },
      'Expected 1 values to search after, one for each sorted field and the key, but got 2',
    ],
    ['a key of another type to search after', after('1'), "The value of field 'key' must be a number"],
    ['no key to search after', after(null), "The value of field 'key' must be a number"],
  ])('refuses %s', async (_title, asked, message) => {
    const refusal = await refusalOf(memoryEngine().searchProcessInstances(unchecked(asked)));
    expect(refusal).toMatchObject({ code: 'INVALID_ARGUMENT', message });
  });

  it('refuses to sort by what can only be filtered by', async () => {
    const sort = [{ field: 'isLatestVersion', order: 'ASC' }] as const;
    const refusal = await refusalOf(memoryEngine().searchProcessDefinitions({ ...EVERYTHING, sort }));
    expect(refusal.message).toBe("There is no field 'isLatestVersion' to search by");
  });

  it('shows nothing by a kind of visibility that it does not know', async () => {
    const { engine } = await filled();
    expect(await engine.searchProcessInstances(unchecked({ visible: { kind: 'properties' } }))).toMatchObject({
      items: [],
      total: 0,
    });
  });

  it('refuses a bad search of one who may see nothing, all the same', async () => {
    const asked = unchecked({ ...page({ limit: -1 }), visible: { kind: 'none' } });
    expect((await refusalOf(memoryEngine().searchProcessInstances(asked))).code).toBe('INVALID_ARGUMENT');
  });
});
