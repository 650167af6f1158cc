import { parseId, type TenantId } from '@stagedoor/access';
import { afterEach, describe, expect, it } from 'vitest';
import { startOf } from './in-memory-cluster.ts';
import { closeDoors, type OpenDoor, openDoor } from './open-door.ts';
import { type Answer, basic, JSON_TYPE, jsonOf } from './raw-http.ts';

afterEach(closeDoors);

/** May do everything, and is assigned to what each test says. */
const DEMO = basic('demo', 'demo');

function tenant(id: string): TenantId {
  const parsed = parseId('tenantId', id, /^(?:<default>|[\w.-]+)$/);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.value;
}

function assigned(...tenants: readonly string[]) {
  return {
    tenants: ['<default>', 'red', 'blue'].map((id) => ({ id: tenant(id), name: id, description: '' })),
    memberships: tenants.map((id) => ({
      memberType: 'user' as const,
      memberId: 'demo',
      containerType: 'tenant' as const,
      containerId: id,
    })),
  };
}

/** A definition and an instance of it in each of `red` and `blue`, besides those of the default tenant. */
async function doorWith(tenants: readonly string[], tenantChecks = true): Promise<OpenDoor> {
  const door = await openDoor({ tenantChecks, records: assigned(...tenants) });
  const { definitions, instances } = door.cluster;
  const [order] = definitions;
  if (order === undefined) throw new Error('there is no definition');
  for (const [index, tenantId] of ['red', 'blue'].entries()) {
    const theirs = { ...order, key: 101 + index, bpmnProcessId: `of-${tenantId}`, tenantId };
    definitions.push(theirs);
    instances.push(startOf(theirs, 201 + index));
  }
  return door;
}

async function ask(door: OpenDoor, path: string, body?: unknown): Promise<Answer> {
  const post = { method: 'POST', headers: [DEMO, JSON_TYPE], body: JSON.stringify(body) } as const;
  const answer = await door.send({ path, headers: [DEMO], ...(body === undefined ? {} : post) });
  expect(door.faults).toEqual([]);
  return answer;
}

async function deploy(door: OpenDoor, tenantId?: string): Promise<Answer> {
  const boundary = 'x';
  const field =
    tenantId === undefined
      ? ''
      : `--${boundary}\r\nContent-Disposition: form-data; name="tenantId"\r\n\r\n${tenantId}\r\n`;
  const file = `--${boundary}\r\nContent-Disposition: form-data; name="resources"; filename="p.bpmn"\r\n\r\n<bpmn/>\r\n`;
  const answer = await door.send({
    method: 'POST',
    path: '/v2/deployments',
    headers: [DEMO, ['Content-Type', `multipart/form-data; boundary=${boundary}`]],
    body: `${field}${file}--${boundary}--\r\n`,
  });
  expect(door.faults).toEqual([]);
  return answer;
}

const create = (door: OpenDoor, body: object) => ask(door, '/v2/process-instances', body);

async function tenantsIn(door: OpenDoor, path: string, body: object = {}) {
  const { items, total, page } = jsonOf(await ask(door, path, body)) as {
    items: readonly { tenantId: string }[];
    total?: number;
    page?: { totalItems: number };
  };
  return { tenants: items.map((item) => item.tenantId), total: total ?? page?.totalItems };
}

const SEARCHES = [
  '/v2/process-definitions/search',
  '/v2/process-instances/search',
  '/v1/process-definitions/search',
  '/v1/process-instances/search',
];
const OF_RED = [
  '/v2/process-definitions/101',
  '/v2/process-definitions/101/xml',
  '/v2/process-instances/201',
  '/v1/process-definitions/101',
  '/v1/process-definitions/101/xml',
  '/v1/process-instances/201',
];

