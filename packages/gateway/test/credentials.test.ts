import type { PasswordVerdict, TokenVerdict } from '@stagedoor/access';
import { afterEach, describe, expect, it } from 'vitest';
import { closeDoors, openDoor, passwordsOf } from './open-door.ts';
import { type Answer, basic, bearer, exchangeBytes, headerOf, JSON_TYPE, jsonOf, parseAnswer } from './raw-http.ts';
import { snapshotOf } from './records.ts';

afterEach(closeDoors);

const TOPOLOGY = '/v2/topology';
const base64 = (bytes: string | Uint8Array) => Buffer.from(bytes as Uint8Array).toString('base64');

function expectRefusal(answer: Answer, status: number, code: string): void {
  expect(answer.status).toBe(status);
  expect(jsonOf(answer).code).toBe(code);
}

describe('two Authorization headers', () => {
  const orders = [
    ['good then bad', `${basic('demo', 'demo').join(': ')}\r\nAuthorization: Basic x`],
    ['bad then good', `Authorization: Basic x\r\n${basic('demo', 'demo').join(': ')}`],
    ['the same twice', `${basic('demo', 'demo').join(': ')}\r\n${basic('demo', 'demo').join(': ')}`],
    ['in other letters', `aUTHORIZATION: Basic x\r\nAUTHORIZATION: Basic x`],
    ['with others between', `Authorization: Bearer x\r\nX-Other: 1\r\nauthorization: Basic x`],
    ['one of them empty', `Authorization: ${basic('demo', 'demo')[1]}\r\nAuthorization:`],
  ] as const;
  for (const method of ['none', 'basic', 'oidc'] as const) {
    it.each(orders)(`are 400 invalid_request with the method ${method}: %s`, async (_order, lines) => {
      const { port } = await openDoor({ method });
      const answer = parseAnswer(
        await exchangeBytes(
          port,
          `GET ${TOPOLOGY} HTTP/1.1\r\nHost: localhost\r\n${lines}\r\nConnection: close\r\n\r\n`,
        ),
      );
      expectRefusal(answer, 400, 'AUTHORIZATION_REPEATED');
      const challenge = headerOf(answer, 'www-authenticate');
      if (method === 'oidc') expect(challenge).toMatch(/^Bearer error="invalid_request", error_description="[^"\\]+"$/);
      else expect(challenge).toBeUndefined();
    });
  }

  it.each([
    'GET /v2/nope',
    'GET /nope',
    'GET /',
    'GET /v2/license',
    'OPTIONS /v2/status',
    'POST /api/login',
    'POST /logout',
  ])('are 400 at a path that is unknown or for everybody too: %s', async (line) => {
    const { port } = await openDoor();
    const lines = `${basic('demo', 'demo').join(': ')}\r\nAuthorization: Basic x`;
    const bytes = `${line} HTTP/1.1\r\nHost: localhost\r\n${lines}\r\nConnection: close\r\n\r\n`;
    expectRefusal(parseAnswer(await exchangeBytes(port, bytes)), 400, 'AUTHORIZATION_REPEATED');
  });
});

describe('a Basic header that cannot be read', () => {
  it.each([
    ['has nothing after the scheme', 'Basic'],
    ['has a space after the scheme', 'Basic '],
    ['has two spaces', `Basic  ${base64('demo:demo')}`],
    ['is no base64', 'Basic demo:demo'],
    ['has something behind', `Basic ${base64('demo:demo')} x`],
    ['has a comma and a parameter', `Basic ${base64('demo:demo')}, realm=x`],
    ['has no colon', `Basic ${base64('demo')}`],
    ['has no user', `Basic ${base64(':demo')}`],
    ['is empty inside', `Basic ${base64('')}`],
    ['is no UTF-8', `Basic ${base64(Buffer.from([0x64, 0x3a, 0xff, 0xfe]))}`],
    ['has NUL', `Basic ${base64('demo:de\0mo')}`],
    ['has NUL in the name', `Basic ${base64('demo\0:demo')}`],
    ['is longer than any password', `Basic ${base64(`demo:${'x'.repeat(5000)}`)}`],
    ['has bytes that are no ASCII', 'Basic d\u00e9mo'],
  ])('is 401 when it %s', async (_what, value) => {
    const { send } = await openDoor();
    const answer = await send({ path: TOPOLOGY, headers: [['Authorization', value]] });
    expectRefusal(answer, 401, 'CREDENTIALS_MALFORMED');
    expect(headerOf(answer, 'www-authenticate')).toBe('Basic realm="Stagedoor"');
  });
});

