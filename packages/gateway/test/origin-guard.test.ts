import { afterEach, describe, expect, it } from 'vitest';
import { isForeignOrigin } from '../src/passage/origin-guard.ts';
import { closeDoors, type OpenDoor, openDoor, SETUP_CODE } from './open-door.ts';
import {
  type Answer,
  basic,
  bearer,
  cookieOf,
  type Exchange,
  FORM_TYPE,
  headerOf,
  JSON_TYPE,
  jsonOf,
} from './raw-http.ts';

afterEach(closeDoors);

type Header = readonly [string, string];
const HOST: Header = ['Host', 'localhost:8080'];

/** What browsers send with a request that a page of another origin made. */
const FOREIGN: readonly (readonly [string, readonly Header[]])[] = [
  ['a foreign Origin', [['Origin', 'http://evil.example']]],
  ['the Origin null of a sandbox', [['Origin', 'null']]],
  ['an empty Origin', [['Origin', '']]],
  ['the Origin of another port of this machine', [['Origin', 'http://localhost:3000']]],
  ['the Origin of the default port', [['Origin', 'http://localhost']]],
  ['the Origin of a name below this one', [['Origin', 'http://evil.localhost:8080']]],
  ['the Origin of the address behind the name', [['Origin', 'http://127.0.0.1:8080']]],
  ['an Origin that begins with this one', [['Origin', 'http://localhost:8080.evil.example']]],
  ['an Origin that ends with this one', [['Origin', 'http://evil.example/localhost:8080']]],
  ['this Origin with another scheme', [['Origin', 'file://localhost:8080']]],
  ['this Origin with a user', [['Origin', 'http://x@localhost:8080']]],
  [
    'two Origins',
    [
      ['Origin', 'http://localhost:8080'],
      ['Origin', 'http://evil.example'],
    ],
  ],
  ['Sec-Fetch-Site cross-site and no Origin', [['Sec-Fetch-Site', 'cross-site']]],
  [
    'Sec-Fetch-Site cross-site beside this Origin',
    [
      ['Sec-Fetch-Site', 'cross-site'],
      ['Origin', 'http://localhost:8080'],
    ],
  ],
  [
    'a foreign Origin that claims to be same-origin',
    [
      ['Sec-Fetch-Site', 'same-origin'],
      ['Origin', 'http://evil.example'],
    ],
  ],
  [
    'Sec-Fetch-Site same-site with the Origin of another port',
    [
      ['Sec-Fetch-Site', 'same-site'],
      ['Origin', 'http://localhost:3000'],
    ],
  ],
];
const OWN: readonly (readonly [string, readonly Header[]])[] = [
  ['no Origin, as every program but a browser', []],
  ['the Origin of this server', [['Origin', 'http://localhost:8080']]],
  ['the Origin of this server behind TLS', [['Origin', 'https://localhost:8080']]],
  [
    'Sec-Fetch-Site same-origin',
    [
      ['Sec-Fetch-Site', 'same-origin'],
      ['Origin', 'http://localhost:8080'],
    ],
  ],
  ['Sec-Fetch-Site none, as a person who typed the address', [['Sec-Fetch-Site', 'none']]],
];

const search = { method: 'POST', path: '/v1/process-instances/search' } as const;
const with_ = (request: Exchange, ...headers: readonly Header[]): Exchange => ({
  ...request,
  headers: [HOST, ...(request.headers ?? []), ...headers],
});

async function sessionOf({ send }: OpenDoor): Promise<Header> {
  const login = await send({ method: 'POST', path: '/api/login?username=demo&password=demo' });
  return ['Cookie', `OPERATE-SESSION=${cookieOf(login, 'OPERATE-SESSION')}`];
}

function expectRefused(answer: Answer): void {
  expect(answer.status).toBe(403);
  expect(jsonOf(answer).code).toBe('ORIGIN_REFUSED');
  expect(answer.headers.has('set-cookie')).toBe(false);
}

