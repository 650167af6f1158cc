import { REFUSALS, type RefusalCode, refuse } from '@stagedoor/access';
import { ClusterError } from '@stagedoor/cluster';
import { afterEach, describe, expect, it } from 'vitest';
import { challengeOf } from '../src/challenge.ts';
import { closeDoors, type DoorOptions, openDoor } from './open-door.ts';
import { type Answer, basic, bearer, exchangeBytes, headerOf, JSON_TYPE, jsonOf, parseAnswer } from './raw-http.ts';

afterEach(closeDoors);

const TOPOLOGY = '/v2/topology';
const DEMO = basic('demo', 'demo');
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

describe('a request without credentials', () => {
  it('is challenged for Basic without an error code, and told nothing but that', async () => {
    const { send } = await openDoor();
    const answer = await send({ path: `${TOPOLOGY}?a=secret` });
    expect(answer.status).toBe(401);
    expect(headerOf(answer, 'www-authenticate')).toBe('Basic realm="Stagedoor"');
    expect(headerOf(answer, 'content-type')).toBe('application/problem+json');
    expect(jsonOf(answer)).toEqual({
      type: 'about:blank',
      title: 'Unauthorized',
      status: 401,
      detail: 'no credentials were sent',
      instance: TOPOLOGY,
      code: 'CREDENTIALS_MISSING',
    });
  });

  it('is challenged for Bearer without an error code', async () => {
    const { send } = await openDoor({ method: 'oidc' });
    const answer = await send({ path: TOPOLOGY });
    expect(headerOf(answer, 'www-authenticate')).toBe('Bearer');
    expect(jsonOf(answer).code).toBe('CREDENTIALS_MISSING');
  });

  it('is not challenged for Basic where a script sent it, whose browser would open a dialog', async () => {
    const { send } = await openDoor();
    const headers = [['X-Requested-With', 'XMLHttpRequest']] as const;
    for (const answer of [await send({ path: TOPOLOGY, headers }), await send({ path: TOPOLOGY, headers: [...headers, basic('demo', 'x')] })]) {
      expect(answer.status).toBe(401);
      expect(headerOf(answer, 'www-authenticate')).toBeUndefined();
      expect(jsonOf(answer).status).toBe(401);
    }
  });

  it('is challenged for Bearer where a script sent it: no browser opens a dialog for that', async () => {
    const { send } = await openDoor({ method: 'oidc' });
    const headers = [['X-Requested-With', 'XMLHttpRequest']] as const;
    expect(headerOf(await send({ path: TOPOLOGY, headers }), 'www-authenticate')).toBe('Bearer');
  });

  it.each([
    ['malformed JSON', '/v2/process-instances', '{'],
    ['an unknown member', '/v2/process-instances', '{"nope":1}'],
    ['a bad search', '/v1/process-instances/search', '{"size":0}'],
    ['a body of 5 MB', '/v2/process-instances', Buffer.alloc(5 * 1024 * 1024, 32)],
    ['a broken multipart body', '/v2/deployments', 'x'],
  ])('is 401 before its body is looked at: %s', async (_what, path, body) => {
    const { send } = await openDoor();
    for (const type of ['application/json', 'text/plain', 'multipart/form-data', 'nonsense']) {
      const answer = await send({ method: 'POST', path, headers: [['Content-Type', type]], body });
      expect(answer.status).toBe(401);
      expect(headerOf(answer, 'www-authenticate')).toBe('Basic realm="Stagedoor"');
    }
  });

  it('is 401 before its body has arrived', async () => {
    const { port } = await openDoor();
    const lines = ['POST /v2/process-instances HTTP/1.1', 'Host: localhost', 'Content-Type: application/json', 'Connection: close'];
    const answer = parseAnswer(await exchangeBytes(port, `${lines.join('\r\n')}\r\nContent-Length: 1000000\r\n\r\n{`));
    expect(answer.status).toBe(401);
  });

  it('is 401 before its path parameters and its query are looked at', async () => {
    const { send } = await openDoor();
    for (const path of ['/v1/process-instances/abc', '/v2/topology?nope=1', `/v1/process-definitions/${'9'.repeat(2000)}`]) {
      expect((await send({ path })).status).toBe(401);
    }
  });
});

