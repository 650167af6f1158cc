import type { Requirement } from '@stagedoor/access';
import { permission } from '@stagedoor/access';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { problemDetails } from '../src/answering/problem-details.ts';
import { noContent, type Operation, ok, operation } from '../src/operation.ts';
import { CLUSTER_ID, closeDoors, type OpenDoor, openDoor } from './open-door.ts';
import { basic, bearer, exchangeBytes, jsonOf, parseAnswer } from './raw-http.ts';

afterEach(closeDoors);

/** What everybody may ask of a protected gateway, and nothing else. */
const PUBLIC = [
  'GET /v2/status',
  'GET /cluster/v2/status',
  'GET /v2/license',
  'POST /v2/setup/user',
  'POST /api/login',
  'POST /api/logout',
  'POST /login',
  'POST /logout',
  'GET /',
];

type Row = {
  readonly method: string;
  readonly path: string;
  readonly requirement: Requirement;
  readonly operation: Operation;
  /** Takes a token in every method. */
  readonly wantsToken: boolean;
};

function rowsOf({ dialects }: OpenDoor): readonly Row[] {
  return dialects.flatMap((dialect) =>
    dialect.operations.flatMap((one) =>
      ['', ...dialect.alsoBelow].map((below) => ({
        method: one.method,
        path: below + one.path.replaceAll(/\{\w+\}/g, '1'),
        requirement: one.requirement,
        operation: one,
        wantsToken: dialect.credentials === 'bearer',
      })),
    ),
  );
}

