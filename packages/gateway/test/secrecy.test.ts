import { ClusterError } from '@stagedoor/cluster';
import { afterEach, describe, expect, it } from 'vitest';
import { closeDoors, type DoorOptions, type OpenDoor, openDoor } from './open-door.ts';
import { type Answer, basic, bearer, type Exchange, exchange, FORM_TYPE, JSON_TYPE, jsonOf } from './raw-http.ts';

afterEach(closeDoors);

const CANARY = 'c4n4ry';

/** Everything that the log was told, causes and stacks with it. */
function told({ refused, faults }: OpenDoor): string {
  const written = faults.map(({ error, ...entry }) => ({ ...entry, error: everything(error) }));
  return JSON.stringify([refused, written]);
}

function everything(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return `${error.name} ${error.message} ${error.stack} ${everything(error.cause ?? '')}`;
}

const form = { headers: [FORM_TYPE], body: `username=demo&password=${CANARY}` };
const cookies: readonly [string, string] = [
  'Cookie',
  `OPERATE-SESSION=${CANARY}; camunda-session=${CANARY}; X-CSRF-TOKEN=${CANARY}`,
];

/** A secret at every place where a caller can put one. */
const REQUESTS: readonly (readonly [string, Exchange])[] = [
  ['a password in the query of the 8.6 login', { method: 'POST', path: `/api/login?username=demo&password=${CANARY}` }],
  ['a password in the form of the 8.6 login', { method: 'POST', path: '/api/login', ...form }],
  ['a password in the form of the 8.8 login', { method: 'POST', path: '/login', ...form }],
  ['a password in the query of the 8.8 login', { method: 'POST', path: `/login?username=demo&password=${CANARY}` }],
  [
    'a password in a form field that is there twice',
    { method: 'POST', path: '/login', headers: [FORM_TYPE], body: `password=${CANARY}&password=${CANARY}` },
  ],
  [
    'a password in JSON at a login',
    { method: 'POST', path: '/login', headers: [JSON_TYPE], body: `{"password":"${CANARY}"}` },
  ],
  ['a wrong Basic password', { path: '/v2/topology', headers: [basic('demo', CANARY)] }],
  ['a password where the name should be', { path: '/v1/topology', headers: [basic(CANARY, 'x')] }],
  ['a Basic header that cannot be read', { path: '/v2/topology', headers: [['Authorization', `Basic ${CANARY}:!`]] }],
  ['a header of an unknown scheme', { path: '/v2/topology', headers: [['Authorization', `${CANARY} ${CANARY}`]] }],
  ['a wrong token', { path: '/v2/topology', headers: [bearer(CANARY)] }],
  ['a wrong token at Administration', { path: '/admin-api/clusters', headers: [bearer(CANARY)] }],
  ['a token that cannot be read', { path: '/v2/topology', headers: [['Authorization', `Bearer ${CANARY}"`]] }],
  ['two tokens', { path: '/v2/topology', headers: [bearer(CANARY), bearer(`${CANARY}2`)] }],
  ['a token in the query', { path: `/v2/topology?access_token=${CANARY}` }],
  ['a token in the query of an unknown path', { path: `/v2/nope?access_token=${CANARY}` }],
  ['a token in the query of a path that nobody has', { path: `/nope?access_token=${CANARY}` }],
  ['a token in the query of an ambiguous path', { path: `/v2/%00?access_token=${CANARY}` }],
  ['cookies', { path: '/v2/topology', headers: [cookies] }],
  [
    'cookies of an unsafe request',
    { method: 'POST', path: '/v1/process-instances/search', headers: [cookies, ['X-CSRF-TOKEN', CANARY]] },
  ],
  ['a strange Host', { path: '/v2/topology', headers: [['Host', `${CANARY}.example`]] }],
  ['a foreign Origin', { method: 'POST', path: '/api/login', headers: [['Origin', `http://${CANARY}.example`]] }],
  [
    'a setup code',
    {
      method: 'POST',
      path: '/v2/setup/user',
      headers: [JSON_TYPE, ['Stagedoor-Setup-Code', CANARY]],
      body: `{"username":"x","password":"${CANARY}"}`,
    },
  ],
  [
    'a password of a set-up that cannot be read',
    { method: 'POST', path: '/v2/setup/user', headers: [JSON_TYPE], body: `{"username":"x","password":"${CANARY}"` },
  ],
  [
    'a password of a wrong type',
    { method: 'POST', path: '/v2/setup/user', headers: [JSON_TYPE], body: `{"username":"x","password":["${CANARY}"]}` },
  ],
  [
    'a body that is no JSON',
    { method: 'POST', path: '/v2/process-instances', headers: [basic('demo', 'demo'), JSON_TYPE], body: CANARY },
  ],
];

describe('a secret', () => {
  it.each(REQUESTS)('is in no log and no answer: %s', async (_what, request) => {
    for (const method of ['none', 'basic', 'oidc'] as const) {
      const open = await openDoor({ method, records: { administratorHasExisted: false } });
      const answer = await open.send(request);
      expect(textOf(answer)).not.toContain(CANARY);
      expect(told(open)).not.toContain(CANARY);
      expect(JSON.stringify([...open.door.metrics.refusals])).not.toContain(CANARY);
    }
  });

  it('is in no answer that the parser gives', async () => {
    const { port } = await openDoor();
    const answer = await exchange(port, { path: '/v2/topology', headers: [bearer(CANARY.repeat(10_000))] });
    expect(answer.status).toBe(431);
    expect(textOf(answer)).not.toContain(CANARY);
  });

  it('of a session is in no log when its CSRF token is missing', async () => {
    const open = await openDoor();
    const login = await open.send({
      method: 'POST',
      path: '/login',
      headers: [FORM_TYPE],
      body: 'username=demo&password=demo',
    });
    const session = (login.headers.get('set-cookie') ?? []).map((line) => line.split(';', 1)[0]).join('; ');
    const answer = await open.send({
      method: 'POST',
      path: '/v1/process-instances/search',
      headers: [['Cookie', session]],
    });
    expect(answer.status).toBe(403);
    const value = session.slice('camunda-session='.length, 60);
    expect(told(open)).not.toContain(value);
    expect(textOf(answer)).not.toContain(value);
  });
});

