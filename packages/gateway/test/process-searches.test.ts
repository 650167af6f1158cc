import type { ProcessInstanceSearch } from '@stagedoor/cluster';
import { afterEach, describe, expect, it } from 'vitest';
import { startOf } from './in-memory-cluster.ts';
import { closeDoors, type OpenDoor, openDoor } from './open-door.ts';
import { basic, JSON_TYPE, jsonOf } from './raw-http.ts';

afterEach(closeDoors);

const DEMO = basic('demo', 'demo');
const READER = basic('reader', 'reader-password');
const MARY = basic('mary', 'pässwörd:with:colons');
const DEFINITIONS = '/v2/process-definitions/search';
const INSTANCES = '/v2/process-instances/search';

type Page = {
  readonly items: readonly Readonly<Record<string, unknown>>[];
  readonly page: Readonly<Record<string, unknown>>;
};

async function post(door: OpenDoor, path: string, body?: unknown, as = DEMO) {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const answer = await door.send({ method: 'POST', path, headers: [as, JSON_TYPE], ...sent });
  expect(door.faults).toEqual([]);
  return answer;
}

async function search(door: OpenDoor, path: string, body?: unknown, as = DEMO): Promise<Page> {
  const answer = await post(door, path, body, as);
  expect([answer.status, answer.body]).toMatchObject([200, expect.any(String)]);
  return jsonOf(answer) as Page;
}

/** Ten more instances of `order`, one a second, every third of them ended by force. */
async function busyDoor(): Promise<OpenDoor> {
  const door = await openDoor();
  const [order] = door.cluster.definitions;
  if (order === undefined) throw new Error('there is no definition');
  for (let index = 1; index <= 10; index++) {
    const started = startOf(order, 2251799813686000 + index);
    const state = index % 3 === 0 ? 'CANCELED' : 'ACTIVE';
    const endDate = state === 'CANCELED' ? started.startDate + index * 2000 : null;
    door.cluster.instances.push({ ...started, state, endDate, startDate: started.startDate + index * 1000 });
  }
  return door;
}

const keysOf = ({ items }: Page) => items.map((item) => Number(String(item.processInstanceKey).slice(-2)));