describe('a request that cannot be served', () => {
  it('is 403 before its media type and its body are looked at', async () => {
    const { send } = await openDoor();
    for (const type of ['application/json', 'text/plain']) {
      const headers = [basic('mary', 'pässwörd:with:colons'), ['Content-Type', type]] as const;
      expect((await send({ method: 'POST', path: '/v1/process-instances/search', headers, body: '{' })).status).toBe(403);
      expect((await send({ method: 'POST', path: '/v2/deployments', headers, body: '{' })).status).toBe(403);
    }
  });

  it.each([
    ['POST', '/v2/process-instances', 'text/plain'],
    ['POST', '/v2/process-instances', 'application/jsonx'],
    ['POST', '/v2/process-instances', 'text/json'],
    ['POST', '/v2/process-instances', 'multipart/form-data; boundary=x'],
    ['POST', '/v2/process-instances', 'application/x-www-form-urlencoded'],
    ['POST', '/v2/process-instances', 'nonsense'],
    ['POST', '/v2/deployments', 'application/json'],
    ['POST', '/v2/deployments', 'multipart/mixed; boundary=x'],
  ])('is 415 for %s %s with Content-Type %j, before its body is looked at', async (method, path, type) => {
    const { send } = await openDoor();
    const answer = await send({ method, path, headers: [DEMO, ['Content-Type', type]], body: '{' });
    expect(answer.status).toBe(415);
    expect(jsonOf(answer)).toMatchObject({ title: 'Unsupported Media Type', status: 415, instance: path });
  });

  it('is 415 without a Content-Type', async () => {
    const { send } = await openDoor();
    const answer = await send({ method: 'POST', path: '/v2/process-instances', headers: [DEMO], body: '{}' });
    expect(answer.status).toBe(415);
  });

  it.each(['application/json', 'APPLICATION/JSON', 'application/json; charset=utf-8', 'application/vnd.camunda.api.keys.string+json'])(
    'is read with the Content-Type %j',
    async (type) => {
      const { send } = await openDoor();
      const body = '{"processDefinitionId":"order"}';
      const answer = await send({ method: 'POST', path: '/v2/process-instances', headers: [DEMO, ['Content-Type', type]], body });
      expect(answer.status).toBe(200);
    },
  );

  it('is 413 where its body is too large, by its length or by counting', async () => {
    const { send } = await openDoor();
    const body = Buffer.alloc(5 * 1024 * 1024, 32);
    const request = { method: 'POST', path: '/v2/process-instances', headers: [DEMO, JSON_TYPE] } as const;
    const chunked = Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n0\r\n\r\n')]);
    for (const answer of [
      await send({ ...request, body }),
      await send({ ...request, headers: [...request.headers, ['Transfer-Encoding', 'chunked']], body: chunked }),
    ]) {
      expect(answer.status).toBe(413);
      expect(jsonOf(answer)).toMatchObject({ type: 'about:blank', title: 'Payload Too Large', status: 413 });
    }
    expect((await send({ path: TOPOLOGY, headers: [DEMO] })).status).toBe(200);
  });

  it('is 413 far earlier where everybody may send it', async () => {
    const { send } = await openDoor();
    const body = `username=demo&password=${'x'.repeat(100_000)}`;
    for (const path of ['/api/login', '/login']) {
      const headers = [['Content-Type', 'application/x-www-form-urlencoded']] as const;
      expect((await send({ method: 'POST', path, headers, body })).status).toBe(413);
    }
    const setup = `{"username":"first","password":"${'x'.repeat(100_000)}"}`;
    expect((await send({ method: 'POST', path: '/v2/setup/user', headers: [JSON_TYPE], body: setup })).status).toBe(413);
  });

  it('is 406 where only XML is to be had and only JSON is wanted', async () => {
    const { send } = await openDoor();
    const path = '/v1/process-definitions/2251799813685250/xml';
    const answer = await send({ path, headers: [DEMO, ['Accept', 'application/json']] });
    expect(answer.status).toBe(406);
    expect(jsonOf(answer)).toMatchObject({ status: 406, error: 'Not Acceptable', path });
    for (const accept of ['text/xml', '*/*', 'text/*', 'application/json, text/xml;q=0.5']) {
      const xml = await send({ path, headers: [DEMO, ['Accept', accept]] });
      expect(headerOf(xml, 'content-type')).toBe('text/xml;charset=UTF-8');
      expect(xml.body).toBe('<bpmn/>');
    }
  });
});

