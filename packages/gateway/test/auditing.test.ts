import { type AuditEntry, authenticated, permission } from '@stagedoor/access';
import { afterEach, describe, expect, it } from 'vitest';
import { auditedRowOf } from '../src/auditing/audited-row.ts';
import { Failure } from '../src/failure.ts';
import { noContent, type Operation, operation } from '../src/operation.ts';
import { camundaSession, logIn, operateSession } from './log-in.ts';
import { closeDoors, type DoorOptions, type OpenDoor, openDoor } from './open-door.ts';
import { basic, bearer, JSON_TYPE } from './raw-http.ts';

afterEach(closeDoors);

const CANARY = 'c4n4ry';

/** Without what every line has. */
function toldBy({ audited }: Pick<OpenDoor, 'audited'>): Partial<AuditEntry>[] {
  return audited.map(({ at: _, count: __, ...rest }) => rest);
}

/** A dialect of one row, which anybody may try and few may do. */
async function openRow(options: DoorOptions = {}): Promise<OpenDoor> {
  const [dialect] = (await openDoor()).dialects;
  if (dialect === undefined) throw new TypeError('there is a dialect');
  const row = operation({
    id: 'cancel',
    method: 'POST',
    path: '/v2/process-instances/{key}/cancellation',
    summary: 'Cancels',
    requirement: permission('PROCESS_DEFINITION', 'CANCEL_PROCESS_INSTANCE', 'everything'),
    body: { kind: 'json', optional: true },
    responses: { 204: null },
    handle: ({ params }) => {
      if ((params as { key: string }).key === '0') throw new Failure('not-found', 'nothing there');
      return noContent;
    },
  });
  return openDoor({ ...options, dialects: [{ ...dialect, operations: [row] }] });
}

const CANCEL = { method: 'POST', path: '/v2/process-instances/2251799813685249/cancellation' } as const;

describe('the audit log hears', () => {
  it('that somebody was turned away: by name where it is known, without one where it is not', async () => {
    const open = await openRow();
    await open.send({ ...CANCEL, headers: [basic('demo', CANARY)] });
    await open.send(CANCEL);
    await open.send({ ...CANCEL, headers: [basic('mary', 'pässwörd:with:colons')] });
    const line = {
      operation: 'cancel',
      entityType: 'PROCESS_INSTANCE',
      entityKey: '2251799813685249',
      outcome: 'FAIL',
    };
    const nobody = { kind: 'anonymous', credential: 'none' };
    const mary = { kind: 'user', id: 'mary', credential: 'basic' };
    expect(toldBy(open)).toEqual([
      { ...line, actor: nobody, code: 'PASSWORD_REFUSED' },
      { ...line, actor: nobody, code: 'CREDENTIALS_MISSING' },
      { ...line, actor: mary, code: 'PERMISSION_MISSING' },
    ]);
  });

  it('a client by its own kind', async () => {
    const open = await openRow({ method: 'oidc' });
    await open.send({ ...CANCEL, headers: [bearer('bare-token')] });
    expect(open.audited.map(({ actor }) => actor)).toEqual([{ kind: 'client', id: 'bare', credential: 'bearer' }]);
  });

  it('how an allowed write ended, and what it was done to', async () => {
    const open = await openRow();
    await open.send({ ...CANCEL, headers: [basic('demo', 'demo')] });
    await open.send({ ...CANCEL, path: '/v2/process-instances/0/cancellation', headers: [basic('demo', 'demo')] });
    expect(toldBy(open)).toMatchObject([
      { operation: 'cancel', entityKey: '2251799813685249', outcome: 'SUCCESS', code: null },
      { operation: 'cancel', entityKey: '0', outcome: 'FAIL', code: null },
    ]);
  });

  it('of both logins and of logging out, by the name of the session', async () => {
    const open = await openDoor();
    const { session, csrf } = await camundaSession(open);
    await open.send({ method: 'POST', path: '/logout', headers: [session, csrf] });
    await operateSession(open, 'reader', 'reader-password');
    expect(toldBy(open)).toMatchObject([
      { operation: 'login', actor: { id: 'demo', credential: 'session' }, outcome: 'SUCCESS' },
      { operation: 'logout', actor: { id: 'demo' }, outcome: 'SUCCESS' },
      { operation: 'login', actor: { id: 'reader' }, outcome: 'SUCCESS' },
    ]);
  });

  it('of a failed login without the name that was typed, which may be a password', async () => {
    const open = await openDoor();
    await logIn(open, 'operate', CANARY, CANARY);
    await logIn(open, 'camunda', CANARY, CANARY);
    expect(toldBy(open)).toMatchObject([
      { operation: 'loginOperate', code: 'PASSWORD_REFUSED', actor: { kind: 'anonymous' } },
      { operation: 'login', code: 'PASSWORD_REFUSED', actor: { kind: 'anonymous' } },
    ]);
    expect(JSON.stringify(open.audited)).not.toContain(CANARY);
  });

  it('nothing of queries, headers and bodies', async () => {
    const open = await openRow();
    await open.send({ ...CANCEL, path: `${CANCEL.path}?secret=${CANARY}`, headers: [['X-Custom', CANARY]] });
    await open.send({
      ...CANCEL,
      body: JSON.stringify({ reason: CANARY }),
      headers: [basic('demo', 'demo'), JSON_TYPE],
    });
    await open.send({ ...CANCEL, headers: [bearer(CANARY)] });
    expect(open.audited).toHaveLength(3);
    expect(JSON.stringify(open.audited)).not.toContain(CANARY);
  });
});

