import { afterEach, describe, expect, it } from 'vitest';
import { CLUSTER_ID, closeDoors, type OpenDoor, openDoor } from './open-door.ts';
import { bearer, JSON_TYPE, jsonOf } from './raw-http.ts';

afterEach(closeDoors);

const WORKER = bearer('worker-token');
const CLIENTS = `/clusters/${CLUSTER_ID}/clients`;

function create({ send }: OpenDoor, body: unknown, token = WORKER, path = CLIENTS) {
  return send({ method: 'POST', path, headers: [token, JSON_TYPE], body: JSON.stringify(body) });
}

describe('registering a client', () => {
  it.each([
    ['nothing', {}],
    ['an empty name', { clientName: '' }],
    ['a name that is too long', { clientName: 'x'.repeat(257) }],
    ['a name that is a number', { clientName: 1 }],
    ['no permissions in a list of them', { clientName: 'a', permissions: [] }],
    ['an unknown permission', { clientName: 'a', permissions: ['Everything'] }],
    ['a permission in other letters', { clientName: 'a', permissions: ['zeebe'] }],
    ['a permission of every object', { clientName: 'a', permissions: ['constructor'] }],
    ['an unknown member', { clientName: 'a', secret: 'mine' }],
  ])('is 400 with %s', async (_what, body) => {
    expect((await create(await openDoor(), body)).status).toBe(400);
  });

  it('is 404 for another cluster, and 404 to delete a client that is not there', async () => {
    const open = await openDoor();
    expect((await create(open, { clientName: 'a' }, WORKER, '/clusters/another/clients')).status).toBe(404);
    expect((await open.send({ path: '/clusters/another/clients', headers: [WORKER] })).status).toBe(404);
    expect(
      (await open.send({ method: 'DELETE', path: `/clusters/another/clients/client-0`, headers: [WORKER] })).status,
    ).toBe(404);
    expect((await open.send({ method: 'DELETE', path: `${CLIENTS}/nobody`, headers: [WORKER] })).status).toBe(404);
  });

  it('is 403 for those who may not, for scopes beyond their own, and for users', async () => {
    const open = await openDoor();
    expect((await create(open, { clientName: 'a' }, bearer('bare-token'))).status).toBe(403);
    const greedy = await create(open, { clientName: 'greedy' });
    expect(greedy.status).toBe(403);
    expect(jsonOf(greedy)).toMatchObject({
      code: 'PERMISSION_MISSING',
      detail: 'a creator cannot give scopes that he does not have',
    });
    const tokens = { verify: () => ({ kind: 'verified', subject: userToken, issuer: 'x', expiresAt: 1 }) as const };
    const userToken = {
      subject: { kind: 'user', username: open.door.snapshot().user('demo')?.username ?? neverHere() },
      groups: null,
      claims: {},
    } as const;
    const answer = await create(await openDoor({ tokens }), { clientName: 'a' });
    expect(answer.status).toBe(403);
    expect(jsonOf(answer).detail).toContain('Only a client can register a client');
  });

  it('is 409 for a name that is taken', async () => {
    const answer = await create(await openDoor(), { clientName: 'taken' });
    expect(answer.status).toBe(409);
    expect(jsonOf(answer)).toMatchObject({ title: 'ALREADY_EXISTS', detail: 'that name is taken' });
  });

  it('shows the secret once, in the answer of the creation', async () => {
    const open = await openDoor();
    const made = await create(open, { clientName: 'a', permissions: ['Zeebe'] });
    expect(jsonOf(made)).toEqual({ uuid: 'client-0', name: 'a', clientId: 'client-0', clientSecret: 'shown-once' });
    const list = await open.send({ path: CLIENTS, headers: [WORKER] });
    expect(JSON.parse(list.body)).toEqual([{ name: 'a', clientId: 'client-0', permissions: ['Zeebe'] }]);
    expect(list.body).not.toContain('shown-once');
  });

  it('ends with the deletion, under an id as long as ids may be', async () => {
    const open = await openDoor();
    await create(open, { clientName: 'a' });
    expect((await open.send({ method: 'DELETE', path: `${CLIENTS}/client-0`, headers: [WORKER] })).status).toBe(204);
    const long = await open.send({ method: 'DELETE', path: `${CLIENTS}/${'x'.repeat(256)}`, headers: [WORKER] });
    expect(jsonOf(long)).toMatchObject({ status: 404, detail: 'there is no such client' });
  });
});

