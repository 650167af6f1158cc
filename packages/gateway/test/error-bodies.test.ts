import { REFUSALS, type RefusalCode, refuse } from '@stagedoor/access';
import { ClusterError } from '@stagedoor/cluster';
import { afterEach, describe, expect, it } from 'vitest';
import { challengeOf } from '../src/answering/challenge.ts';
import { closeDoors, type DoorOptions, openDoor } from './open-door.ts';
import { type Answer, basic, bearer, headerOf, JSON_TYPE, jsonOf } from './raw-http.ts';

afterEach(closeDoors);

const TOPOLOGY = '/v2/topology';
const DEMO = basic('demo', 'demo');
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

describe('the error body of', () => {
  const unavailable = async (): Promise<never> => {
    throw new ClusterError('UNAVAILABLE', 'no leader');
  };

  it('Orchestration v2 is a problem, with the enum name for what a service said', async () => {
    const { send } = await openDoor({ cluster: { topology: unavailable } });
    const post = { method: 'POST', path: '/v2/process-instances' };
    const unknown = await send({ ...post, headers: [DEMO, JSON_TYPE], body: '{"processDefinitionId":"nope"}' });
    expect(jsonOf(unknown)).toEqual({
      type: 'about:blank',
      title: 'NOT_FOUND',
      status: 404,
      detail:
        "Command 'CREATE' rejected with code 'NOT_FOUND': Expected to find process definition with process ID 'nope', but none found",
      instance: '/v2/process-instances',
    });
    const denied = await send({
      ...post,
      headers: [basic('reader', 'reader-password'), JSON_TYPE],
      body: '{"processDefinitionId":"payment"}',
    });
    expect(jsonOf(denied)).toEqual({
      type: 'about:blank',
      title: 'FORBIDDEN',
      status: 403,
      detail:
        "Command 'CREATE' rejected with code 'FORBIDDEN': Insufficient permissions to perform operation 'CREATE_PROCESS_INSTANCE' on resource 'PROCESS_DEFINITION', required resource identifiers are one of '[*, payment]'",
      instance: '/v2/process-instances',
      code: 'PERMISSION_MISSING',
    });
    const down = await send({ path: TOPOLOGY, headers: [DEMO] });
    expect(down.status).toBe(503);
    expect(jsonOf(down)).toEqual({
      type: 'about:blank',
      title: 'UNAVAILABLE',
      status: 503,
      detail: 'no leader',
      instance: TOPOLOGY,
    });
  });

  it('Operate v1 is a message alone where nobody is let in', async () => {
    const { send } = await openDoor();
    const answer = await send({ path: '/v1/process-instances/1' });
    expect(headerOf(answer, 'content-type')).toBe('application/json;charset=UTF-8');
    expect(jsonOf(answer)).toEqual({ message: 'no credentials were sent', code: 'CREDENTIALS_MISSING' });
  });

  it('Operate v1 has four members from its controllers, and our code beside them', async () => {
    const { send } = await openDoor({ cluster: { processDefinition: unavailable } });
    const missing = await send({ path: '/v1/process-instances/1', headers: [DEMO] });
    expect(headerOf(missing, 'content-type')).toBe('application/problem+json');
    expect(jsonOf(missing)).toEqual({
      status: 404,
      message: 'No process instances found for key 1',
      instance: expect.stringMatching(UUID),
      type: 'Requested resource not found',
    });
    const bad = await send({ path: '/v1/process-instances/abc', headers: [DEMO] });
    expect(jsonOf(bad)).toMatchObject({ status: 400, type: 'Invalid request' });
    const denied = await send({ path: '/v1/process-instances/1', headers: [basic('reader', 'reader-password')] });
    expect(jsonOf(denied)).toEqual({
      status: 403,
      message: 'PROCESS_DEFINITION:*:READ_PROCESS_INSTANCE permissions required to access this resource.',
      instance: expect.stringMatching(UUID),
      type: 'Forbidden resource access',
      code: 'PERMISSION_MISSING',
    });
    const down = await send({ path: '/v1/process-definitions/1', headers: [DEMO] });
    expect(jsonOf(down)).toMatchObject({ status: 503, message: 'no leader', type: 'API application error' });
  });

  it('Operate v1 does not call a refusal forbidden that is none', async () => {
    const oidc = await openDoor({ method: 'oidc' });
    const path = '/v1/process-instances/1';
    expect(jsonOf(await oidc.send({ path: `${path}?access_token=x` }))).toMatchObject({
      status: 400,
      type: 'Invalid request',
    });
    const down = await oidc.send({ path, headers: [bearer('issuer-down-token')] });
    expect(jsonOf(down)).toMatchObject({ status: 503, type: 'API application error' });
  });

  it('Operate v1 is the framework’s for methods, media types and unknown paths', async () => {
    const { send } = await openDoor();
    const path = '/v1/process-instances/search';
    const body = { timestamp: '2026-11-23T10:00:00.000+00:00', path };
    const wrong = await send({ method: 'POST', path, headers: [DEMO, ['Content-Type', 'text/plain']], body: 'x' });
    expect(jsonOf(wrong)).toEqual({ ...body, status: 415, error: 'Unsupported Media Type' });
    expect(jsonOf(await send({ method: 'PUT', path, headers: [DEMO] }))).toEqual({
      ...body,
      status: 405,
      error: 'Method Not Allowed',
    });
    const nope = await send({ path: '/v1/nope', headers: [DEMO] });
    expect(headerOf(nope, 'content-type')).toBe('application/json');
    expect(jsonOf(nope)).toEqual({ ...body, path: '/v1/nope', status: 404, error: 'Not Found' });
  });

  it('Zeebe v1 and Administration are problems', async () => {
    const { send } = await openDoor({ cluster: { topology: unavailable } });
    expect(jsonOf(await send({ path: '/v1/topology' }))).toMatchObject({
      type: 'about:blank',
      title: 'Unauthorized',
      status: 401,
    });
    expect(jsonOf(await send({ path: '/v1/topology', headers: [DEMO] }))).toMatchObject({
      title: 'UNAVAILABLE',
      status: 503,
    });
    const clusters = { path: '/admin-api/clusters', headers: [bearer('worker-token')] };
    expect(jsonOf(await send(clusters))).toMatchObject({ title: 'UNAVAILABLE', status: 503 });
    const denied = await send({ ...clusters, headers: [bearer('bare-token')] });
    expect(headerOf(denied, 'www-authenticate')).toBe(
      'Bearer error="insufficient_scope", error_description="the caller has no authorization for this"',
    );
    expect(jsonOf(denied)).toMatchObject({
      title: 'FORBIDDEN',
      detail: "Unauthorized to perform operation 'READ' on resource 'SYSTEM'",
    });
  });

  it('the 8.6 login is a message, the 8.8 login a problem, and neither has a challenge', async () => {
    const { send } = await openDoor();
    const old = await send({ method: 'POST', path: '/api/login?username=demo&password=x' });
    expect(old.status).toBe(401);
    expect(jsonOf(old)).toEqual({ message: 'the user name or the password is wrong', code: 'PASSWORD_REFUSED' });
    const form = {
      headers: [['Content-Type', 'application/x-www-form-urlencoded']] as const,
      body: 'username=demo&password=x',
    };
    const young = await send({ method: 'POST', path: '/login', ...form });
    expect(jsonOf(young)).toMatchObject({
      type: 'about:blank',
      title: 'Unauthorized',
      status: 401,
      code: 'PASSWORD_REFUSED',
    });
    for (const answer of [old, young]) expect(headerOf(answer, 'www-authenticate')).toBeUndefined();
  });

  it('the front page is the framework’s', async () => {
    const { send } = await openDoor();
    const answer = await send({ method: 'DELETE', path: '/' });
    expect(answer.status).toBe(405);
    expect(jsonOf(answer)).toEqual({
      timestamp: expect.any(String),
      status: 405,
      error: 'Method Not Allowed',
      path: '/',
    });
  });
});