describe('with tenant checks', () => {
  it.each(SEARCHES)(
    'a search shows and counts what is of the tenants that its caller is assigned to: %s',
    async (path) => {
      expect(await tenantsIn(await doorWith(['red']), path)).toEqual({ tenants: ['red'], total: 1 });
      expect(await tenantsIn(await doorWith(['red', 'blue']), path)).toEqual({ tenants: ['red', 'blue'], total: 2 });
      expect(await tenantsIn(await doorWith(['<default>']), path)).toMatchObject({ total: 2 });
      expect(await tenantsIn(await doorWith([]), path)).toEqual({ tenants: [], total: 0 });
    },
  );

  it.each(SEARCHES)('a search for another tenant finds nothing: %s', async (path) => {
    const door = await doorWith(['red']);
    expect(await tenantsIn(door, path, { filter: { tenantId: 'blue' } })).toEqual({ tenants: [], total: 0 });
    expect(await tenantsIn(door, path, { filter: { tenantId: 'red' } })).toEqual({ tenants: ['red'], total: 1 });
  });

  it.each(OF_RED)('what is of another tenant is 404, in the same words as what is nowhere: %s', async (path) => {
    expect((await ask(await doorWith(['red']), path)).status).toBe(200);
    const nowhere = path.replace(/[12]01/, '999');
    for (const tenants of [['blue'], ['<default>'], []]) {
      const door = await doorWith(tenants);
      const [theirs, none] = [await ask(door, path), await ask(door, nowhere)];
      expect(theirs.status).toBe(404);
      const told = (answer: Answer) =>
        answer.body.replaceAll(/"instance":"[^"]*"/g, '').replaceAll(/[129]0?[19]9?/g, 'N');
      expect(told(theirs)).toBe(told(none));
    }
  });

  it('what is of another tenant is 404 also to who has no permission, and what is of his own is 403', async () => {
    const door = await openDoor({
      tenantChecks: true,
      records: { ...assigned('<default>'), authorizations: [] },
    });
    const [order] = door.cluster.definitions;
    if (order === undefined) throw new Error('there is no definition');
    door.cluster.definitions.push({ ...order, key: 101, tenantId: 'red' });
    expect((await ask(door, '/v2/process-definitions/101')).status).toBe(404);
    expect((await ask(door, `/v2/process-definitions/${order.key}`)).status).toBe(403);
  });

  it.each([
    ['no tenant', undefined, 'with multi-tenancy enabled, but no tenant identifier was provided.'],
    ['an empty tenant', '', 'with multi-tenancy enabled, but no tenant identifier was provided.'],
    ['a long tenant', 'x'.repeat(32), `with tenant identifier '?', but tenant identifier is longer than 31 characters`],
    ['an illegal tenant', 'a b', `with tenant identifier '?', but tenant identifier contains illegal characters`],
    [
      'another tenant in brackets',
      '<other>',
      `with tenant identifier '?', but tenant identifier contains illegal characters`,
    ],
  ])('a command is 400 with %s', async (_what, tenantId, problem) => {
    const door = await doorWith(['red']);
    const body = { processDefinitionId: 'of-red', ...(tenantId === undefined ? {} : { tenantId }) };
    const [created, deployed] = [await create(door, body), await deploy(door, tenantId)];
    const expected = (name: string) => ({
      status: 400,
      title: 'INVALID_ARGUMENT',
      detail: `Expected to handle request ${name} ${problem}`,
    });
    expect(jsonOf(created)).toMatchObject(expected('Create Process Instance'));
    expect(jsonOf(deployed)).toMatchObject(expected('Deploy Resources'));
    expect(door.cluster.asked).toMatchObject({ created: 0, deployed: [] });
  });

  it.each(['blue', '<default>', 'nowhere'])(
    'a deployment to %s is 403 to who is not assigned to it',
    async (tenantId) => {
      const door = await doorWith(['red']);
      const answer = await deploy(door, tenantId);
      expect(answer.status).toBe(403);
      expect(jsonOf(answer)).toMatchObject({
        title: 'FORBIDDEN',
        code: 'TENANT_NOT_ASSIGNED',
        detail: `Command 'CREATE' rejected with code 'FORBIDDEN': Expected to perform operation 'CREATE' on resource 'RESOURCE' for tenant '${tenantId}', but user is not assigned to this tenant`,
      });
      expect(door.cluster.asked.deployed).toEqual([]);
      expect(door.refused).toMatchObject([{ code: 'TENANT_NOT_ASSIGNED', step: 'tenant' }]);
    },
  );

  it.each([
    ['blue', { processDefinitionId: 'of-blue' }],
    ['blue', { processDefinitionKey: '102' }],
    ['<default>', { processDefinitionId: 'order' }],
    ['nowhere', { processDefinitionId: 'of-red' }],
  ])('nothing is started in %s by who is not assigned to it: %j', async (tenantId, process) => {
    const door = await doorWith(['red']);
    const answer = await create(door, { ...process, tenantId });
    expect(jsonOf(answer)).toMatchObject({
      status: 404,
      title: 'NOT_FOUND',
      detail: `Command 'CREATE' rejected with code 'NOT_FOUND': Expected to perform operation 'CREATE_PROCESS_INSTANCE' on resource 'PROCESS_DEFINITION', but no resource was found for tenant '${tenantId}'`,
    });
    expect(door.cluster.asked.created).toBe(0);
  });

  it("another tenant's process is not started in a tenant of one's own, by its id or its key", async () => {
    const door = await doorWith(['red']);
    for (const process of [{ processDefinitionId: 'of-blue' }, { processDefinitionKey: '102' }]) {
      const answer = await create(door, { ...process, tenantId: 'red' });
      expect(jsonOf(answer)).toMatchObject({ status: 404, detail: expect.stringContaining('but none found') });
    }
    expect(door.cluster.asked.created).toBe(0);
  });

  it('commands go to the tenant that they name', async () => {
    const door = await doorWith(['red', '<default>']);
    expect(jsonOf(await create(door, { processDefinitionId: 'of-red', tenantId: 'red' }))).toMatchObject({
      processDefinitionKey: '101',
      tenantId: 'red',
    });
    expect((await create(door, { processDefinitionKey: '101', tenantId: 'red' })).status).toBe(200);
    expect((await create(door, { processDefinitionId: 'order', tenantId: '<default>' })).status).toBe(200);
    expect(jsonOf(await deploy(door, 'red'))).toMatchObject({ tenantId: 'red' });
    expect(door.cluster.asked).toMatchObject({ created: 3, createdIn: '<default>', deployedTo: 'red' });
  });

  it('who is assigned is asked anew at every request', async () => {
    const door = await doorWith(['red']);
    expect((await ask(door, '/v2/process-instances/201')).status).toBe(200);
    door.change(assigned('blue'));
    expect((await ask(door, '/v2/process-instances/201')).status).toBe(404);
    expect(await tenantsIn(door, '/v2/process-instances/search')).toEqual({ tenants: ['blue'], total: 1 });
  });
});

