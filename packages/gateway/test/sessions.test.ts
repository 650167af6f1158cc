import type { Topology } from '@stagedoor/cluster';
import { afterEach, describe, expect, it } from 'vitest';
import { inMemoryCluster } from './in-memory-cluster.ts';
import { camundaSession, cookie, operateSession, statusOf } from './log-in.ts';
import { closeDoors, type DoorOptions, openDoor } from './open-door.ts';
import { basic, bearer, cookieOf, jsonOf } from './raw-http.ts';
import { RECORDS, userOf } from './records.ts';

afterEach(closeDoors);

const MINUTE = 60_000;
const SEARCH = { method: 'POST', path: '/v1/process-instances/search' } as const;

describe('a session', () => {
  it('is 401 as ended where its cookie was forged, cut, is another server’s, or is there twice', async () => {
    const open = await openDoor();
    const [name, line] = await operateSession(open);
    const value = line.slice('OPERATE-SESSION='.length);
    const elsewhere = await operateSession(await openDoor());
    const flipped = value.slice(0, 20) + (value[20] === 'A' ? 'B' : 'A') + value.slice(21);
    const bad = [
      cookie(['OPERATE-SESSION', 'x']),
      cookie(['OPERATE-SESSION', '']),
      cookie(['OPERATE-SESSION', value.slice(0, -1)]),
      cookie(['OPERATE-SESSION', flipped]),
      cookie(['OPERATE-SESSION', 'A'.repeat(4000)]),
      cookie(['OPERATE-SESSION', value], ['OPERATE-SESSION', value]),
      cookie(['OPERATE-SESSION', value], ['OPERATE-SESSION', 'x']),
      elsewhere,
    ];
    for (const header of bad) {
      const answer = await open.send({ path: '/v2/topology', headers: [header] });
      expect(answer.status).toBe(401);
      expect(jsonOf(answer).code).toBe('SESSION_ENDED');
    }
    expect(await statusOf(open, [name, line])).toBe(200);
  });

  it('of one form is worth nothing under the cookie of the other', async () => {
    const open = await openDoor();
    const [, line] = await operateSession(open);
    expect(await statusOf(open, ['Cookie', line.replace('OPERATE-SESSION', 'camunda-session')])).toBe(401);
    const { session } = await camundaSession(open);
    expect(await statusOf(open, ['Cookie', session[1].replace('camunda-session', 'OPERATE-SESSION')])).toBe(401);
  });

  it('is not carried by a header, a query or a form', async () => {
    const open = await openDoor();
    const [, line] = await operateSession(open);
    expect((await open.send({ path: `/v2/topology?${line}` })).status).toBe(401);
    expect(await statusOf(open, ['X-Cookie', line])).toBe(401);
    expect(await statusOf(open, ['Authorization', line])).toBe(401);
  });

  it('is over when it was idle for its lifetime, to the millisecond', async () => {
    const open = await openDoor();
    const session = await operateSession(open);
    open.clock.pass(30 * MINUTE - 1);
    expect(await statusOf(open, session)).toBe(200);
    open.clock.pass(1);
    expect(await statusOf(open, session)).toBe(401);
  });

  it('is renewed by use after half of that time, keeps its name, and is not renewed before', async () => {
    const open = await openDoor();
    const session = await operateSession(open);
    open.clock.pass(15 * MINUTE - 1);
    const early = await open.send({ path: '/v2/topology', headers: [session] });
    expect(early.headers.has('set-cookie')).toBe(false);
    open.clock.pass(MINUTE);
    const late = await open.send({ path: '/v2/topology', headers: [session] });
    const renewed = cookie(['OPERATE-SESSION', cookieOf(late, 'OPERATE-SESSION')]);
    open.clock.pass(20 * MINUTE);
    expect(await statusOf(open, session)).toBe(401);
    expect(await statusOf(open, renewed)).toBe(200);
  });

  it('takes its renewed cookies along when it is ended', async () => {
    const open = await openDoor();
    const session = await operateSession(open);
    open.clock.pass(20 * MINUTE);
    const late = await open.send({ path: '/v2/topology', headers: [session] });
    const renewed = cookie(['OPERATE-SESSION', cookieOf(late, 'OPERATE-SESSION')]);
    expect((await open.send({ method: 'POST', path: '/api/logout', headers: [session] })).status).toBe(204);
    expect(await statusOf(open, session)).toBe(401);
    expect(await statusOf(open, renewed)).toBe(401);
  });

  it('is not renewed by a request that was under way when it ended', async () => {
    const asked = Promise.withResolvers<void>();
    const topology = Promise.withResolvers<Topology>();
    const open = await openDoor({
      cluster: {
        topology: () => {
          asked.resolve();
          return topology.promise;
        },
      },
    });
    const session = await operateSession(open);
    open.clock.pass(20 * MINUTE);
    const late = open.send({ path: '/v2/topology', headers: [session] });
    await asked.promise;
    expect((await open.send({ method: 'POST', path: '/api/logout', headers: [session] })).status).toBe(204);
    topology.resolve(await inMemoryCluster().topology());
    const answer = await late;
    expect(answer.status).toBe(200);
    expect(answer.headers.has('set-cookie')).toBe(false);
  });

  it('dies with another password, and with its user, at the next request', async () => {
    const open = await openDoor();
    const session = await operateSession(open);
    open.change({ users: [userOf('demo', '2')] });
    expect(await statusOf(open, session)).toBe(401);
    open.change({ users: RECORDS.users });
    expect(await statusOf(open, session)).toBe(200);
    open.change({ users: [userOf('mary')] });
    expect(await statusOf(open, session)).toBe(401);
  });

  it('has what its user has now, not what he had when it began', async () => {
    const open = await openDoor();
    const session = await operateSession(open);
    expect((await open.send({ ...SEARCH, headers: [session] })).status).toBe(200);
    open.change({ authorizations: [] });
    expect((await open.send({ ...SEARCH, headers: [session] })).status).toBe(403);
  });

  it('is nothing beside a header that does not verify', async () => {
    const open = await openDoor();
    const session = await operateSession(open);
    for (const header of [
      bearer('garbage'),
      ['Authorization', 'Bearer'],
      basic('demo', 'wrong'),
      basic('nobody', 'x'),
      ['Authorization', 'x'],
    ] as const) {
      for (const request of [{ path: '/v2/topology' }, SEARCH, { path: '/v1/topology' }]) {
        expect((await open.send({ ...request, headers: [header, session] })).status).toBe(401);
      }
    }
  });

  it('is ignored beside a header that verifies: that one decides, and no cookie is set', async () => {
    const open = await openDoor();
    const session = await operateSession(open);
    open.clock.pass(20 * MINUTE);
    const answer = await open.send({
      path: '/v2/authentication/me',
      headers: [basic('mary', 'pässwörd:with:colons'), session],
    });
    expect(jsonOf(answer).username).toBe('mary');
    expect(answer.headers.has('set-cookie')).toBe(false);
    expect(answer.headers.has('x-csrf-token')).toBe(false);
  });

  it('is nothing in `oidc`, and nothing to Administration', async () => {
    const secret = { secret: Buffer.alloc(32, 7) };
    const open = await openDoor({ sessions: secret });
    const session = await operateSession(open);
    expect((await open.send({ path: '/admin-api/clusters', headers: [session] })).status).toBe(401);
    const oidc = await openDoor({ method: 'oidc', sessions: secret });
    for (const path of ['/v2/topology', '/v1/topology', '/v1/process-instances/1']) {
      expect((await oidc.send({ path, headers: [session] })).status).toBe(401);
    }
  });

  it('survives a restart with the same key', async () => {
    const secret = { secret: Buffer.alloc(32, 7) };
    const session = await operateSession(await openDoor({ sessions: secret }));
    expect(await statusOf(await openDoor({ sessions: secret }), session)).toBe(200);
  });
});

describe('a request with Basic or Bearer', () => {
  it('never sets a cookie, whatever comes of it', async () => {
    for (const [method, header] of [
      ['basic', basic('demo', 'demo')],
      ['oidc', bearer('worker-token')],
      ['basic', basic('demo', 'x')],
      ['oidc', bearer('x')],
    ] as const) {
      const { send } = await openDoor({ method } satisfies DoorOptions);
      for (const request of [
        { path: '/v2/topology' },
        SEARCH,
        { path: '/v1/process-instances/1' },
        { path: '/v2/nope' },
        { path: '/nope' },
      ]) {
        const answer = await send({
          ...request,
          headers: [header, cookie(['OPERATE-SESSION', 'x'], ['JSESSIONID', 'y'])],
        });
        expect(answer.headers.has('set-cookie')).toBe(false);
      }
    }
  });
});
