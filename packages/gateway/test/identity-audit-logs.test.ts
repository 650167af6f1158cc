import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { grant, type IdentityDoor, names, openIdentityDoor, pageOf } from './identity-door.ts';
import { closeDoors } from './open-door.ts';

let open: IdentityDoor;
beforeAll(async () => {
  open = await openIdentityDoor();
  await open.ask('POST', '/v2/roles', { roleId: 'logged', name: 'Logged' });
  await open.ask('PUT', '/v2/roles/logged', { name: 'Logged again' });
  await open.ask('PUT', '/v2/roles/logged/users/mary');
  await open.ask('DELETE', '/v2/roles/logged');
  await open.identity.audit.append([
    {
      at: Date.UTC(2031, 0, 1),
      actor: { kind: 'client', id: 'worker', credential: 'bearer' },
      operation: 'createDeployment',
      entityType: 'RESOURCE',
      entityKey: null,
      outcome: 'FAIL',
      code: 'PERMISSION_MISSING',
      count: 3,
    },
  ]);
});
afterAll(closeDoors);

const search = (filter: object, more: object = {}) => open.ask('POST', '/v2/audit-logs/search', { filter, ...more });
const OF_ROLE = { entityType: 'ROLE', entityKey: 'logged' };

describe('the audit log of v2', () => {
  it('has an entry for each change, and none for what was refused as bad input', async () => {
    await open.ask('PUT', '/v2/roles/logged', { name: 'too late' });
    const found = await search(OF_ROLE, { sort: [{ field: 'auditLogKey', order: 'ASC' }] });
    expect(names(found, 'operationType')).toEqual(['CREATE', 'UPDATE', 'ASSIGN', 'DELETE']);
    expect(found.json).toMatchObject({
      items: [
        {
          entityType: 'ROLE',
          entityKey: 'logged',
          actorType: 'USER',
          actorId: 'demo',
          result: 'SUCCESS',
          category: 'ADMIN',
          timestamp: '2030-01-01T00:00:00.000Z',
          entityDescription: 'createRole, with basic',
          tenantId: null,
          processInstanceKey: null,
          agentElementId: null,
        },
        {},
        { relatedEntityType: 'USER', relatedEntityKey: 'mary' },
        {},
      ],
    });
  });

  it('shows one entry as its search does', async () => {
    const found = await search(OF_ROLE, { page: { limit: 1 } });
    const [key] = names(found, 'auditLogKey');
    const one = await open.ask('GET', `/v2/audit-logs/${key}`);
    expect(one.status).toBe(200);
    expect([one.json]).toEqual((found.json as { items: unknown }).items);
  });

  it('says who was refused, why and how often', async () => {
    expect((await search({ result: 'FAIL' })).json).toMatchObject({
      items: [
        {
          actorType: 'CLIENT',
          actorId: 'worker',
          entityType: 'RESOURCE',
          entityKey: '',
          category: 'DEPLOYED_RESOURCES',
          entityDescription: 'createDeployment, with bearer, refused as PERMISSION_MISSING, 3 times',
          timestamp: '2031-01-01T00:00:00.000Z',
        },
      ],
    });
  });

  it.each([
    [{ timestamp: '2031-01-01T01:00:00+01:00' }, 1],
    [{ timestamp: { $gt: '2030-06-01T00:00:00Z' } }, 1],
    [{ timestamp: { $gt: '2031-06-01T00:00:00Z' } }, 0],
    [{ ...OF_ROLE, timestamp: { $gte: '2030-01-01T00:00:00Z', $lte: '2030-01-01T00:00:00.000Z' } }, 4],
    [{ ...OF_ROLE, actorType: { $in: ['CLIENT', 'ANONYMOUS'] } }, 0],
    [{ ...OF_ROLE, actorId: { $like: 'd*o' } }, 4],
    [{ ...OF_ROLE, operationType: { $notIn: ['CREATE', 'DELETE'] } }, 2],
    [{ ...OF_ROLE, operationType: { $like: '*E' } }, 3],
    [{ ...OF_ROLE, relatedEntityKey: { $exists: true } }, 1],
    [{ ...OF_ROLE, processInstanceKey: '42' }, 0],
    [{ ...OF_ROLE, processInstanceKey: { $exists: false } }, 4],
    [{ auditLogKey: { $in: ['987654321'] } }, 0],
    [{ category: 'DEPLOYED_RESOURCES', result: { $neq: 'SUCCESS' } }, 1],
  ])('finds by %j as many as there are', async (filter, count) => {
    expect(pageOf(await search(filter)).totalItems).toBe(count);
  });

  it.each([
    [{ timestamp: 'yesterday' }, 'Request property [filter.timestamp] cannot be parsed'],
    [{ timestamp: { $gt: 5 } }, 'Request property [filter.timestamp.$gt] cannot be parsed: it must be string'],
    [{ auditLogKey: 'meow' }, expect.stringMatching(/^Request property \[filter\.auditLogKey\] cannot be parsed/)],
    [
      { result: 'MEOW' },
      "Unexpected value 'MEOW' for enum field 'result'. Use any of the following values: [FAIL, SUCCESS]",
    ],
    [{ password: 'x' }, 'Request property [filter.password] cannot be parsed: it is not known here'],
  ])('refuses %j', async (filter, detail) => {
    expect(await search(filter)).toMatchObject({ status: 400, json: { title: 'Bad Request', detail } });
  });

  it('is shown to whoever may read it, and to nobody else', async () => {
    const key = String(names(await search(OF_ROLE, { page: { limit: 1 } }), 'auditLogKey')[0]);
    expect(await open.ask('GET', `/v2/audit-logs/${key}`, undefined, 'reader')).toMatchObject({
      status: 403,
      json: { title: 'FORBIDDEN', detail: "Unauthorized to perform operation 'READ' on resource 'AUDIT_LOG'" },
    });
    expect((await open.ask('POST', '/v2/audit-logs/search', undefined, 'reader')).json).toMatchObject({ items: [] });
    await grant(open, 'reader', 'AUDIT_LOG:READ');
    expect(await open.ask('GET', `/v2/audit-logs/${key}`, undefined, 'reader')).toMatchObject({ status: 200 });
    expect(pageOf(await open.ask('POST', '/v2/audit-logs/search', undefined, 'reader')).totalItems).toBeGreaterThan(4);
  });

  it('has nothing under a key that there is not', async () => {
    for (const who of ['demo', 'mary'] as const)
      expect(await open.ask('GET', '/v2/audit-logs/987654321', undefined, who)).toMatchObject({
        status: 404,
        json: { title: 'NOT_FOUND', detail: "Audit Log with key '987654321' not found" },
      });
    expect(await open.ask('GET', '/v2/audit-logs/meow')).toMatchObject({
      status: 400,
      json: { title: 'INVALID_ARGUMENT' },
    });
  });

  it('cannot be changed', async () => {
    for (const method of ['PUT', 'DELETE', 'PATCH'])
      expect(await open.ask(method, '/v2/audit-logs/1')).toMatchObject({ status: 405 });
  });
});
