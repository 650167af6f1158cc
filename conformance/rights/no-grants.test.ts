import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { basic, bearer, tokenOf } from '../program/credentials.ts';
import { command } from '../program/run-command-line.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';
import { type Answer, ask, type Credentials, done } from './ask.ts';
import { type FullHouse, fill } from './full-house.ts';
import { callRow, type Owner, type Row, servedRows } from './served-rows.ts';

// The reference lies beside the checkout and is not a part of it.
const REFERENCE = join(import.meta.dirname, '../../../shared/reference/permissions.json');

/** What everybody is shown who says who he is (facts, section 5.4), and what everybody is shown at all. */
const OPEN = [
  'GET /v2/topology',
  'GET /v2/authentication/me',
  'POST /v2/authentication/me/authorizations/search',
  'GET /v2/system/configuration',
  'GET /v2/license',
  'GET /v2/status',
  'GET /cluster/v2/status',
  'GET /cluster/v2/topology',
  'GET /openapi.json',
  'GET /v1/topology',
];

let house: FullHouse;
let nobody: Credentials;
let owner: Owner;

const call = (row: Row): Promise<Answer> => callRow(house, row, nobody, owner);

/** What he is shown by each, in few words. */
function verdict({ status, body }: Answer): string {
  if (status !== 200) return String(status);
  const { items, page, processInstances } = (body ?? {}) as {
    readonly items?: readonly unknown[];
    readonly page?: { readonly totalItems: number };
    readonly processInstances?: number;
  };
  if (processInstances !== undefined) return `200 ${processInstances} instances`;
  return items === undefined || page === undefined ? '200' : `200 ${items.length} of ${page.totalItems}`;
}

function expected({ method, path }: Row): string {
  const row = `${method} ${path}`;
  if (row === 'POST /v2/authentication/me/authorizations/search')
    return owner.ownerType === 'USER' ? '200 1 of 1' : '200 0 of 0';
  if (row === 'GET /v2/status' || row === 'GET /cluster/v2/status') return expect.stringMatching(/^20[04]$/);
  if (OPEN.includes(row)) return '200';
  // A figure is narrowed as a search is.
  if (row === 'GET /v2/system/usage-metrics') return '200 0 instances';
  if (!path.startsWith('/v2/') || !path.endsWith('/search')) return '403';
  // He may see himself, and nobody and nothing else.
  return path === '/v2/users/search' && owner.ownerType === 'USER' ? '200 1 of 1' : '200 0 of 0';
}

const KINDS = [
  {
    kind: 'a user',
    start: async () => {
      const program = await startProgram({ args: [...FREE_PORTS, '--method', 'basic', '--memory'] });
      house = await fill(program, basic('demo', 'demo'));
      await command(program, ['user', 'create', 'nobody', '--password-stdin'], 'a password');
      owner = { ownerType: 'USER', ownerId: 'nobody' };
      nobody = basic('nobody', 'a password');
      return program;
    },
  },
  {
    kind: 'a client',
    start: async () => {
      const secret = 'a-long-and-random-secret-of-the-boss';
      const program = await startProgram({
        args: [...FREE_PORTS, '--method', 'oidc', '--memory'],
        yaml: `
stagedoor.clients: [{ id: boss, secret: ${secret} }]
camunda.security.initialization.default-roles.admin.clients: [boss]
`,
      });
      house = await fill(program, bearer(await tokenOf(program.issuer, { clientId: 'boss', clientSecret: secret })));
      const client = JSON.parse(await command(program, ['client', 'create', '--name', 'x', '--no-grants', '--json']));
      owner = { ownerType: 'CLIENT', ownerId: client.clientId };
      nobody = bearer(await tokenOf(program.issuer, client));
      return program;
    },
  },
] as const;