describe('the audit log hears nothing', () => {
  it.each([
    ['a read', { path: '/v2/topology' }],
    ['a search that is posted', { method: 'POST', path: '/v1/process-instances/search' }],
    ['a path that leads nowhere', { method: 'POST', path: '/v2/nowhere' }],
    ['a method that a path does not have', { method: 'DELETE', path: '/v2/topology' }],
  ])('of %s', async (_, request) => {
    const open = await openDoor();
    await open.send({ ...request, headers: [basic('demo', 'demo')] });
    expect(open.audited).toEqual([]);
  });

  it.each([
    ['a malformed request', { path: '/v2/%2e%2e' }],
    ['a strange host', { path: '/v2/topology', headers: [['Host', 'evil.example'] as const] }],
  ])('of %s, which is nobody’s decision', async (_, request) => {
    const open = await openDoor();
    await open.send(request);
    expect(open.refused).toHaveLength(1);
    expect(open.audited).toEqual([]);
  });
});

describe('an audit sink that breaks its word', () => {
  it('changes no answer, and is counted', async () => {
    const open = await openRow();
    Object.assign(open.door.audit, {
      note: () => {
        throw new Error('the disk is full');
      },
    });
    const allowed = await open.send({ ...CANCEL, headers: [basic('demo', 'demo'), JSON_TYPE] });
    const denied = await open.send(CANCEL);
    expect([allowed.status, denied.status]).toEqual([204, 401]);
    expect(open.door.metrics.auditFailures).toBe(2);
    expect(open.faults).toEqual([]);
  });

  it('keeps nobody from logging in', async () => {
    const open = await openDoor();
    Object.assign(open.door.audit, {
      note: () => {
        throw new Error('the disk is full');
      },
    });
    expect((await logIn(open, 'camunda')).status).toBe(204);
    expect(open.door.metrics.auditFailures).toBe(1);
  });
});

describe('a row of the audit log', () => {
  const row = (more: Partial<Operation>) =>
    auditedRowOf({
      ...operation({
        id: 'x',
        method: 'POST',
        path: '/v2/x',
        summary: '',
        requirement: authenticated,
        responses: {},
        handle: () => noContent,
      }),
      ...more,
    });

  it('is left to a change of identities that succeeded, which writes its own', () => {
    const create = permission('USER', 'CREATE', 'everything');
    expect(row({ path: '/v2/users', requirement: create })).toMatchObject({ entityType: 'USER', told: 'failed' });
  });

  it('names the container where a member is added', () => {
    const path = '/v2/groups/{groupId}/users/{username}';
    expect(row({ method: 'PUT', path })).toEqual({ entityType: 'GROUP', keyParam: 'groupId', told: 'failed' });
  });

  it('is written for whatever is not known to read', () => {
    expect(row({ path: '/v2/something' })).toEqual({ entityType: 'RESOURCE', keyParam: null, told: 'completed' });
  });

  it('is not written where only reading permissions are asked for', () => {
    const read = permission('PROCESS_DEFINITION', 'READ_PROCESS_INSTANCE', 'visible');
    expect(row({ path: '/v2/process-definitions/statistics', requirement: read }).told).toBe('refused');
  });
});