describe('a Basic header that is wrong', () => {
  it.each([
    ['has a wrong password', 'demo', 'Demo'],
    ['has an empty password', 'demo', ''],
    ['has a password with a space behind', 'demo', 'demo '],
    ['names nobody', 'nobody', 'demo'],
    ['has a name in other letters', 'DEMO', 'demo'],
    ['has a name with a space behind', 'demo ', 'demo'],
    ['has the name of a property of every object', '__proto__', 'x'],
  ])('is 401 when it %s, in one answer for all of them', async (_what, username, password) => {
    const { send } = await openDoor();
    const answer = await send({ path: TOPOLOGY, headers: [basic(username, password)] });
    expect(answer.status).toBe(401);
    expect(headerOf(answer, 'www-authenticate')).toBe('Basic realm="Stagedoor"');
    expect(jsonOf(answer)).toEqual({
      type: 'about:blank',
      title: 'Unauthorized',
      status: 401,
      detail: 'the user name or the password is wrong',
      instance: TOPOLOGY,
      code: 'PASSWORD_REFUSED',
    });
  });
});

describe('a Basic header that is right', () => {
  it.each([
    ['as curl writes it', basic('demo', 'demo')[1]],
    ['with the scheme in lower case', `basic ${base64('demo:demo')}`],
    ['with the scheme in upper case', `BASIC ${base64('demo:demo')}`],
    ['without padding', `Basic ${base64('demo:demo').replaceAll('=', '')}`],
    ['with other characters than ASCII, and colons in the password', `Basic ${base64('mary:pässwörd:with:colons')}`],
  ])('is taken %s', async (_how, value) => {
    const { send } = await openDoor();
    expect((await send({ path: TOPOLOGY, headers: [['Authorization', value]] })).status).toBe(200);
  });

  it('is not taken in another normal form: passwords are bytes', async () => {
    const { send } = await openDoor();
    const answer = await send({ path: TOPOLOGY, headers: [basic('mary', 'pässwörd:with:colons'.normalize('NFD'))] });
    expectRefusal(answer, 401, 'PASSWORD_REFUSED');
  });
});

describe('a Bearer header that cannot be read', () => {
  it.each([
    ['has nothing after the scheme', 'Bearer'],
    ['has a space after the scheme', 'Bearer '],
    ['has two spaces', 'Bearer  worker-token'],
    ['has a tab', 'Bearer \tworker-token'],
    ['has something behind', 'Bearer worker-token x'],
    ['has two tokens', 'Bearer worker-token, worker-token'],
    ['is quoted', 'Bearer "worker-token"'],
    ['has a padding in the middle', 'Bearer worker=token'],
    ['has bytes that are no ASCII', 'Bearer w\u00f6rker-token'],
  ])('is 401 invalid_token when it %s', async (_what, value) => {
    const { send } = await openDoor({ method: 'oidc' });
    const answer = await send({ path: TOPOLOGY, headers: [['Authorization', value]] });
    expectRefusal(answer, 401, 'TOKEN_MALFORMED');
    expect(headerOf(answer, 'www-authenticate')).toBe(
      'Bearer error="invalid_token", error_description="the token cannot be read"',
    );
  });

  it('is 431 at once when it is a megabyte, and the next request is served', async () => {
    const { send } = await openDoor({ method: 'oidc' });
    const answer = await send({ path: TOPOLOGY, headers: [bearer('x'.repeat(1024 * 1024))] });
    expect(answer.status).toBe(431);
    expect(answer.body.length).toBeLessThan(200);
    expect((await send({ path: TOPOLOGY, headers: [bearer('worker-token')] })).status).toBe(200);
  });
});