function textOf(answer: Answer): string {
  return JSON.stringify([answer.reason, [...answer.headers], answer.body]);
}

describe('a fault', () => {
  const breaks = async (): Promise<never> => {
    throw new Error(`${CANARY} at /srv/secret`, { cause: new Error(CANARY) });
  };
  const throwsAtOnce = (): never => {
    throw new TypeError(CANARY);
  };

  it.each([
    ['v2', '/v2/topology', 'GET'],
    ['Zeebe v1', '/v1/topology', 'GET'],
    ['Operate v1', '/v1/process-instances/1', 'GET'],
    ['Operate v1 search', '/v1/process-instances/search', 'POST'],
    ['v2 looking something up', '/v2/process-instances', 'POST'],
  ])('of a handler is 500 with an id that the log has too, and not a word of it: %s', async (_what, path, method) => {
    for (const fail of [breaks, throwsAtOnce]) {
      const cluster = { topology: fail, processInstance: fail, searchProcessInstances: fail, resolveProcess: fail };
      const open = await openDoor({ cluster } satisfies DoorOptions);
      const headers = [basic('demo', 'demo'), JSON_TYPE];
      const answer = await open.send({
        method,
        path: `${path}`,
        headers,
        ...(method === 'POST' ? { body: '{"processDefinitionId":"order"}' } : {}),
      });
      if (path.endsWith('search')) expect(answer.status).toBe(500);
      expect(answer.status).toBe(500);
      expect(textOf(answer)).not.toMatch(/c4n4ry|TypeError|at \/|\.ts:/);
      const [id] = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(answer.body) ?? [''];
      expect(open.faults).toHaveLength(1);
      expect(open.faults[0]).toMatchObject({ method, path });
      expect(told(open)).toContain(id);
      expect(told(open)).toContain(CANARY);
    }
  });

  it('of something that is no Error is 500 too', async () => {
    const open = await openDoor({ cluster: { topology: () => Promise.reject(CANARY) } });
    const answer = await open.send({ path: '/v2/topology', headers: [basic('demo', 'demo')] });
    expect(answer.status).toBe(500);
    expect(textOf(answer)).not.toContain(CANARY);
  });

  it('is not what a cluster refuses: those words are the caller’s', async () => {
    const refuses = async (): Promise<never> => {
      throw new ClusterError('RESOURCE_EXHAUSTED', 'too much at once', { cause: new Error(CANARY) });
    };
    const open = await openDoor({
      cluster: { healthy: refuses, resolveProcess: refuses, processDefinitionXml: refuses },
    });
    const start = {
      method: 'POST',
      path: '/v2/process-instances',
      headers: [basic('demo', 'demo'), JSON_TYPE],
      body: '{"processDefinitionId":"order"}',
    };
    for (const request of [
      { path: '/v2/status' },
      start,
      { path: '/v1/process-definitions/2251799813685250/xml', headers: [basic('demo', 'demo')] },
    ]) {
      const answer = await open.send(request);
      expect(answer.status).toBe(503);
      expect(answer.body).toContain('too much at once');
      expect(textOf(answer)).not.toContain(CANARY);
    }
    expect(open.faults).toEqual([]);
  });

  it('does not stop the next request', async () => {
    let calls = 0;
    const open = await openDoor({
      cluster: {
        healthy: async () => {
          calls += 1;
          if (calls === 1) throw new Error('once');
          return calls === 2;
        },
      },
    });
    const statuses = [];
    for (let index = 0; index < 3; index++) statuses.push((await open.send({ path: '/v2/status' })).status);
    expect(statuses).toEqual([500, 204, 503]);
    expect(open.faults).toHaveLength(1);
  });
});

describe('the log', () => {
  it('has of a refusal what an operator needs: who, what, why, and where it was refused', async () => {
    const open = await openDoor();
    await open.send({ method: 'POST', path: '/v2/deployments?x=1', headers: [basic('mary', 'pässwörd:with:colons')] });
    expect(open.refused).toEqual([
      {
        code: 'PERMISSION_MISSING',
        step: 'decision',
        status: 403,
        method: 'POST',
        path: '/v2/deployments',
        reason: 'missing RESOURCE:CREATE',
        address: '127.0.0.1',
      },
    ]);
  });

  it('has the operator’s reason of a token that was refused, where the caller has only ours', async () => {
    const open = await openDoor({ method: 'oidc' });
    const answer = await open.send({ path: '/v2/topology', headers: [bearer('expired-token')] });
    expect(jsonOf(answer).detail).toBe('the token has expired');
    expect(open.refused[0]).toMatchObject({
      code: 'TOKEN_EXPIRED',
      step: 'authentication',
      reason: 'refused as TOKEN_EXPIRED',
    });
  });

  it('has nothing of what was served', async () => {
    const open = await openDoor();
    await open.send({ path: '/v2/topology', headers: [basic('demo', 'demo')] });
    await open.send({ path: '/v2/nope', headers: [basic('demo', 'demo')] });
    expect([...open.refused, ...open.faults]).toEqual([]);
  });
});