describe('a method that a path does not have', () => {
  it.each([
    ['DELETE', TOPOLOGY, 'GET, HEAD, OPTIONS'],
    ['POST', '/v1/topology', 'GET, HEAD, OPTIONS'],
    ['GET', '/v2/process-instances', 'POST, OPTIONS'],
    ['PATCH', '/v1/process-instances/1', 'GET, HEAD, OPTIONS'],
    ['GET', '/v1/process-instances/search', 'POST, OPTIONS'],
    ['GET', '/api/login', 'POST, OPTIONS'],
    ['PUT', '/', 'GET, HEAD, OPTIONS'],
  ])('is 401 without credentials, and 405 with Allow with them: %s %s', async (method, path, allow) => {
    const { send } = await openDoor();
    expect((await send({ method, path })).status).toBe(401);
    const answer = await send({ method, path, headers: [DEMO] });
    expect(answer.status).toBe(405);
    expect(headerOf(answer, 'allow')).toBe(allow);
    expect(jsonOf(answer).status).toBe(405);
  });

  it('is 405 in Administration for tokens only', async () => {
    const { send } = await openDoor();
    const request = { method: 'PUT', path: '/clusters/x/clients' };
    expect((await send({ ...request, headers: [DEMO] })).status).toBe(401);
    const answer = await send({ ...request, headers: [bearer('worker-token')] });
    expect(answer.status).toBe(405);
    expect(headerOf(answer, 'allow')).toBe('POST, GET, HEAD, OPTIONS');
  });

  it.each(['TRACE', 'PROPFIND', 'QUERY', 'PURGE', 'LINK'])('is 405 for everybody where no path has it: %s', async (method) => {
    const { send } = await openDoor();
    for (const path of [TOPOLOGY, '/nope', '/v2/nope']) {
      const answer = await send({ method, path, headers: [['X-Secret', 'c4n4ry']] });
      expect(answer.status).toBe(405);
      expect(headerOf(answer, 'allow')).toBe('GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS');
      expect(answer.body).not.toContain('c4n4ry');
    }
  });

  it('is not put in its place by a header', async () => {
    const { send } = await openDoor();
    const headers = [DEMO, ['X-HTTP-Method-Override', 'GET'], ['X-Method-Override', 'GET']] as const;
    expect((await send({ method: 'DELETE', path: TOPOLOGY, headers })).status).toBe(405);
  });
});

describe('OPTIONS', () => {
  it('says which methods there are to those who may ask, and 401 to others', async () => {
    const { send } = await openDoor();
    for (const path of [TOPOLOGY, '/v1/process-instances/search', '/operate/v1/process-instances/1']) {
      expect((await send({ method: 'OPTIONS', path })).status).toBe(401);
      const answer = await send({ method: 'OPTIONS', path, headers: [DEMO] });
      expect(answer.status).toBe(200);
      expect(headerOf(answer, 'allow')).toContain('OPTIONS');
    }
  });

  it('says it to everybody where everything is for everybody', async () => {
    const { send } = await openDoor();
    expect(headerOf(await send({ method: 'OPTIONS', path: '/v2/status' }), 'allow')).toBe('GET, HEAD, OPTIONS');
    expect(headerOf(await send({ method: 'OPTIONS', path: '/v2/setup/user' }), 'allow')).toBe('POST, OPTIONS');
  });

  it('lets no page of another origin in, in any method', async () => {
    for (const method of ['none', 'basic', 'oidc'] as const) {
      const { send } = await openDoor({ method });
      const headers = [['Origin', 'http://evil.example'], ['Access-Control-Request-Method', 'POST']] as const;
      for (const path of [TOPOLOGY, '/v2/license', '/v2/deployments', '/v2/nope', '/nope', '/']) {
        const answer = await send({ method: 'OPTIONS', path, headers });
        expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
      }
    }
  });
});