describe('one client', () => {
  it('is what it needs to connect, and never its secret', async () => {
    const open = await openDoor();
    await create(open, { clientName: 'a', permissions: ['Zeebe'] });
    const answer = await open.send({ path: `${CLIENTS}/client-0`, headers: [WORKER] });
    expect(JSON.parse(answer.body)).toEqual({
      name: 'a',
      ZEEBE_ADDRESS: 'http://localhost:8080',
      ZEEBE_CLIENT_ID: 'client-0',
      ZEEBE_AUTHORIZATION_SERVER_URL: 'http://localhost:18080/oauth/token',
    });
  });

  it('is 404 where there is none, and 403 for those who may not', async () => {
    const open = await openDoor();
    await create(open, { clientName: 'a' });
    const status = async (path: string, token = WORKER) => (await open.send({ path, headers: [token] })).status;
    expect(await status(`${CLIENTS}/nobody`)).toBe(404);
    expect(await status('/clusters/another/clients/client-0')).toBe(404);
    expect(await status(`${CLIENTS}/client-0`, bearer('bare-token'))).toBe(403);
  });
});

describe('usage metrics', () => {
  const usage = (query: string) => `/admin-api/usage-metrics?${query}`;
  const STARTED = Date.parse('2026-11-22T05:25:36.618Z');

  it('count the instances that were started in a period', async () => {
    const { send, cluster } = await openDoor();
    const answer = await send({ path: usage(`id=${CLUSTER_ID}&start=0&end=${STARTED + 1}`), headers: [WORKER] });
    expect(jsonOf(answer)).toEqual({
      id: CLUSTER_ID,
      processInstances: { total: 2 },
      decisionInstances: { total: 0 },
      taskUsers: { total: 0, assignees: [] },
    });
    expect(cluster.asked.search).toMatchObject({
      where: [
        {
          field: 'startDate',
          comparisons: [
            { op: 'gte', value: 0 },
            { op: 'lt', value: STARTED + 1 },
          ],
        },
      ],
      page: { limit: 0 },
    });
  });

  it.each([
    ['nothing', ''],
    ['no end', `id=${CLUSTER_ID}&start=0`],
    ['no cluster', 'start=0&end=1'],
    ['two starts', `id=${CLUSTER_ID}&start=0&start=1&end=1`],
    ['a start before everything', `id=${CLUSTER_ID}&start=-1&end=1`],
    ['a date', `id=${CLUSTER_ID}&start=2026-01-01&end=1`],
    ['an end beyond every number', `id=${CLUSTER_ID}&start=0&end=${'9'.repeat(16)}`],
    ['a parameter that is none', `id=${CLUSTER_ID}&start=0&end=1&tenantId=a`],
  ])('are 400 for %s', async (_what, query) => {
    const { send } = await openDoor();
    expect((await send({ path: usage(query), headers: [WORKER] })).status).toBe(400);
  });

  it('are 404 for another cluster, and 403 for those who may not', async () => {
    const { send } = await openDoor();
    expect((await send({ path: usage('id=another&start=0&end=1'), headers: [WORKER] })).status).toBe(404);
    const path = usage(`id=${CLUSTER_ID}&start=0&end=1`);
    expect((await send({ path, headers: [bearer('bare-token')] })).status).toBe(403);
    expect((await send({ path })).status).toBe(401);
  });
});

function neverHere(): never {
  throw new Error('demo is always there');
}

describe('the list of clusters', () => {
  it('tells the truth about this process', async () => {
    const well = await openDoor();
    expect(JSON.parse((await well.send({ path: '/admin-api/clusters', headers: [WORKER] })).body)).toEqual([
      expect.objectContaining({
        uuid: CLUSTER_ID,
        name: 'here',
        status: 'healthy',
        generation: '8.10.0',
        type: 'automation',
      }),
    ]);
    const ill = await openDoor({ cluster: { healthy: async () => false } });
    expect(JSON.parse((await ill.send({ path: '/admin-api/clusters', headers: [WORKER] })).body)).toEqual([
      expect.objectContaining({ status: 'unhealthy' }),
    ]);
  });
});