describe('a token that is refused', () => {
  it.each([
    ['unknown-token', TOPOLOGY, 'TOKEN_SIGNATURE_INVALID', 'the signature of the token is wrong'],
    ['expired-token', TOPOLOGY, 'TOKEN_EXPIRED', 'the token has expired'],
    ['large-token', TOPOLOGY, 'TOKEN_TOO_LARGE', 'the token is too large'],
    ['operate-token', TOPOLOGY, 'TOKEN_AUDIENCE_REFUSED', 'the token is not meant for this API'],
    ['operate-token', '/v1/topology', 'TOKEN_AUDIENCE_REFUSED', 'the token is not meant for this API'],
    ['operate-token', '/admin-api/clusters', 'TOKEN_AUDIENCE_REFUSED', 'the token is not meant for this API'],
    ['client-demo-token', '/admin-api/clusters', 'TOKEN_AUDIENCE_REFUSED', 'the token is not meant for this API'],
    ['user-demo-token', '/v1/process-instances/1', 'TOKEN_AUDIENCE_REFUSED', 'the token is not meant for this API'],
  ])('is 401 invalid_token with its reason: %s at %s', async (token, path, code, description) => {
    const { send } = await openDoor({ method: 'oidc' });
    const answer = await send({ path, headers: [bearer(token)] });
    expectRefusal(answer, 401, code);
    expect(headerOf(answer, 'www-authenticate')).toBe(
      `Bearer error="invalid_token", error_description="${description}"`,
    );
  });

  it('is 503 with Retry-After while its issuer cannot be asked, and no challenge', async () => {
    const { send } = await openDoor({ method: 'oidc' });
    for (const path of [TOPOLOGY, '/v1/topology', '/v1/process-definitions/1', '/v2/nope']) {
      const answer = await send({ path, headers: [bearer('issuer-down-token')] });
      expectRefusal(answer, 503, 'ISSUER_UNAVAILABLE');
      expect(headerOf(answer, 'retry-after')).toBe('7');
      expect(headerOf(answer, 'www-authenticate')).toBeUndefined();
    }
  });

  it('is not made good by a good one in the query, nor by one in a cookie', async () => {
    const { send } = await openDoor({ method: 'oidc' });
    const headers = [bearer('unknown-token'), ['Cookie', 'access_token=worker-token']] as const;
    expectRefusal(
      await send({ path: `${TOPOLOGY}?access_token=worker-token`, headers }),
      401,
      'TOKEN_SIGNATURE_INVALID',
    );
  });
});

describe('a token in the query', () => {
  it.each([
    `${TOPOLOGY}?access_token=worker-token`,
    `${TOPOLOGY}?a=b&access_token=worker-token`,
    '/v1/topology?access_token=',
    '/v2/nope?access_token=worker-token',
  ])('is 400 invalid_request: %s', async (path) => {
    const { send } = await openDoor({ method: 'oidc' });
    const answer = await send({ path });
    expectRefusal(answer, 400, 'CREDENTIALS_IN_QUERY');
    expect(headerOf(answer, 'www-authenticate')).toContain('error="invalid_request"');
    expect(answer.body).not.toContain('worker-token');
  });

  it('is 401 in a form, where nobody looks for it', async () => {
    const { send } = await openDoor({ method: 'oidc' });
    const headers = [['Content-Type', 'application/x-www-form-urlencoded']] as const;
    const body = 'access_token=worker-token';
    expectRefusal(
      await send({ method: 'POST', path: '/v2/process-instances', headers, body }),
      401,
      'CREDENTIALS_MISSING',
    );
  });
});

describe('credentials of another kind than the method takes', () => {
  it.each([
    ['oidc', 'Basic, though it is right', basic('demo', 'demo')[1], 'Bearer'],
    ['oidc', 'Basic that cannot be read', 'Basic !', 'Bearer'],
    ['oidc', 'Digest', 'Digest username="demo"', 'Bearer'],
    ['oidc', 'an empty header', '', 'Bearer'],
    ['basic', 'DPoP', 'DPoP worker-token', 'Basic realm="Stagedoor"'],
    ['basic', 'Bearer, though it is right', 'Bearer worker-token', 'Basic realm="Stagedoor"'],
    ['basic', 'Bearer that cannot be read', 'Bearer', 'Basic realm="Stagedoor"'],
    ['basic', 'an unknown scheme', 'Negotiate abc', 'Basic realm="Stagedoor"'],
    ['basic', 'an empty header', '', 'Basic realm="Stagedoor"'],
    ['basic', 'credentials without a scheme', base64('demo:demo'), 'Basic realm="Stagedoor"'],
  ] as const)('are 401 at a door of %s without an error code: %s', async (method, _what, value, challenge) => {
    const { send } = await openDoor({ method });
    const answer = await send({ path: TOPOLOGY, headers: [['Authorization', value]] });
    expectRefusal(answer, 401, 'CREDENTIALS_SCHEME');
    expect(headerOf(answer, 'www-authenticate')).toBe(challenge);
  });

  it('are 401 at Administration in every method, as nothing but a token opens it', async () => {
    for (const method of ['none', 'basic', 'oidc'] as const) {
      const { send } = await openDoor({ method });
      for (const path of ['/admin-api/clusters', '/admin-api/nope', '/clusters/x/clients']) {
        expectRefusal(await send({ path }), 401, 'CREDENTIALS_MISSING');
        const answer = await send({ path, headers: [basic('demo', 'demo')] });
        expectRefusal(answer, 401, 'CREDENTIALS_SCHEME');
        expect(headerOf(answer, 'www-authenticate')).toBe('Bearer');
      }
    }
  });
});