describe('a search of v2', () => {
  it('shows everything to who may read everything, without a body as with an empty one', async () => {
    const door = await openDoor();
    for (const body of [undefined, {}, { filter: {} }, { page: {}, sort: [] }]) {
      const definitions = await search(door, DEFINITIONS, body);
      expect(definitions.items.map((item) => item.processDefinitionId)).toEqual(['order', 'payment']);
      expect(definitions.page).toMatchObject({ totalItems: 2, hasMoreTotalItems: false });
      const instances = await search(door, INSTANCES, body);
      expect(instances.items.map((item) => item.processDefinitionId)).toEqual(['order', 'payment']);
    }
  });

  it('shows what a single read shows', async () => {
    const door = await busyDoor();
    for (const [path, key] of [
      ['/v2/process-definitions', 'processDefinitionKey'],
      ['/v2/process-instances', 'processInstanceKey'],
    ] as const) {
      for (const item of (await search(door, `${path}/search`)).items)
        expect(jsonOf(await door.send({ path: `${path}/${item[key]}`, headers: [DEMO] }))).toEqual(item);
    }
  });

  it.each([DEFINITIONS, INSTANCES])('shows and counts only what grants name: %s', async (path) => {
    const door = await openDoor();
    const some = await search(door, path, {}, READER);
    expect(some.items.map((item) => item.processDefinitionId)).toEqual(['order']);
    expect(some.page).toMatchObject({ totalItems: 1 });
    const none = await search(door, path, {}, MARY);
    expect(none).toEqual({
      items: [],
      page: { totalItems: 0, hasMoreTotalItems: false, startCursor: null, endCursor: null },
    });
    expect((await search(door, path, { page: { limit: 0 } }, READER)).page).toMatchObject({ totalItems: 1 });
  });

  it('does not show more to who asks for more', async () => {
    const door = await openDoor();
    const others = [
      { processDefinitionId: 'payment' },
      { processDefinitionId: { $neq: 'order' } },
      { processDefinitionId: { $in: ['payment'] } },
      { $or: [{ processDefinitionId: 'payment' }] },
    ];
    for (const filter of others) {
      expect((await search(door, INSTANCES, { filter }, READER)).page).toMatchObject({ totalItems: 0 });
      expect((await search(door, INSTANCES, { filter })).page).toMatchObject({ totalItems: 1 });
    }
  });

  it('goes forth and back by its cursors', async () => {
    const door = await busyDoor();
    const sort = [{ field: 'startDate', order: 'DESC' }];
    const first = await search(door, INSTANCES, { sort, page: { limit: 5 } });
    const second = await search(door, INSTANCES, { sort, page: { limit: 5, after: first.page.endCursor } });
    const third = await search(door, INSTANCES, { sort, page: { limit: 5, after: second.page.endCursor } });
    expect([first, second, third].map(keysOf)).toEqual([
      [10, 9, 8, 7, 6],
      [5, 4, 3, 2, 1],
      [52, 58],
    ]);
    expect([first, second, third].map(({ page }) => page.totalItems)).toEqual([12, 12, 12]);
    const back = await search(door, INSTANCES, { sort, page: { limit: 5, before: third.page.startCursor } });
    expect(keysOf(back)).toEqual(keysOf(second));
    expect(keysOf(await search(door, INSTANCES, { sort, page: { from: 4, limit: 2 } }))).toEqual([6, 5]);
    const beyond = await search(door, INSTANCES, { sort, page: { limit: 5, after: third.page.endCursor } });
    expect(beyond.items).toEqual([]);
  });

  it('cannot be moved by a cursor of another search, or one that was touched', async () => {
    const door = await busyDoor();
    const { page } = await search(door, INSTANCES, { page: { limit: 2 } });
    const cursor = String(page.endCursor);
    const others = [
      [INSTANCES, { sort: [{ field: 'state' }], page: { after: cursor } }],
      [INSTANCES, { filter: { state: 'ACTIVE' }, page: { after: cursor } }],
      [INSTANCES, { filter: { variables: [{ name: 'a', value: '1' }] }, page: { after: cursor } }],
      [DEFINITIONS, { page: { after: cursor } }],
      [INSTANCES, { page: { after: `${cursor.slice(0, -6)}AAAA==` } }],
      [INSTANCES, { page: { after: 'MTIz' } }],
      [INSTANCES, { page: { after: cursor, before: cursor } }],
    ] as const;
    for (const [path, body] of others) {
      const answer = await post(door, path, body);
      expect(answer.status).toBe(400);
      expect(jsonOf(answer)).toMatchObject({ title: 'Bad Request', detail: expect.stringContaining('page.') });
    }
  });

  it.each([
    [{ state: 'TERMINATED' }, [3, 6, 9]],
    [{ state: { $neq: 'TERMINATED' } }, [52, 58, 1, 2, 4, 5, 7, 8, 10]],
    [{ state: { $in: ['TERMINATED', 'COMPLETED'] } }, [52, 3, 6, 9]],
    [{ state: { $notIn: ['ACTIVE'] } }, [52, 3, 6, 9]],
    [{ state: { $like: 'TERM*' } }, [3, 6, 9]],
    [{ state: { $like: 'CANCELED' } }, []],
    [{ state: { $exists: false } }, []],
    [{ state: { $exists: true, $neq: 'ACTIVE' }, endDate: { $exists: true } }, [52, 3, 6, 9]],
    [{ startDate: { $gt: '2026-11-22T05:25:44.618Z' } }, [9, 10]],
    [{ startDate: { $gte: '2026-11-22T06:25:45.618+01:00' } }, [9, 10]],
    [{ startDate: '2026-11-22T05:25:38.618Z' }, [2]],
    [{ endDate: { $lt: '2026-11-22T05:25:43.000Z' } }, [52, 3]],
    [{ processInstanceKey: { $in: ['2251799813686001', '2251799813686003', '9'] } }, [1, 3]],
    [{ processDefinitionName: 'Order', state: 'COMPLETED' }, [52]],
    [{ processDefinitionName: { $exists: false } }, [58]],
    [{ processDefinitionId: { $like: 'p?y*' } }, [58]],
    [{ processDefinitionVersion: { $gt: 1 } }, []],
    [{ parentProcessInstanceKey: { $exists: true } }, []],
    [{ businessId: 'b' }, []],
    [{ businessId: { $exists: false }, state: 'COMPLETED' }, [52]],
    [{ tags: ['t'] }, []],
    [{ tenantId: 'other' }, []],
    [{ hasIncident: true }, []],
    [{ $or: [{ state: 'COMPLETED' }, { processDefinitionId: 'payment' }] }, [52, 58]],
    [{ state: 'ACTIVE', $or: [{ state: 'COMPLETED' }, { processDefinitionId: 'payment' }] }, [58]],
    [{ $or: [{ state: { $eq: 'TERMINATED' } }] }, [3, 6, 9]],
  ])('finds instances by %j', async (filter, found) => {
    const door = await busyDoor();
    const page = await search(door, INSTANCES, { filter });
    expect(keysOf(page)).toEqual(found);
    expect(page.page.totalItems).toBe(found.length);
  });

  it('asks the cluster for variables, by name and by JSON', async () => {
    const door = await openDoor();
    const variables = [
      { name: 'a', value: '"x"' },
      { name: 'b', value: { $like: '*1*', $exists: true } },
    ];
    await search(door, INSTANCES, { filter: { variables } });
    expect((door.cluster.asked.search as ProcessInstanceSearch).variables).toEqual([
      { name: 'a', comparisons: [{ op: 'eq', value: '"x"' }] },
      {
        name: 'b',
        comparisons: [
          { op: 'exists', value: true },
          { op: 'like', pattern: '*1*' },
        ],
      },
    ]);
  });

  it.each([
    [{ isLatestVersion: true }, [2]],
    [{ isLatestVersion: false }, [1]],
    [{ processDefinitionId: 'order', version: 1 }, [1]],
    [{ name: { $like: 'Or*' } }, [1, 2]],
    [{ resourceName: 'order.bpmn', processDefinitionKey: '2251799813687000' }, [2]],
    [{ versionTag: 'v' }, []],
  ])('finds definitions by %j', async (filter, versions) => {
    const door = await openDoor();
    const [order, payment] = door.cluster.definitions;
    if (order === undefined || payment === undefined) throw new Error('there is no definition');
    door.cluster.definitions.splice(1, 1, { ...order, key: 2251799813687000, version: 2 });
    const { items } = await search(door, DEFINITIONS, { filter });
    expect(items.map((item) => item.version)).toEqual(versions);
  });

  it.each([
    [DEFINITIONS, 'hasStartForm', true],
    [DEFINITIONS, 'state', 'ACTIVE'],
    [INSTANCES, 'batchOperationId', 'b'],
    [INSTANCES, 'batchOperationKey', '1'],
    [INSTANCES, 'errorMessage', { $like: '*' }],
    [INSTANCES, 'hasRetriesLeft', false],
    [INSTANCES, 'elementId', 't'],
    [INSTANCES, 'elementInstanceState', 'ACTIVE'],
    [INSTANCES, 'hasElementInstanceIncident', false],
    [INSTANCES, 'incidentErrorHashCode', 1],
    [INSTANCES, '$or', [{ processDefinitionId: 'a' }, { variables: [{ name: 'a', value: '1' }] }]],
    [INSTANCES, '$or', [{ elementId: 't' }]],
  ])('is 400, and not wider, with a filter that is not served: %s %s', async (path, name, value) => {
    const door = await openDoor();
    const answer = await post(door, path, { filter: { [name]: value } });
    expect(answer.status).toBe(400);
    expect(jsonOf(answer)).toMatchObject({
      title: 'INVALID_ARGUMENT',
      detail: expect.stringContaining(`This cluster does not serve the filter ${name}`),
    });
    expect(door.cluster.asked.search).toBeNull();
  });

  it.each([
    [INSTANCES, { filter: { nope: 1 } }],
    [INSTANCES, { filter: { state: 'CANCELED' } }],
    [INSTANCES, { filter: { state: { $gt: 'ACTIVE' } } }],
    [INSTANCES, { filter: { hasIncident: 'true' } }],
    [INSTANCES, { filter: { startDate: 'yesterday' } }],
    [INSTANCES, { filter: { startDate: 1 } }],
    [INSTANCES, { filter: { processInstanceKey: 1 } }],
    [INSTANCES, { filter: { processInstanceKey: 'abc' } }],
    [INSTANCES, { filter: { processDefinitionId: { $regex: '.*' } } }],
    [INSTANCES, { filter: { variables: [{ name: 'a' }] } }],
    [INSTANCES, { filter: { variables: [{ name: 'a', value: 1 }] } }],
    [INSTANCES, { filter: { variables: [{ name: 'a', value: { $gt: '1' } }] } }],
    [INSTANCES, { filter: { variables: { name: 'a', value: '1' } } }],
    [INSTANCES, { filter: { $or: {} } }],
    [INSTANCES, { filter: { $or: [{ $or: [] }] } }],
    [INSTANCES, { sort: [{ field: 'tags' }] }],
    [INSTANCES, { sort: [{ field: 'startDate', order: 'down' }] }],
    [INSTANCES, { sort: [{}] }],
    [INSTANCES, { page: { limit: -1 } }],
    [INSTANCES, { page: { limit: 10_001 } }],
    [INSTANCES, { page: { from: -1 } }],
    [INSTANCES, { page: { size: 1 } }],
    [INSTANCES, []],
    [DEFINITIONS, { filter: { version: '1' } }],
    [DEFINITIONS, { filter: { version: { $gt: 1 } } }],
    [DEFINITIONS, { filter: { isLatestVersion: 'yes' } }],
    [DEFINITIONS, { filter: { $or: [] } }],
    [DEFINITIONS, { sort: [{ field: 'isLatestVersion' }] }],
    [DEFINITIONS, { sort: [{ field: 'hasStartForm' }] }],
  ])('is 400 with what it cannot read, and asks nothing: %s %j', async (path, body) => {
    const door = await openDoor();
    const answer = await post(door, path, body);
    expect(answer.status).toBe(400);
    expect(jsonOf(answer)).toMatchObject({ title: 'Bad Request', status: 400 });
    expect(door.cluster.asked.search).toBeNull();
  });

  it('is 401 without credentials', async () => {
    const { send } = await openDoor();
    for (const path of [DEFINITIONS, INSTANCES])
      expect((await send({ method: 'POST', path, headers: [JSON_TYPE], body: '{}' })).status).toBe(401);
  });
});