describe('without tenant checks', () => {
  it('commands are for the default tenant, named or not', async () => {
    const door = await doorWith([], false);
    for (const more of [{}, { tenantId: '' }, { tenantId: '<default>' }])
      expect((await create(door, { processDefinitionId: 'order', ...more })).status).toBe(200);
    expect((await deploy(door)).status).toBe(200);
    expect(door.cluster.asked).toMatchObject({ created: 3, createdIn: '<default>', deployedTo: '<default>' });
  });

  it('commands that name another tenant are 400', async () => {
    const door = await doorWith(['red'], false);
    const expected = (name: string) => ({
      status: 400,
      title: 'INVALID_ARGUMENT',
      detail: `Expected to handle request ${name} with tenant identifier 'red', but multi-tenancy is disabled`,
    });
    expect(jsonOf(await create(door, { processDefinitionId: 'of-red', tenantId: 'red' }))).toMatchObject(
      expected('Create Process Instance'),
    );
    expect(jsonOf(await deploy(door, 'red'))).toMatchObject(expected('Deploy Resources'));
    expect(door.cluster.asked).toMatchObject({ created: 0, deployed: [] });
  });

  it('nobody is kept from anything for a tenant', async () => {
    const door = await doorWith([], false);
    for (const path of OF_RED) expect((await ask(door, path)).status).toBe(200);
    for (const path of SEARCHES) expect(await tenantsIn(door, path)).toMatchObject({ total: 4 });
  });
});