describe('a Bearer header that is right', () => {
  it.each(['Bearer worker-token', 'bearer worker-token', 'BEARER worker-token'])('is taken as %j', async (value) => {
    const { send } = await openDoor({ method: 'oidc' });
    expect((await send({ path: TOPOLOGY, headers: [['Authorization', value]] })).status).toBe(200);
  });

  it('names a client, who is not the user of the same name', async () => {
    const { send } = await openDoor({ method: 'oidc' });
    const search = { method: 'POST', path: '/v1/process-instances/search' };
    expectRefusal(await send({ ...search, headers: [bearer('client-demo-token')] }), 403, 'PERMISSION_MISSING');
    const deploy = { method: 'POST', path: '/v2/process-instances', headers: [bearer('client-demo-token'), JSON_TYPE] };
    expectRefusal(await send({ ...deploy, body: '{"processDefinitionId":"order"}' }), 403, 'PERMISSION_MISSING');
    const me = await send({ path: '/v2/authentication/me', headers: [bearer('client-demo-token')] });
    expect(jsonOf(me)).toMatchObject({ username: 'demo', displayName: null, email: null, authorizedComponents: [] });
  });

  it('opens Administration in every method', async () => {
    for (const method of ['none', 'basic', 'oidc'] as const) {
      const { send } = await openDoor({ method });
      expect((await send({ path: '/admin-api/clusters', headers: [bearer('worker-token')] })).status).toBe(200);
    }
  });
});

describe('in `none`', () => {
  it.each(['Basic x', 'Bearer', 'Bearer unknown-token', 'Digest', 'nonsense', '', basic('demo', 'wrong')[1]])(
    'the header is ignored: %j',
    async (value) => {
      const { send } = await openDoor({ method: 'none' });
      const headers = [['Authorization', value]] as const;
      expect((await send({ path: TOPOLOGY, headers })).status).toBe(200);
      expect(jsonOf(await send({ path: '/v2/authentication/me', headers })).username).toBe('anonymous');
    },
  );
});

describe('a verdict that comes later', () => {
  const later = <T>(value: T): Promise<T> => new Promise((resolve) => setImmediate(() => resolve(value)));
  const passwords = (verdict: PasswordVerdict) => ({ verify: () => later(verdict) });

  it('refuses as one that comes at once', async () => {
    const { send } = await openDoor({ passwords: passwords({ kind: 'refused' }) });
    expectRefusal(await send({ path: TOPOLOGY, headers: [basic('demo', 'demo')] }), 401, 'PASSWORD_REFUSED');
  });

  it('of too many attempts is 429 with Retry-After and no challenge', async () => {
    const { send } = await openDoor({ passwords: passwords({ kind: 'limited', retryAfterSeconds: 3 }) });
    for (const path of [TOPOLOGY, '/v1/process-definitions/1', '/v2/nope']) {
      const answer = await send({ path, headers: [basic('demo', 'demo')] });
      expectRefusal(answer, 429, 'ATTEMPTS_LIMITED');
      expect(headerOf(answer, 'retry-after')).toBe('3');
      expect(headerOf(answer, 'www-authenticate')).toBeUndefined();
    }
  });

  it('for a caller who has gone is an answer to nobody', async () => {
    const { send } = await openDoor({ passwords: passwords({ kind: 'gone' }) });
    for (const path of [TOPOLOGY, '/v2/nope']) {
      await expect(send({ path, headers: [basic('demo', 'demo')] })).rejects.toThrow('no HTTP answer');
    }
  });

  it('admits as one that comes at once', async () => {
    const snapshot = snapshotOf();
    const honest = passwordsOf(() => snapshot);
    const { send } = await openDoor({ passwords: { verify: async (...attempt) => honest.verify(...attempt) } });
    expect((await send({ path: TOPOLOGY, headers: [basic('demo', 'demo')] })).status).toBe(200);
    expect((await send({ path: TOPOLOGY, headers: [basic('demo', 'x')] })).status).toBe(401);
  });

  it('of a verifier that fails is 500 with an id, at once or later, and its words stay here', async () => {
    const broken = (fail: () => TokenVerdict | Promise<TokenVerdict>) => ({
      tokens: { verify: fail },
      method: 'oidc' as const,
    });
    const throws = () => {
      throw new Error('c4n4ry');
    };
    for (const fail of [throws, async () => throws()]) {
      const { send, faults } = await openDoor(broken(fail));
      for (const path of [TOPOLOGY, '/v1/process-definitions/1', '/v2/nope', '/admin-api/nope']) {
        const answer = await send({ path, headers: [bearer('worker-token')] });
        expect(answer.status).toBe(500);
        expect(answer.body).not.toContain('c4n4ry');
      }
      expect(faults).toHaveLength(4);
    }
  });
});