describe('every operation of every dialect', () => {
  it('is in the walk: the rows of seven dialects, each with an id of its own', async () => {
    const { dialects } = await openDoor();
    expect(dialects.map(({ name }) => name)).toEqual([
      'orchestration',
      'operate',
      'zeebe',
      'administration',
      'login',
      'stagedoor',
      'front',
    ]);
    const ids = dialects.flatMap((dialect) => dialect.operations.map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThanOrEqual(20);
  });

  it('declares what it asks of its caller, and what it looks up where it asks about that', async () => {
    const { dialects } = await openDoor();
    for (const { id, requirement, find, served } of dialects.flatMap((dialect) => dialect.operations)) {
      expect(['anonymous', 'authenticated', 'permission', 'any-of', 'all-of', 'resolved'], id).toContain(
        requirement.kind,
      );
      // What is not served yet looks nothing up: it asks whether any grant at all would do.
      if (!served) expect(find, id).toBeNull();
      else expect(find !== null, id).toBe(/"of":"found"|"kind":"resolved"/.test(JSON.stringify(requirement)));
    }
  });

  it('is anonymous only where it is on the list', async () => {
    const open = await openDoor();
    const anonymous = rowsOf(open).filter(({ requirement }) => requirement.kind === 'anonymous');
    expect(anonymous.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([...PUBLIC].sort());
  });

  it.each(['basic', 'oidc'] as const)(
    'is 401 without credentials, wrong ones and another method’s at a door of %s',
    async (method) => {
      const open = await openDoor({ method });
      const callers = [[], [basic('demo', 'wrong')], [bearer('unknown-token')]];
      for (const { method: verb, path, requirement, wantsToken } of rowsOf(open)) {
        if (requirement.kind === 'anonymous') continue;
        const other = method === 'oidc' || wantsToken ? basic('demo', 'demo') : bearer('worker-token');
        for (const headers of [...callers, [other]]) {
          expect((await open.send({ method: verb, path, headers })).status, `${verb} ${path}`).toBe(401);
        }
      }
    },
  );

  it('is 403 for a caller without a grant, unless it asks for no permission, narrows, or first looks the item up', async () => {
    const open = await openDoor();
    for (const { method, path, requirement, operation: row, wantsToken } of rowsOf(open)) {
      if (requirement.kind !== 'permission' || row.find !== null) continue;
      if (requirement.of === 'visible' && row.served) continue;
      const headers = wantsToken ? [bearer('bare-token')] : [basic('mary', 'pässwörd:with:colons')];
      const answer = await open.send({ method, path, headers });
      expect(answer.status, `${method} ${path}`).toBe(403);
      expect(jsonOf(answer).code).toBe('PERMISSION_MISSING');
    }
  });

  it('is 404 where its dialect is not mounted, as the logins are not in `oidc`', async () => {
    const open = await openDoor({ method: 'oidc' });
    for (const path of ['/login', '/logout']) expect((await open.send({ method: 'POST', path })).status).toBe(404);
    for (const path of ['/api/login', '/api/logout']) {
      expect((await open.send({ method: 'POST', path, headers: [bearer('worker-token')] })).status).toBe(404);
    }
  });
});

describe('no writing of a path', () => {
  const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY'];
  const PREFIXES = [
    '',
    '/',
    '//',
    '///',
    `/${CLUSTER_ID}`,
    `//${CLUSTER_ID}/`,
    '/base',
    `/base/${CLUSTER_ID}`,
    '/operate',
    '/%2e',
    '/.',
    '/x/..',
    '/x;',
    '/anything',
    'http://localhost',
    'http://evil.example',
  ];
  const SUFFIXES = [
    '',
    '/',
    '//',
    '/.',
    '/..',
    '/..;/',
    ';x',
    ';x=1',
    '%00',
    '%20',
    '%2f',
    '%5c',
    '?',
    '?x',
    '?access_token=worker-token',
    '#',
    '#x',
    '.json',
    '/%2e%2e/license',
    '/../license',
    '%2f..%2flicense',
  ];
  const HEADERS = [
    '',
    'X-Original-URL: /v2/license',
    'X-Rewrite-URL: /v2/license',
    'X-Forwarded-Prefix: /v2/license',
    'X-Forwarded-For: 127.0.0.1',
    'X-HTTP-Method-Override: GET',
    'Connection: authorization',
    'Upgrade: h2c',
    'Accept-Version: 2',
    'Authorization: Basic',
    'Cookie: OPERATE-SESSION=x; camunda-session=y',
    'Sec-Fetch-Site: same-origin',
    'Expect: 100-continue',
  ];

  const encoded = (path: string, how: number): string =>
    [...path]
      .map((letter, index) => ((how >> (index % 16)) & 1 ? `%${letter.charCodeAt(0).toString(16)}` : letter))
      .join('');

  it.each(['basic', 'oidc'] as const)(
    'lets anybody into a gateway of %s without credentials, but for what everybody may ask',
    async (method) => {
      const open = await openDoor({ method, context: { basePath: '/base' } });
      const rows = rowsOf(open).filter(({ requirement }) => requirement.kind !== 'anonymous');
      const target = fc.record({
        row: fc.constantFrom(...rows),
        method: fc.constantFrom(...METHODS),
        prefix: fc.constantFrom(...PREFIXES),
        suffix: fc.constantFrom(...SUFFIXES),
        // Most paths as they are, some letters of others encoded.
        encoding: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.nat(0xffff) }),
        header: fc.constantFrom(...HEADERS),
      });
      await fc.assert(
        fc.asyncProperty(target, async ({ row, method: verb, prefix, suffix, encoding, header }) => {
          const path = `${prefix}${encoded(row.path, encoding)}${suffix}`;
          const lines = ['Host: localhost', 'Connection: close', ...(header === '' ? [] : [header])].join('\r\n');
          const answer = parseAnswer(
            await exchangeBytes(open.port, `${verb} ${path} HTTP/1.1\r\n${lines}\r\n\r\n`),
            verb,
          );
          expect(answer.status, `${verb} ${path} (${header})`).toBeGreaterThanOrEqual(400);
          expect(answer.status).toBeLessThan(500);
        }),
        { numRuns: 1500 },
      );
      expect(open.faults).toEqual([]);
    },
  );

  it.each(['basic', 'oidc'] as const)('lets anybody into a gateway of %s whatever he writes', async (method) => {
    const open = await openDoor({ method, context: { basePath: '/base' } });
    const pieces = [
      '/',
      '..',
      '.',
      ';',
      '%2e',
      '%2f',
      '%5c',
      '%00',
      '%',
      '\\',
      '?',
      '#',
      'v2',
      'v1',
      'topology',
      'operate',
      'process-instances',
      'search',
      '1',
      'license',
      'status',
      'base',
      CLUSTER_ID,
      'admin-api',
      'clusters',
    ];
    const path = fc.array(fc.constantFrom(...pieces), { maxLength: 10 });
    const allowed = new Set([...PUBLIC.filter((row) => row.startsWith('GET')).map((row) => row.slice(4))]);
    await fc.assert(
      fc.asyncProperty(path, fc.constantFrom('GET', 'POST', 'DELETE'), async (written, verb) => {
        const target = `/${written.join('')}`;
        const answer = parseAnswer(
          await exchangeBytes(open.port, `${verb} ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`),
        );
        if (answer.status >= 400) return;
        const [plain = ''] = target.split('?', 1);
        const rest = [/^\/+/, /^\/base(?=\/|$)\/*/, new RegExp(`^/${CLUSTER_ID}(?=/|$)/*`)].reduce(
          (left, prefix) => left.replace(prefix, '/'),
          plain,
        );
        expect([verb, allowed.has(decodeURIComponent(rest))], target).toEqual(['GET', true]);
      }),
      { numRuns: 1500 },
    );
    expect(open.faults).toEqual([]);
  });
});

describe('an operation that asks about what it looks up', () => {
  const row = (more: Partial<Parameters<typeof operation>[0]>): Operation =>
    operation({
      id: 'probe',
      method: 'GET',
      path: '/v2/probe',
      summary: 'A row of this test',
      requirement: permission('PROCESS_DEFINITION', 'READ_PROCESS_DEFINITION', 'found'),
      responses: { 200: null },
      handle: () => ok('done'),
      ...more,
    });
  const doorWith = (one: Operation) =>
    openDoor({
      dialects: [
        {
          name: 'orchestration',
          api: 'orchestration',
          credentials: 'as-configured',
          challenges: true,
          operations: [one],
          alsoBelow: [],
          territory: ['/v2'],
          forbidden: () => 'no',
          problem: problemDetails,
        },
      ],
    });
  const ask = async (one: Operation, headers = [basic('reader', 'reader-password')]) => {
    const { send } = await doorWith(one);
    return (await send({ path: '/v2/probe', headers })).status;
  };

  it('denies everybody where the row forgot to look anything up', async () => {
    expect(await ask(row({}))).toBe(403);
    expect(await ask(row({}), [basic('demo', 'demo')])).toBe(403);
  });

  it('denies where nothing was found, and where one of what was found is out of reach', async () => {
    expect(await ask(row({ find: async () => [] }))).toBe(403);
    expect(await ask(row({ find: async () => [{ resourceId: 'payment' }] }))).toBe(403);
    expect(await ask(row({ find: async () => [{ resourceId: 'order' }, { resourceId: 'payment' }] }))).toBe(403);
    expect(await ask(row({ find: async () => [{ resourceId: '*' }] }))).toBe(403);
  });

  it('lets through what is in reach', async () => {
    expect(await ask(row({ find: async () => [{ resourceId: 'order' }] }))).toBe(200);
    expect(await ask(row({ find: async () => [{ resourceId: 'payment' }] }), [basic('demo', 'demo')])).toBe(200);
  });

  it('denies a collection to nobody, and shows him only what is in his reach', async () => {
    let seen: unknown;
    const visible = row({
      requirement: permission('PROCESS_DEFINITION', 'READ_PROCESS_DEFINITION', 'visible'),
      handle: ({ visibility }) => {
        seen = visibility;
        return noContent;
      },
    });
    expect(await ask(visible)).toBe(204);
    expect(seen).toEqual({ kind: 'ids', ids: ['order'] });
    expect(await ask(visible, [basic('mary', 'pässwörd:with:colons')])).toBe(204);
    expect(seen).toEqual({ kind: 'none' });
    expect(await ask(visible, [basic('demo', 'demo')])).toBe(204);
    expect(seen).toEqual({ kind: 'all' });
  });

  it('asks for a wildcard where it asks for everything, which a grant on one item is not', async () => {
    const everything = row({ requirement: permission('PROCESS_DEFINITION', 'READ_PROCESS_DEFINITION', 'everything') });
    expect(await ask(everything)).toBe(403);
    expect(await ask(everything, [basic('demo', 'demo')])).toBe(200);
  });
});
