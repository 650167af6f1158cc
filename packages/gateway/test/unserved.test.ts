import type { Authorization, PermissionType, ResourceType } from '@stagedoor/access';
import { afterEach, describe, expect, it } from 'vitest';
import { closeDoors, openDoor } from './open-door.ts';
import { basic, JSON_TYPE, jsonOf } from './raw-http.ts';
import { RECORDS } from './records.ts';

afterEach(closeDoors);

const MARY = basic('mary', 'pässwörd:with:colons');

function grant(
  resourceType: ResourceType,
  permissionType: PermissionType,
  target: { resourceId: string } | { resourcePropertyName: 'assignee' },
): Authorization {
  return { ownerType: 'USER', ownerId: 'mary', resourceType, permissionTypes: [permissionType], ...target };
}

/** A door at which Mary has these grants, and everybody else what they have in the records. */
async function withGrants(...grants: readonly Authorization[]) {
  const keyed = grants.map((one, index) => ({ ...one, authorizationKey: `mary-${index}` }));
  return openDoor({ records: { authorizations: [...RECORDS.authorizations, ...keyed] } });
}

describe('a row without a handler', () => {
  it.each([
    [
      'a read, in the words of a read',
      { path: '/v2/incidents/1' },
      "Unauthorized to perform operation 'READ_PROCESS_INSTANCE' on resource 'PROCESS_DEFINITION'",
    ],
    [
      'a search, which shows nobody that it is not there',
      { method: 'POST', path: '/v2/jobs/search' },
      "Unauthorized to perform operation 'READ_PROCESS_INSTANCE' on resource 'PROCESS_DEFINITION'",
    ],
    [
      'a command, in the words of a command',
      { method: 'POST', path: '/v2/jobs/1/completion' },
      "Command 'COMPLETE' rejected with code 'FORBIDDEN': Insufficient permissions to perform operation 'UPDATE_PROCESS_INSTANCE' on resource 'PROCESS_DEFINITION'",
    ],
    [
      'a user task of Zeebe v1',
      { method: 'PATCH', path: '/v1/user-tasks/1' },
      "Unauthorized to perform operation 'UPDATE_USER_TASK' on resource 'PROCESS_DEFINITION'",
    ],
  ])('is 403 for a caller without grants: %s', async (_what, request, detail) => {
    const { send, refused } = await withGrants();
    const answer = await send({ ...request, headers: [MARY] });
    expect(jsonOf(answer)).toMatchObject({ status: 403, title: 'FORBIDDEN', detail, code: 'PERMISSION_MISSING' });
    expect(refused).toMatchObject([{ code: 'PERMISSION_MISSING' }]);
  });

  it('is 403 in the words of Operate v1, which asks for a grant on everything', async () => {
    const { send } = await withGrants(grant('PROCESS_DEFINITION', 'READ_PROCESS_INSTANCE', { resourceId: 'order' }));
    const answer = await send({ method: 'POST', path: '/v1/incidents/search', headers: [MARY] });
    expect(jsonOf(answer)).toMatchObject({
      status: 403,
      type: 'Forbidden resource access',
      message: 'PROCESS_DEFINITION:*:READ_PROCESS_INSTANCE permissions required to access this resource.',
    });
  });

  it('is 403 for a caller whose grants are all for something else', async () => {
    const { send } = await withGrants(
      grant('PROCESS_DEFINITION', 'READ_PROCESS_DEFINITION', { resourceId: '*' }),
      grant('USER_TASK', 'READ', { resourceId: '*' }),
      grant('MESSAGE', 'CREATE', { resourceId: 'one-message' }),
    );
    for (const [method, path] of [
      ['GET', '/v2/incidents/1'],
      ['POST', '/v2/user-tasks/1/completion'],
      ['POST', '/v2/messages/publication'],
      ['POST', '/v2/messages/correlation'],
      ['POST', '/v2/signals/broadcast'],
      ['POST', '/v2/expression/evaluation'],
      ['POST', '/v2/resources/1/deletion'],
      ['GET', '/cluster/v2/backups/runtime/state'],
    ] as const)
      expect((await send({ method, path, headers: [MARY] })).status, path).toBe(403);
  });

  it('is 501 under its own name for a caller who may do it to one thing, which is not looked up', async () => {
    const { send } = await withGrants(
      grant('PROCESS_DEFINITION', 'READ_PROCESS_INSTANCE', { resourceId: 'no-such-process' }),
      grant('USER_TASK', 'COMPLETE', { resourcePropertyName: 'assignee' }),
      grant('RESOURCE', 'DELETE_FORM', { resourceId: 'no-such-form' }),
    );
    for (const [method, path, id] of [
      ['GET', '/v2/incidents/1', 'getIncident'],
      ['POST', '/v2/jobs/search', 'searchJobs'],
      ['POST', '/v2/user-tasks/1/completion', 'completeUserTask'],
      ['POST', '/v2/resources/1/deletion', 'deleteResource'],
      ['POST', '/v1/user-tasks/1/completion', 'completeUserTaskV1'],
    ] as const) {
      const answer = await send({ method, path, headers: [MARY] });
      const detail = `Operation '${id}' is not served here yet`;
      expect(jsonOf(answer), path).toMatchObject({ status: 501, title: 'Not Implemented', detail, instance: path });
    }
  });

  it('names itself in Operate v1, too', async () => {
    const { send } = await openDoor();
    const answer = await send({ path: '/operate/v1/variables/1', headers: [basic('demo', 'demo')] });
    const message = "Operation 'getVariableV1' is not served here yet";
    expect(jsonOf(answer)).toMatchObject({ status: 501, message });
  });

  it('reads no body, neither a wrong one nor one of a wrong type', async () => {
    const { send } = await openDoor();
    const request = { method: 'POST', path: '/v2/jobs/activation' };
    for (const headers of [[], [JSON_TYPE], [['content-type', 'image/png']]] as const) {
      const answer = await send({ ...request, headers: [basic('demo', 'demo'), ...headers], body: '{"type":' });
      expect(answer.status).toBe(501);
    }
  });

  it('is 401 before everything else, and 403 from a page of another origin', async () => {
    const { send } = await openDoor();
    const request = { method: 'POST', path: '/v2/jobs/search' };
    expect((await send(request)).status).toBe(401);
    const answer = await send({ ...request, headers: [basic('demo', 'demo'), ['origin', 'https://evil.example']] });
    expect(jsonOf(answer)).toMatchObject({ status: 403, code: 'ORIGIN_REFUSED' });
  });
});
