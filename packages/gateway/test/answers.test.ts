import { afterEach, describe, expect, it } from 'vitest';
import { closeDoors, openDoor } from './open-door.ts';
import { basic, bearer, exchangeBytes, headerOf, JSON_TYPE, jsonOf, parseAnswer } from './raw-http.ts';

afterEach(closeDoors);

const TOPOLOGY = '/v2/topology';
const DEMO = basic('demo', 'demo');

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
    for (const answer of [
      await send({ path: TOPOLOGY, headers }),
      await send({ path: TOPOLOGY, headers: [...headers, basic('demo', 'x')] }),
    ]) {
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
    const lines = [
      'POST /v2/process-instances HTTP/1.1',
      'Host: localhost',
      'Content-Type: application/json',
      'Connection: close',
    ];
    const answer = parseAnswer(await exchangeBytes(port, `${lines.join('\r\n')}\r\nContent-Length: 1000000\r\n\r\n{`));
    expect(answer.status).toBe(401);
  });

  it('is 401 before its path parameters and its query are looked at', async () => {
    const { send } = await openDoor();
    for (const path of [
      '/v1/process-instances/abc',
      '/v2/topology?nope=1',
      `/v1/process-definitions/${'9'.repeat(2000)}`,
    ]) {
      expect((await send({ path })).status).toBe(401);
    }
  });
});

describe('a request that cannot be served', () => {
  it('is 403 before its media type and its body are looked at', async () => {
    const { send } = await openDoor();
    for (const type of ['application/json', 'text/plain']) {
      const headers = [basic('mary', 'pässwörd:with:colons'), ['Content-Type', type]] as const;
      expect((await send({ method: 'POST', path: '/v1/process-instances/search', headers, body: '{' })).status).toBe(
        403,
      );
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

  it.each([
    'application/json',
    'APPLICATION/JSON',
    'application/json; charset=utf-8',
    'application/vnd.camunda.api.keys.string+json',
  ])('is read with the Content-Type %j', async (type) => {
    const { send } = await openDoor();
    const body = '{"processDefinitionId":"order"}';
    const answer = await send({
      method: 'POST',
      path: '/v2/process-instances',
      headers: [DEMO, ['Content-Type', type]],
      body,
    });
    expect(answer.status).toBe(200);
  });

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
    expect((await send({ method: 'POST', path: '/v2/setup/user', headers: [JSON_TYPE], body: setup })).status).toBe(
      413,
    );
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
    ['PATCH', '/v1/process-instances/1', 'GET, DELETE, HEAD, OPTIONS'],
    ['GET', '/v1/process-instances/search', 'POST, OPTIONS'],
  ])('is 401 without credentials, and 405 with Allow with them: %s %s', async (method, path, allow) => {
    const { send } = await openDoor();
    expect((await send({ method, path })).status).toBe(401);
    const answer = await send({ method, path, headers: [DEMO] });
    expect(answer.status).toBe(405);
    expect(headerOf(answer, 'allow')).toBe(allow);
    expect(jsonOf(answer).status).toBe(405);
  });

  it.each([
    ['GET', '/api/login', 'POST, OPTIONS'],
    ['PUT', '/', 'GET, HEAD, OPTIONS'],
  ])('is 405 for everybody where the path is: %s %s', async (method, path, allow) => {
    const { send } = await openDoor();
    const answer = await send({ method, path });
    expect(answer.status).toBe(405);
    expect(headerOf(answer, 'allow')).toBe(allow);
  });

  it('is 405 in Administration for tokens only', async () => {
    const { send } = await openDoor();
    const request = { method: 'PUT', path: '/clusters/x/clients' };
    expect((await send({ ...request, headers: [DEMO] })).status).toBe(401);
    const answer = await send({ ...request, headers: [bearer('worker-token')] });
    expect(answer.status).toBe(405);
    expect(headerOf(answer, 'allow')).toBe('POST, GET, HEAD, OPTIONS');
  });

  it.each(['TRACE', 'PROPFIND', 'QUERY', 'PURGE', 'LINK'])(
    'is 405 for everybody where no path has it: %s',
    async (method) => {
      const { send } = await openDoor();
      for (const path of [TOPOLOGY, '/nope', '/v2/nope']) {
        const answer = await send({ method, path, headers: [['X-Secret', 'c4n4ry']] });
        expect(answer.status).toBe(405);
        expect(headerOf(answer, 'allow')).toBe('GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS');
        expect(answer.body).not.toContain('c4n4ry');
      }
    },
  );

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
      const headers = [
        ['Origin', 'http://evil.example'],
        ['Access-Control-Request-Method', 'POST'],
      ] as const;
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
    for (const [path, headers] of [
      [TOPOLOGY, [DEMO]],
      [TOPOLOGY, []],
      ['/v2/license', []],
      ['/', []],
    ] as const) {
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
  it.each([
    '/v2',
    '/v2/',
    '/v2/nope',
    '/v2/topology/',
    '/v2/Topology',
    '/v1/nope',
    '/v1',
    '/operate/v1/nope',
    '/api/nope',
    '/v2/topology/x',
  ])('below an API is 401 without credentials and 404 with them: %s', async (path) => {
    const { send } = await openDoor();
    for (const method of ['GET', 'POST', 'DELETE', 'HEAD', 'OPTIONS']) {
      expect((await send({ method, path })).status).toBe(401);
      expect((await send({ method, path, headers: [DEMO] })).status).toBe(404);
    }
  });

  it.each([
    '/nope',
    '/V2/topology',
    '/v3/topology',
    '/v2nope',
    '/actuator/health',
    '/actuator',
    '/operate',
    '/favicon.ico',
    '/.env',
  ])('elsewhere is a plain 404 for everybody: %s', async (path) => {
    const { send } = await openDoor();
    for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS']) {
      const answer = await send({ method, path });
      expect(answer.status).toBe(404);
      expect(headerOf(answer, 'www-authenticate')).toBeUndefined();
      expect(jsonOf(answer)).not.toHaveProperty('code');
    }
  });

  it('is judged before a body is read, and in our words', async () => {
    const { send } = await openDoor();
    const body = Buffer.alloc(5 * 1024 * 1024, 32);
    for (const [path, status] of [
      ['/v2/nope', 401],
      ['/nope', 404],
    ] as const) {
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

describe('a body that was refused unread', () => {
  const smuggled = 'GET /v2/status HTTP/1.1\r\nHost: localhost\r\n\r\n';
  const next = 'GET /v2/license HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';

  it.each([
    [401, 'POST /v2/process-instances', ['Content-Type: application/json']],
    [401, 'POST /v2/nope', ['Content-Type: application/json']],
    [404, 'POST /nope', []],
    [400, 'POST /v2/%00', []],
    [405, 'TRACE /v2/topology', []],
    [403, 'POST /api/logout', ['Origin: http://evil.example']],
    [415, 'POST /v2/process-instances', ['Content-Type: text/plain', DEMO.join(': ')]],
  ] as const)('is never taken for the next request: %i for %s', async (status, line, headers) => {
    const { port } = await openDoor();
    const chunk = `${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`;
    for (const [length, body] of [
      [`Content-Length: ${smuggled.length}`, smuggled],
      ['Transfer-Encoding: chunked', chunk],
    ] as const) {
      const head = [`${line} HTTP/1.1`, 'Host: localhost', length, ...headers].join('\r\n');
      const text = await exchangeBytes(port, `${head}\r\n\r\n${body}${next}`);
      expect(text.match(/HTTP\/1\.1 \d{3}/g)).toEqual([`HTTP/1.1 ${status}`, 'HTTP/1.1 200']);
    }
  });
});