describe.each(KINDS)('$kind without grants', ({ kind, start }) => {
  let program: Program;
  beforeAll(async () => {
    program = await start();
  });
  afterAll(() => program.stop());

  it('is shown by every operation that is served what section 5.4 of the facts says, and nothing else', async () => {
    const rows = await servedRows(program);
    expect(rows.map(({ method, path }) => `${method} ${path}`)).toEqual(
      expect.arrayContaining(['POST /v2/users/search']),
    );
    const seen: Record<string, string> = {};
    const wanted: Record<string, string> = {};
    for (const row of rows) {
      const name = `${row.method} ${row.path}`;
      seen[name] = verdict(await call(row));
      wanted[name] = expected(row);
    }
    expect(seen).toEqual(wanted);
  });

  it('is refused what is not served yet, too', async (context) => {
    if (!existsSync(REFERENCE)) return context.skip('the reference is not beside the checkout');
    const served = new Set((await servedRows(program)).map(({ method, path }) => `${method} ${path}`));
    const table: readonly Row[] = JSON.parse(readFileSync(REFERENCE, 'utf8'));
    const others = table.filter(({ method, path }) => !served.has(`${method} ${path}`));
    expect(others.length).toBeGreaterThan(50);
    const opened: string[] = [];
    for (const row of others) {
      const { status } = await call(row);
      if (status !== 403) opened.push(`${row.method} ${row.path}: ${status}`);
    }
    expect(opened).toEqual([]);
  });

  it('is told who he is, and that he has nothing', async () => {
    const me = await done(program, '/v2/authentication/me', { as: nobody });
    expect(me).toMatchObject({ authorizedComponents: [], tenants: [], groups: [], roles: [] });
    expect(me.username).toBe(owner.ownerId);
  });

  if (kind === 'a user') {
    it('finds himself, gets himself, and knows of the one grant that says so', async () => {
      const users = await done(program, '/v2/users/search', { as: nobody, method: 'POST', body: {} });
      expect(users.items).toMatchObject([{ username: 'nobody' }]);
      expect(await done(program, '/v2/users/nobody', { as: nobody })).toMatchObject({ username: 'nobody' });
      const grants = await done(program, '/v2/authentication/me/authorizations/search', { as: nobody, method: 'POST' });
      expect(grants.items).toMatchObject([
        { ...owner, resourceType: 'USER', resourceId: 'nobody', permissionTypes: ['READ'] },
      ]);
      for (const method of ['PUT', 'DELETE']) {
        const body = method === 'PUT' ? { body: { name: 'The great Nobody' } } : {};
        expect((await ask(program, '/v2/users/nobody', { as: nobody, method, ...body })).status).toBe(403);
      }
    });
  }

  it('is not told by a search that something is there: with filters, sorted, and page by page', async () => {
    const searches = [
      ['/v2/roles/search', { filter: { roleId: 'admin' } }],
      ['/v2/users/search', { filter: { username: { $in: ['demo', 'other'] } } }],
      ['/v2/groups/search', { sort: [{ field: 'name', order: 'DESC' }], page: { from: 0, limit: 1 } }],
      ['/v2/tenants/search', { page: { limit: 0 } }],
      ['/v2/authorizations/search', { filter: { ownerId: 'other' } }],
      ['/v2/process-definitions/search', { filter: { processDefinitionId: 'curtain-call' } }],
      ['/v2/process-instances/search', { filter: { state: 'COMPLETED' } }],
      ['/v2/audit-logs/search', { page: { limit: 1 } }],
    ] as const;
    for (const [path, body] of searches) {
      const { page } = await done(program, path, { as: nobody, method: 'POST', body });
      expect([path, page]).toEqual([
        path,
        { totalItems: 0, hasMoreTotalItems: false, startCursor: null, endCursor: null },
      ]);
    }
  });

  it('finds nothing behind the cursor of somebody who sees everything', async () => {
    for (const path of ['/v2/roles/search', '/v2/authorizations/search', '/v2/tenants/search']) {
      const { page } = await done(program, path, { as: house.boss, method: 'POST', body: { page: { limit: 1 } } });
      const { endCursor } = page as { readonly endCursor: string };
      const body = { page: { limit: 1, after: endCursor } };
      const behind = await ask(program, path, { as: nobody, method: 'POST', body });
      expect([path, verdict(behind)]).toEqual([path, '200 0 of 0']);
      expect((await ask(program, path, { as: house.boss, method: 'POST', body })).status).toBe(200);
    }
  });

  it('is told by no other method what GET does not tell', async () => {
    const answered = async (path: string, method: string, more: Credentials = {}) => {
      const { status, headers } = await fetch(`${program.rest}${path}`, { method, headers: { ...nobody, ...more } });
      return [status, headers.get('allow'), headers.get('content-length')];
    };
    const overriding = { 'x-http-method-override': 'GET', 'x-method-override': 'GET' };
    for (const [there, absent] of [
      ['/v2/users/other', '/v2/users/nobody-at-all'],
      ['/v2/roles/usher', '/v2/roles/nothing-at-all'],
    ] as const) {
      expect((await answered(there, 'HEAD'))[0]).toBe(403);
      expect(await answered(there, 'OPTIONS')).toEqual(await answered(absent, 'OPTIONS'));
      expect((await answered(there, 'POST', overriding))[0]).toBe(405);
    }
  });

  it('is told 404 of what is not there, and 403 of what is', async () => {
    const places = [
      ['/v2/users', 'other'],
      ['/v2/roles', 'usher'],
      ['/v2/groups', 'claque'],
      ['/v2/tenants', 'opera'],
      ['/v2/mapping-rules', 'altos'],
    ];
    for (const [path, name] of places) {
      expect([path, (await ask(program, `${path}/${name}`, { as: nobody })).status]).toEqual([path, 403]);
      expect([path, (await ask(program, `${path}/nobody-at-all`, { as: nobody })).status]).toEqual([path, 404]);
    }
  });

  it('has changed nothing by all that he tried', async () => {
    for (const path of ['users', 'roles', 'groups', 'tenants', 'mapping-rules']) {
      const { items } = await done(program, `/v2/${path}/search`, { as: house.boss, method: 'POST', body: {} });
      expect(JSON.stringify(items)).not.toMatch(/mallory/i);
    }
    for (const [path, name] of [
      ['/v2/users', 'other'],
      ['/v2/roles', 'usher'],
    ]) {
      expect((await ask(program, `${path}/${name}`, { as: house.boss })).status).toBe(200);
    }
    const body = { filter: { ownerId: owner.ownerId, resourceType: 'SYSTEM' } };
    const grants = await done(program, '/v2/authorizations/search', { as: house.boss, method: 'POST', body });
    expect(grants.items).toEqual([]);
  });
});