describe('HEAD', () => {
  it('has the status and the headers of GET and no body', async () => {
    const { send } = await openDoor();
    for (const [path, headers] of [[TOPOLOGY, [DEMO]], [TOPOLOGY, []], ['/v2/license', []], ['/', []]] as const) {
      const [get, head] = [await send({ path, headers }), await send({ method: 'HEAD', path, headers })];
      expect(head.status).toBe(get.status);
      expect(headerOf(head, 'content-length')).toBe(headerOf(get, 'content-length'));
      expect(headerOf(head, 'www-authenticate')).toBe(headerOf(get, 'www-authenticate'));
    }
  });

  it('leaves the connection ready for the next request', async () => {
    const { port } = await openDoor();
    const head = `HEAD /v2/license HTTP/1.1\r\nHost: localhost\r\n\r\n`;
    const get = 'GET /v2/license HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
    const text = await exchangeBytes(port, head + get);
    expect(text.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
    expect(text.match(/"validLicense"/g)).toHaveLength(1);
  });
});

describe('an unknown path', () => {
  it.each(['/v2', '/v2/', '/v2/nope', '/v2/topology/', '/v2/Topology', '/v2//topology', '/v1/nope', '/v1', '/operate/v1/nope', '/api/nope', '/v2/topology/x'])(
    'below an API is 401 without credentials and 404 with them: %s',
    async (path) => {
      const { send } = await openDoor();
      for (const method of ['GET', 'POST', 'DELETE', 'HEAD', 'OPTIONS']) {
        expect((await send({ method, path })).status).toBe(401);
        expect((await send({ method, path, headers: [DEMO] })).status).toBe(404);
      }
    },
  );

  it.each(['/nope', '/V2/topology', '/v3/topology', '/v2nope', '/actuator/health', '/actuator', '/operate', '/favicon.ico', '/.env'])(
    'elsewhere is a plain 404 for everybody: %s',
    async (path) => {
      const { send } = await openDoor();
      for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS']) {
        const answer = await send({ method, path });
        expect(answer.status).toBe(404);
        expect(headerOf(answer, 'www-authenticate')).toBeUndefined();
        expect(jsonOf(answer)).not.toHaveProperty('code');
      }
    },
  );

  it('is judged before a body is read, and in our words', async () => {
    const { send } = await openDoor();
    const body = Buffer.alloc(5 * 1024 * 1024, 32);
    for (const [path, status] of [['/v2/nope', 401], ['/nope', 404]] as const) {
      for (const type of ['nonsense', 'application/json', 'multipart/form-data']) {
        const answer = await send({ method: 'POST', path, headers: [['Content-Type', type]], body });
        expect(answer.status).toBe(status);
        expect(answer.body).not.toContain('FST_');
      }
    }
  });

  it('is the caller’s to ask for in `none`, where nobody says who he is', async () => {
    const { send } = await openDoor({ method: 'none' });
    expect((await send({ path: '/v2/nope' })).status).toBe(404);
    expect((await send({ path: '/admin-api/nope' })).status).toBe(401);
  });
});

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
    const denied = await send({ ...post, headers: [basic('reader', 'reader-password'), JSON_TYPE], body: '{"processDefinitionId":"payment"}' });
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
    expect(jsonOf(down)).toEqual({ type: 'about:blank', title: 'UNAVAILABLE', status: 503, detail: 'no leader', instance: TOPOLOGY });
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
    expect(jsonOf(await oidc.send({ path: `${path}?access_token=x` }))).toMatchObject({ status: 400, type: 'Invalid request' });
    const down = await oidc.send({ path, headers: [bearer('issuer-down-token')] });
    expect(jsonOf(down)).toMatchObject({ status: 503, type: 'API application error' });
  });

  it('Operate v1 is the framework’s for methods, media types and unknown paths', async () => {
    const { send } = await openDoor();
    const path = '/v1/process-instances/search';
    const body = { timestamp: '2026-11-23T10:00:00.000+00:00', path };
    const wrong = await send({ method: 'POST', path, headers: [DEMO, ['Content-Type', 'text/plain']], body: 'x' });
    expect(jsonOf(wrong)).toEqual({ ...body, status: 415, error: 'Unsupported Media Type' });
    expect(jsonOf(await send({ method: 'PUT', path, headers: [DEMO] }))).toEqual({ ...body, status: 405, error: 'Method Not Allowed' });
    const nope = await send({ path: '/v1/nope', headers: [DEMO] });
    expect(headerOf(nope, 'content-type')).toBe('application/json');
    expect(jsonOf(nope)).toEqual({ ...body, path: '/v1/nope', status: 404, error: 'Not Found' });
  });

  it('Zeebe v1 and Administration are problems', async () => {
    const { send } = await openDoor({ cluster: { topology: unavailable } });
    expect(jsonOf(await send({ path: '/v1/topology' }))).toMatchObject({ type: 'about:blank', title: 'Unauthorized', status: 401 });
    expect(jsonOf(await send({ path: '/v1/topology', headers: [DEMO] }))).toMatchObject({ title: 'UNAVAILABLE', status: 503 });
    const clusters = { path: '/admin-api/clusters', headers: [bearer('worker-token')] };
    expect(jsonOf(await send(clusters))).toMatchObject({ title: 'UNAVAILABLE', status: 503 });
    const denied = await send({ ...clusters, headers: [bearer('bare-token')] });
    expect(headerOf(denied, 'www-authenticate')).toBe(
      'Bearer error="insufficient_scope", error_description="the caller has no authorization for this"',
    );
    expect(jsonOf(denied)).toMatchObject({ title: 'FORBIDDEN', detail: "Unauthorized to perform operation 'READ' on resource 'SYSTEM'" });
  });

  it('the 8.6 login is a message, the 8.8 login a problem, and neither has a challenge', async () => {
    const { send } = await openDoor();
    const old = await send({ method: 'POST', path: '/api/login?username=demo&password=x' });
    expect(old.status).toBe(401);
    expect(jsonOf(old)).toEqual({ message: 'the user name or the password is wrong', code: 'PASSWORD_REFUSED' });
    const form = { headers: [['Content-Type', 'application/x-www-form-urlencoded']] as const, body: 'username=demo&password=x' };
    const young = await send({ method: 'POST', path: '/login', ...form });
    expect(jsonOf(young)).toMatchObject({ type: 'about:blank', title: 'Unauthorized', status: 401, code: 'PASSWORD_REFUSED' });
    for (const answer of [old, young]) expect(headerOf(answer, 'www-authenticate')).toBeUndefined();
  });

  it('the front page is the framework’s', async () => {
    const { send } = await openDoor();
    const answer = await send({ method: 'DELETE', path: '/' });
    expect(answer.status).toBe(401);
    expect(jsonOf(answer)).toMatchObject({ status: 401, error: 'Unauthorized', path: '/', code: 'CREDENTIALS_MISSING' });
  });
});