describe('every refusal', () => {
  const codes = Object.keys(REFUSALS) as RefusalCode[];

  it.each(codes)('has a challenge that cannot be broken out of: %s', (code) => {
    for (const scheme of ['Basic', 'Bearer'] as const) {
      const challenge = challengeOf(refuse(code, { detail: '"x\r\n', operator: '"y\r\n' }), scheme, false);
      if (challenge !== null)
        expect(challenge).toMatch(
          /^(?:Basic realm="Stagedoor"|Bearer(?: error="\w+", error_description="[\w ,.':()-]+")?)$/,
        );
      if (REFUSALS[code].status === 401) expect(challenge).not.toBeNull();
      if (REFUSALS[code].status >= 421) expect(challenge).toBeNull();
    }
  });

  it.each(['none', 'basic', 'oidc'] as const)(
    'comes with the security headers in `%s`, as every answer does',
    async (method) => {
      const { send } = await openDoor({ method } satisfies DoorOptions);
      const requests = [
        { path: TOPOLOGY },
        { path: '/v2/license' },
        { path: '/nope' },
        { path: '/v2/%00' },
        { path: '/' },
      ];
      for (const answer of await Promise.all(requests.map(send))) expectSecurityHeaders(answer);
    },
  );
});

function expectSecurityHeaders(answer: Answer): void {
  expect(headerOf(answer, 'x-content-type-options')).toBe('nosniff');
  expect(headerOf(answer, 'cache-control')).toContain('no-store');
  expect(headerOf(answer, 'x-frame-options')).toBe('SAMEORIGIN');
  expect(headerOf(answer, 'cross-origin-resource-policy')).toBe('same-site');
  expect(answer.headers.has('server')).toBe(false);
  expect(answer.headers.has('x-powered-by')).toBe(false);
}