describe.each(FOREIGN)('an unsafe request with %s', (_what, headers) => {
  it('is refused of an anonymous caller of an unprotected API, and changes nothing', async () => {
    const { send, cluster } = await openDoor({ method: 'none' });
    const start = {
      method: 'POST',
      path: '/v2/process-instances',
      headers: [JSON_TYPE],
      body: '{"processDefinitionId":"order"}',
    };
    expectRefused(await send(with_(start, ...headers)));
    // Multipart and body-less requests need no preflight.
    const deploy = {
      method: 'POST',
      path: '/v2/deployments',
      headers: [['Content-Type', 'multipart/form-data; boundary=x']] as const,
      body: '--x--',
    };
    expectRefused(await send(with_(deploy, ...headers)));
    expectRefused(await send(with_(search, ...headers)));
    expect(cluster.asked).toMatchObject({ created: 0, deployed: [], search: null });
  });

  it('is refused of a session', async () => {
    const open = await openDoor();
    const session = await sessionOf(open);
    expectRefused(await open.send(with_(search, session, ...headers)));
    expect((await open.send(with_(search, session))).status).toBe(200);
  });

  it('is refused at both logins and logouts, so that nobody is logged in as somebody else', async () => {
    const open = await openDoor();
    const session = await sessionOf(open);
    expectRefused(
      await open.send(with_({ method: 'POST', path: '/api/login?username=demo&password=demo' }, ...headers)),
    );
    const form = { method: 'POST', path: '/login', headers: [FORM_TYPE], body: 'username=demo&password=demo' };
    expectRefused(await open.send(with_(form, ...headers)));
    expectRefused(await open.send(with_({ method: 'POST', path: '/api/logout' }, session, ...headers)));
    expectRefused(await open.send(with_({ method: 'POST', path: '/logout' }, session, ...headers)));
    expect(open.ended.size).toBe(0);
  });

  it('is refused at the first set-up, with the code too', async () => {
    const open = await openDoor({ records: { administratorHasExisted: false } });
    const body = '{"username":"first","password":"secret"}';
    const setup = {
      method: 'POST',
      path: '/v2/setup/user',
      headers: [JSON_TYPE, ['Stagedoor-Setup-Code', SETUP_CODE]] as const,
      body,
    };
    expectRefused(await open.send(with_(setup, ...headers)));
    expect(open.door.snapshot().administratorHasExisted).toBe(false);
  });

  it('is refused with a password, which a browser sends by itself once it was typed', async () => {
    const open = await openDoor();
    expectRefused(await open.send(with_(search, basic('demo', 'demo'), ...headers)));
    expectRefused(await open.send(with_(search, basic('demo', 'demo'), await sessionOf(open), ...headers)));
    expect((await open.send(with_(search, basic('demo', 'demo')))).status).toBe(200);
  });

  it('is served where a token verified: no browser sends one by itself', async () => {
    const oidcDoor = await openDoor({ method: 'oidc' });
    expect((await oidcDoor.send(with_(search, bearer('worker-token'), ...headers))).status).toBe(200);
  });

  it('is not served for the name of a header: one that does not verify exempts from nothing', async () => {
    const open = await openDoor();
    const session = await sessionOf(open);
    for (const header of [
      basic('demo', 'wrong'),
      bearer('x'),
      ['Authorization', 'Basic'],
      ['Authorization', 'x'],
    ] as const) {
      expect((await open.send(with_(search, header, session, ...headers))).status).toBe(401);
    }
    const none = await openDoor({ method: 'none' });
    for (const header of [basic('demo', 'demo'), bearer('worker-token')]) {
      expectRefused(await none.send(with_(search, header, ...headers)));
    }
  });

  it('is served where it only reads', async () => {
    const open = await openDoor({ method: 'none' });
    for (const method of ['GET', 'HEAD', 'OPTIONS']) {
      const answer = await open.send(with_({ method, path: '/v2/topology' }, ...headers));
      expect(answer.status).toBe(200);
      expect(headerOf(answer, 'access-control-allow-origin')).toBeUndefined();
    }
  });
});

describe.each(OWN)('an unsafe request with %s', (_what, headers) => {
  it('is served', async () => {
    const none = await openDoor({ method: 'none' });
    expect((await none.send(with_(search, ...headers))).status).toBe(200);
    const open = await openDoor();
    expect((await open.send(with_(search, await sessionOf(open), ...headers))).status).toBe(200);
    expect(
      (await open.send(with_({ method: 'POST', path: '/api/login?username=demo&password=demo' }, ...headers))).status,
    ).toBe(204);
  });
});

describe('the method of an unsafe request', () => {
  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('is refused from a foreign page whatever it is: %s', async (method) => {
    const { send } = await openDoor({ method: 'none' });
    expectRefused(await send(with_({ method, path: '/v2/process-instances' }, ['Origin', 'http://evil.example'])));
  });
});

describe('the origin of a request', () => {
  it('is compared to the Host as it was written, so that the allow-list is judged only once', () => {
    expect(isForeignOrigin({ host: 'door.example', origin: 'https://door.example' })).toBe(false);
    expect(isForeignOrigin({ host: 'door.example', origin: 'https://door.example:8443' })).toBe(true);
    expect(isForeignOrigin({ origin: 'http://undefined' })).toBe(false);
    expect(isForeignOrigin({ host: 'localhost' })).toBe(false);
  });
});
