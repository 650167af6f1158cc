import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { grant, type IdentityDoor, openIdentityDoor } from './identity-door.ts';
import { closeDoors } from './open-door.ts';

let open: IdentityDoor;
beforeAll(async () => {
  open = await openIdentityDoor();
});
afterAll(closeDoors);

const TIME = 'startTime=2026-01-01T00:00:00Z&endTime=2027-01-01T00:00:00Z';
const usage = (query: string, who?: 'mary' | 'reader') =>
  open.ask('GET', `/v2/system/usage-metrics?${query}`, undefined, who);

describe('usage metrics', () => {
  const started = async (time: string) => ((await usage(time)).json as { processInstances: number }).processInstances;

  it('count the instances that were started in a time, and nothing that this cluster does not do', async () => {
    const all = await usage('startTime=2000-01-01T00:00:00Z&endTime=2100-01-01T00:00:00Z&withTenants=true');
    const { instances } = open.door.cluster;
    expect(instances.length).toBeGreaterThan(0);
    const counted = { processInstances: instances.length, decisionInstances: 0, assignees: 0 };
    expect(all).toMatchObject({
      status: 200,
      json: { ...counted, activeTenants: 1, tenants: { '<default>': counted } },
    });
    expect(await started('startTime=2000-01-01T00:00:00Z&endTime=2000-01-02T00:00:00Z')).toBe(0);
  });

  it('take both ends of the time for parts of it', async () => {
    const [first] = open.door.cluster.instances;
    if (first === undefined) throw new Error('there is no instance');
    const at = new Date(first.startDate).toISOString();
    expect(await started(`startTime=${at}&endTime=${at}`)).toBeGreaterThan(0);
    const before = new Date(first.startDate - 1).toISOString();
    expect(await started(`startTime=2000-01-01T00:00:00Z&endTime=${before}`)).toBeLessThan(
      open.door.cluster.instances.length,
    );
  });

  it('are nothing to whoever may not read them, with the same 200', async () => {
    const nothing = { processInstances: 0, decisionInstances: 0, assignees: 0, activeTenants: 0, tenants: {} };
    expect(await usage('startTime=2000-01-01T00:00:00Z&endTime=2100-01-01T00:00:00Z', 'mary')).toMatchObject({
      status: 200,
      json: nothing,
    });
    await grant(open, 'reader', 'SYSTEM:READ_USAGE_METRIC');
    expect((await usage('startTime=2000-01-01T00:00:00Z&endTime=2100-01-01T00:00:00Z', 'reader')).json).not.toEqual(
      nothing,
    );
  });

  it.each([
    ['', "Required parameter 'startTime' is not present."],
    ['startTime=2026-01-01T00:00:00Z', "Required parameter 'endTime' is not present."],
    ['startTime=yesterday&endTime=2026-01-01T00:00:00Z', "The parameter 'startTime' cannot be parsed."],
    ['startTime=2026-01-01T00:00:00Z&endTime=2026-01-01', "The parameter 'endTime' cannot be parsed."],
    [`${TIME}&startTime=2026-01-01T00:00:00Z`, "The parameter 'startTime' cannot be parsed."],
    [`${TIME}&withTenants=maybe`, "The parameter 'withTenants' cannot be parsed."],
    [`${TIME}&tenantId=a&tenantId=b`, "The parameter 'tenantId' cannot be parsed."],
    [`${TIME}&meow=1`, 'The parameter "meow" of the query is not known here'],
  ])('refuse the query %j', async (query, detail) => {
    expect(await usage(query)).toMatchObject({ status: 400, json: { title: 'Bad Request', detail } });
  });
});

describe('the configuration of the system', () => {
  it('is shown to everybody who has shown who he is', async () => {
    expect(await open.ask('GET', '/v2/system/configuration', undefined, 'mary')).toMatchObject({
      status: 200,
      json: {
        jobMetrics: { enabled: false },
        deployment: { isMultiTenancyEnabled: false, maxRequestSize: expect.any(Number) },
        authentication: { canLogout: true, isLoginDelegated: false },
        cloud: { stage: null },
      },
    });
    expect((await open.door.send({ path: '/v2/system/configuration' })).status).toBe(401);
  });
});

describe('an API that is open to everybody', () => {
  it('lets nobody in particular change records, and logs that it was nobody', async () => {
    const { door, identity } = await openIdentityDoor('none');
    const headers = [['Content-Type', 'application/json']] as const;
    const body = JSON.stringify({ roleId: 'anybodys', name: 'Anybody’s' });
    expect((await door.send({ method: 'POST', path: '/v2/roles', headers, body })).status).toBe(201);
    expect(await identity.role('anybodys')).not.toBeNull();
    const filter = JSON.stringify({ filter: { entityKey: 'anybodys' } });
    const logged = await door.send({ method: 'POST', path: '/v2/audit-logs/search', headers, body: filter });
    expect(JSON.parse(logged.body)).toMatchObject({ items: [{ actorType: 'ANONYMOUS', actorId: null }] });
    const own = await door.send({ method: 'POST', path: '/v2/authentication/me/authorizations/search' });
    expect(JSON.parse(own.body)).toMatchObject({ items: [], page: { totalItems: 0 } });
  });

  it('still refuses bad input', async () => {
    const { door } = await openIdentityDoor('none');
    expect((await door.send({ path: '/v2/roles/a%20b' })).status).toBe(400);
    expect((await door.send({ path: '/v2/roles/nobody' })).status).toBe(404);
  });
});

describe('a client', () => {
  it('is shown its own authorizations alone, and not those of a user of its name', async () => {
    const { door, identity } = await openIdentityDoor('oidc');
    const grant = { ownerType: 'CLIENT', ownerId: 'demo', resourceType: 'ROLE', resourceId: 'admin' };
    await identity.addGrant({ ...grant, permissionTypes: ['READ'] });
    const headers = [['Authorization', 'Bearer client-demo-token']] as const;
    const path = '/v2/authentication/me/authorizations/search';
    const own = JSON.parse((await door.send({ method: 'POST', path, headers })).body) as { items: object[] };
    expect(own.items).toEqual([expect.objectContaining(grant)]);
    const roles = JSON.parse((await door.send({ method: 'POST', path: '/v2/roles/search', headers })).body);
    expect(roles).toMatchObject({ items: [{ roleId: 'admin' }], page: { totalItems: 1 } });
  });
});