describe('every refusal', () => {
  const codes = Object.keys(REFUSALS) as RefusalCode[];

  it.each(codes)('has a challenge that cannot be broken out of: %s', (code) => {
    for (const scheme of ['Basic', 'Bearer'] as const) {
      const challenge = challengeOf(refuse(code, { detail: '"x\r\n', operator: '"y\r\n' }), scheme, false);
      if (challenge !== null) expect(challenge).toMatch(/^(?:Basic realm="Stagedoor"|Bearer(?: error="\w+", error_description="[\w ,.':()-]+")?)$/);
      if (REFUSALS[code].status === 401) expect(challenge).not.toBeNull();
      if (REFUSALS[code].status >= 421) expect(challenge).toBeNull();
    }
  });

  it.each(['none', 'basic', 'oidc'] as const)('comes with the security headers in `%s`, as every answer does', async (method) => {
    const { send } = await openDoor({ method } satisfies DoorOptions);
    const requests = [{ path: TOPOLOGY }, { path: '/v2/license' }, { path: '/nope' }, { path: '/v2/%00' }, { path: '/' }];
    for (const answer of await Promise.all(requests.map(send))) expectSecurityHeaders(answer);
  });
});

function expectSecurityHeaders(answer: Answer): void {
  expect(headerOf(answer, 'x-content-type-options')).toBe('nosniff');
  expect(headerOf(answer, 'cache-control')).toContain('no-store');
  expect(headerOf(answer, 'x-frame-options')).toBe('SAMEORIGIN');
  expect(headerOf(answer, 'cross-origin-resource-policy')).toBe('same-site');
  expect(answer.headers.has('server')).toBe(false);
  expect(answer.headers.has('x-powered-by')).toBe(false);
}
