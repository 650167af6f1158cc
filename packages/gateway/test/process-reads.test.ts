import { afterEach, describe, expect, it, vi } from 'vitest';
import { startOf } from './in-memory-cluster.ts';
import { closeDoors, type OpenDoor, openDoor } from './open-door.ts';
import { basic, headerOf, jsonOf } from './raw-http.ts';

afterEach(closeDoors);

const DEMO = basic('demo', 'demo');
/** May do everything with the process `order` alone. */
const READER = basic('reader', 'reader-password');
const MARY = basic('mary', 'pässwörd:with:colons');

const ORDER = '2251799813685250';
const PAYMENT = '2251799813685251';
const ORDERED = '2251799813685252';
const PAID = '2251799813685258';

async function get(door: OpenDoor, path: string, as = DEMO) {
  const answer = await door.send({ path, headers: [as] });
  expect(door.faults).toEqual([]);
  return answer;
}

const DEFINITION = {
  name: 'Order',
  resourceName: 'order.bpmn',
  version: 1,
  versionTag: null,
  processDefinitionId: 'order',
  tenantId: '<default>',
  processDefinitionKey: ORDER,
  hasStartForm: false,
  state: 'ACTIVE',
};
const INSTANCE = {
  processDefinitionId: 'order',
  processDefinitionName: 'Order',
  processDefinitionVersion: 1,
  processDefinitionVersionTag: null,
  startDate: '2026-11-22T05:25:36.618Z',
  endDate: '2026-11-22T05:25:36.618Z',
  state: 'COMPLETED',
  hasIncident: false,
  tenantId: '<default>',
  processInstanceKey: ORDERED,
  processDefinitionKey: ORDER,
  parentProcessInstanceKey: null,
  parentElementInstanceKey: null,
  rootProcessInstanceKey: ORDERED,
  tags: [],
  businessId: null,
};

describe('a single read', () => {
  it('gives a definition, with every member of 8.10', async () => {
    const door = await openDoor();
    expect(jsonOf(await get(door, `/v2/process-definitions/${ORDER}`))).toEqual(DEFINITION);
    expect(jsonOf(await get(door, `/v2/process-definitions/${PAYMENT}`, DEMO))).toMatchObject({ name: null });
  });

  it('gives the BPMN of a definition as XML', async () => {
    const answer = await get(await openDoor(), `/v2/process-definitions/${ORDER}/xml`);
    expect([answer.status, headerOf(answer, 'content-type'), answer.body]).toEqual([
      200,
      'text/xml;charset=UTF-8',
      '<bpmn/>',
    ]);
  });

  it('gives an instance, with every member of 8.10 and its name for the state', async () => {
    const door = await openDoor();
    expect(jsonOf(await get(door, `/v2/process-instances/${ORDERED}`))).toEqual(INSTANCE);
    const [order] = door.cluster.definitions;
    if (order === undefined) throw new Error('there is no definition');
    const called = { ...startOf(order, 7), state: 'CANCELED', parentKey: 5, parentFlowNodeInstanceKey: 6, rootKey: 4 };
    door.cluster.instances.push({ ...called, state: 'CANCELED' });
    expect(jsonOf(await get(door, '/v2/process-instances/7'))).toMatchObject({
      state: 'TERMINATED',
      endDate: null,
      parentProcessInstanceKey: '5',
      parentElementInstanceKey: '6',
      rootProcessInstanceKey: '4',
    });
  });

  it('is for who has a grant on the process', async () => {
    const door = await openDoor();
    const paths = [`process-definitions/${ORDER}`, `process-definitions/${ORDER}/xml`, `process-instances/${ORDERED}`];
    for (const path of paths) expect((await get(door, `/v2/${path}`, READER)).status).toBe(200);
  });

  it.each([
    ['processDefinition', `process-definitions/${ORDER}`],
    ['processDefinition', `process-definitions/${ORDER}/xml`],
    ['processInstance', `process-instances/${ORDERED}`],
  ] as const)('asks the cluster once for the %s that it decides on and answers with: %s', async (asked, path) => {
    const door = await openDoor();
    const reads = vi.spyOn(door.cluster, asked);
    expect((await get(door, `/v2/${path}`, READER)).status).toBe(200);
    expect(reads).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['READ_PROCESS_DEFINITION', `process-definitions/${PAYMENT}`],
    ['READ_PROCESS_DEFINITION', `process-definitions/${PAYMENT}/xml`],
    ['READ_PROCESS_INSTANCE', `process-instances/${PAID}`],
  ])('is 403 without %s on that process: %s', async (permission, path) => {
    const door = await openDoor();
    for (const as of [READER, MARY]) {
      const answer = await get(door, `/v2/${path}`, as);
      expect(answer.status).toBe(403);
      expect(jsonOf(answer)).toMatchObject({
        title: 'FORBIDDEN',
        code: 'PERMISSION_MISSING',
        detail: `Unauthorized to perform operation '${permission}' on resource 'PROCESS_DEFINITION'`,
      });
    }
  });

  it.each([
    ['process-definitions/1', "Process Definition with key '1' not found"],
    ['process-definitions/1/xml', "Process Definition with key '1' not found"],
    [`process-definitions/${ORDERED}`, `Process Definition with key '${ORDERED}' not found`],
    ['process-instances/1', "Process Instance with key '1' not found"],
    ['process-instances/-9223372036854775808', "Process Instance with key '-9223372036854775808' not found"],
    [`process-instances/${ORDER}`, `Process Instance with key '${ORDER}' not found`],
  ])('is 404 where nothing is, whoever asks: %s', async (path, detail) => {
    const door = await openDoor();
    for (const as of [DEMO, READER, MARY]) {
      const answer = await get(door, `/v2/${path}`, as);
      expect(answer.status).toBe(404);
      expect(jsonOf(answer)).toMatchObject({ title: 'NOT_FOUND', detail });
    }
  });

  it.each(['process-definitions/abc', 'process-definitions/abc/xml', 'process-instances/1.5', 'process-instances/0x1'])(
    'is 400 with a key that is none: %s',
    async (path) => {
      const answer = await get(await openDoor(), `/v2/${path}`);
      expect(answer.status).toBe(400);
      expect(jsonOf(answer)).toMatchObject({
        title: 'INVALID_ARGUMENT',
        detail: expect.stringContaining('is not a valid key'),
      });
    },
  );

  it('is 401 without credentials, whether there is something or nothing', async () => {
    const door = await openDoor();
    for (const key of [ORDER, '1']) {
      expect((await door.send({ path: `/v2/process-definitions/${key}` })).status).toBe(401);
      expect((await door.send({ path: `/v2/process-instances/${key}` })).status).toBe(401);
    }
  });
});
