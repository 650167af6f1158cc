import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { grant, type IdentityDoor, names, openIdentityDoor, pageOf, type Who } from './identity-door.ts';
import { closeDoors } from './open-door.ts';

let open: IdentityDoor;
const ROLES = ['alto', 'bass', 'basso', 'soprano', 'tenor'] as const;

beforeAll(async () => {
  open = await openIdentityDoor();
  for (const roleId of ROLES) await open.identity.createRole({ roleId, name: roleId.length > 4 ? 'long' : 'short' });
  for (const groupId of ['a.b', 'axb', 'A.b']) await open.identity.createGroup({ groupId, name: 'group' });
});
afterAll(closeDoors);

const search = (path: string, body?: unknown, who?: Who) => open.ask('POST', `/v2/${path}/search`, body, who);
const roles = (body?: unknown, who?: Who) => search('roles', body, who);
const OURS = { filter: { name: 'long' }, sort: [{ field: 'roleId', order: 'ASC' }] };

describe('a search of v2', () => {
  it('needs no body at all', async () => {
    const found = await roles();
    expect(found.status).toBe(200);
    expect(names(found, 'roleId')).toEqual(expect.arrayContaining([...ROLES, 'admin']));
    expect(pageOf(found)).toMatchObject({ hasMoreTotalItems: false });
    expect((await roles({})).json).toMatchObject({ items: (found.json as { items: unknown }).items });
  });

  it('counts everything on a page of nothing', async () => {
    expect(await roles({ ...OURS, page: { limit: 0 } })).toMatchObject({
      status: 200,
      json: { items: [], page: { totalItems: 3, startCursor: null, endCursor: null } },
    });
  });

  it('is paged by offset', async () => {
    const page = async (from: number, limit: number) =>
      names(await roles({ ...OURS, page: { from, limit } }), 'roleId').join(' ');
    expect(await page(0, 2)).toBe('basso soprano');
    expect(await page(2, 2)).toBe('tenor');
    expect(await page(3, 2)).toBe('');
    expect(await page(2_147_483_647, 10_000)).toBe('');
  });

  it.each(['ASC', 'DESC'])('is paged by cursors, forwards and back again, %s', async (order) => {
    const query = { sort: [{ field: 'name', order }] };
    const everything = names(await roles(query), 'roleId');
    const forwards: unknown[] = [];
    const starts: (string | null)[] = [];
    for (let after: string | null = null; ; ) {
      const found = await roles({ ...query, page: after === null ? { limit: 2 } : { limit: 2, after } });
      if (names(found, 'roleId').length === 0) break;
      expect(pageOf(found).totalItems).toBe(everything.length);
      forwards.push(...names(found, 'roleId'));
      starts.push(pageOf(found).startCursor);
      after = pageOf(found).endCursor;
    }
    expect(forwards).toEqual(everything);
    const last = starts.at(-1);
    const back = await roles({ ...query, page: { limit: 2, before: last } });
    const at = everything.indexOf(names(back, 'roleId')[0]);
    expect(names(back, 'roleId')).toEqual(everything.slice(at, at + 2));
    expect(at + 2).toBe(everything.length - (everything.length % 2 || 2));
  });

  it('has cursors that the official client takes, and that say nothing', async () => {
    const { startCursor, endCursor } = pageOf(await roles({ ...OURS, page: { limit: 1 } }));
    for (const cursor of [startCursor, endCursor]) {
      expect(cursor).toMatch(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/);
      expect(Buffer.from(cursor ?? '', 'base64').toString('latin1')).not.toContain('basso');
    }
  });

  describe('refuses a cursor', () => {
    const refused = (name: string) => ({
      status: 400,
      json: {
        title: 'Bad Request',
        detail: `Request property [page.${name}] cannot be parsed: it is no cursor of this search`,
      },
    });
    const cursor = async () => pageOf(await roles({ ...OURS, page: { limit: 1 } })).endCursor ?? '';

    it.each([
      ['another filter', { ...OURS, filter: { name: 'short' } }],
      ['no filter', { sort: OURS.sort }],
      ['another order', { ...OURS, sort: [{ field: 'roleId', order: 'DESC' }] }],
      ['another sort', { ...OURS, sort: [{ field: 'name' }] }],
      ['no sort', { filter: OURS.filter }],
    ])('of a query with %s', async (_, query) => {
      const after = await cursor();
      expect(await roles({ ...query, page: { after } })).toMatchObject(refused('after'));
      expect(await roles({ ...query, page: { before: after } })).toMatchObject(refused('before'));
      expect((await roles({ ...OURS, page: { after } })).status).toBe(200);
    });

    it('of another collection', async () => {
      const { endCursor } = pageOf(await search('groups'));
      expect(await search('tenants', { page: { after: endCursor } })).toMatchObject(refused('after'));
    });

    it('of another role’s members', async () => {
      for (const role of ['alto', 'bass']) await open.ask('PUT', `/v2/roles/${role}/users/mary`);
      const { endCursor } = pageOf(await search('roles/alto/users'));
      expect(await search('roles/alto/users', { page: { after: endCursor } })).toMatchObject({ status: 200 });
      expect(await search('roles/bass/users', { page: { after: endCursor } })).toMatchObject(refused('after'));
    });

    it('that was tampered with, at whichever place', async () => {
      const good = Buffer.from(await cursor(), 'base64');
      for (let at = 0; at < good.length; at += 5) {
        const bad = Buffer.from(good);
        bad[at] = (bad[at] ?? 0) ^ 1;
        expect(await roles({ ...OURS, page: { after: bad.toString('base64') } })).toMatchObject(refused('after'));
      }
      expect(await roles({ ...OURS, page: { after: good.subarray(1).toString('base64') } })).toMatchObject(
        refused('after'),
      );
    });

    it.each(['meow', 'WyJ4Il0=', '====', 'é', 'A'.repeat(1000)])('that is none: %s', async (after) => {
      expect(await roles({ page: { after } })).toMatchObject(refused('after'));
    });

    it('that is no text, nothing or endless', async () => {
      for (const [after, detail] of [
        [5, 'it must be string'],
        [null, 'it must be string'],
        ['', 'it must NOT have fewer than 1 characters'],
        ['A'.repeat(20_000), 'it must NOT have more than 16384 characters'],
      ])
        expect(await roles({ page: { after } })).toMatchObject({
          status: 400,
          json: { title: 'Bad Request', detail: `Request property [page.after] cannot be parsed: ${detail}` },
        });
    });
  });

  it.each([
    ['limit', -1, 'it must be >= 0'],
    ['limit', 10_001, 'it must be <= 10000'],
    ['limit', 1e300, 'it must be <= 10000'],
    ['limit', 1.5, 'it must be integer'],
    ['limit', '10', 'it must be integer'],
    ['limit', null, 'it must be integer'],
    ['from', -1, 'it must be >= 0'],
    ['from', 2_147_483_648, 'it must be <= 2147483647'],
    ['from', Number.MAX_SAFE_INTEGER, 'it must be <= 2147483647'],
    ['from', 'x', 'it must be integer'],
    ['meow', 1, 'it is not known here'],
  ])('refuses a page whose %s is %s', async (name, value, detail) => {
    expect(await roles({ page: { [name]: value } })).toMatchObject({
      status: 400,
      json: { title: 'Bad Request', detail: `Request property [page.${name}] cannot be parsed: ${detail}` },
    });
  });

  it('refuses two ways of paging at once', async () => {
    const { endCursor: after, startCursor: before } = pageOf(await roles());
    for (const page of [
      { from: 0, after },
      { from: 1, before },
      { after, before },
    ])
      expect(await roles({ page })).toMatchObject({
        status: 400,
        json: {
          title: 'Bad Request',
          detail: expect.stringMatching(/^Request property \[page\.(after|before)\] cannot be parsed/),
        },
      });
  });

  it.each([
    [
      { sort: [{ field: 'meow' }] },
      "Unexpected value 'meow' for enum field 'field'. Use any of the following values: [name, roleId]",
    ],
    [
      { sort: [{ field: 'name', order: 'UP' }] },
      "Unexpected value 'UP' for enum field 'order'. Use any of the following values: [ASC, DESC]",
    ],
    [{ sort: [{}] }, 'Request property [sort.0.field] is required'],
    [{ sort: { field: 'name' } }, 'Request property [sort] cannot be parsed: it must be array'],
    [
      { sort: Array.from({ length: 33 }, () => ({ field: 'name' })) },
      'Request property [sort] cannot be parsed: it must NOT have more than 32 items',
    ],
    [{ filter: { meow: 1 } }, 'Request property [filter.meow] cannot be parsed: it is not known here'],
    [{ filter: [] }, 'Request property [filter] cannot be parsed: it must be object'],
    [{ filter: { name: { $eq: 'x' } } }, 'Request property [filter.name] cannot be parsed: it must be string'],
    [{ filter: { name: 5 } }, 'Request property [filter.name] cannot be parsed: it must be string'],
    [{ meow: 1 }, 'Request property [meow] cannot be parsed: it is not known here'],
    ['{"page":', 'Failed to read request: the body is not JSON'],
    ['5', 'Failed to read request'],
    ['null', 'Failed to read request'],
  ])('refuses %j', async (body, detail) => {
    expect(await roles(body)).toMatchObject({ status: 400, json: { title: 'Bad Request', detail } });
  });
});

describe('an advanced filter', () => {
  const groups = async (groupId: unknown) =>
    names(await search('groups', { filter: { groupId } }), 'groupId').join(' ');

  it.each([
    ['a.b', 'a.b'],
    [{ $eq: 'a.b' }, 'a.b'],
    [{ $neq: 'a.b' }, 'A.b axb'],
    [{ $in: ['a.b', 'axb', 'no'] }, 'a.b axb'],
    [{ $in: [] }, ''],
    [{ $notIn: ['a.b'] }, 'A.b axb'],
    [{ $exists: true }, 'A.b a.b axb'],
    [{ $exists: false }, ''],
    [{ $like: 'a?b' }, 'a.b axb'],
    [{ $like: '*b' }, 'A.b a.b axb'],
    [{ $like: 'a\\?b' }, ''],
    [{ $like: '[aA].b' }, ''],
    [{ $like: 'a%' }, ''],
    [{ $like: "' or 1=1 --" }, ''],
    [{ $like: 'a?b', $neq: 'axb' }, 'a.b'],
    [{}, 'A.b a.b axb'],
  ])('%j finds %s', async (filter, found) => {
    expect(await groups(filter)).toBe(found);
  });

  it.each([
    [{ $meow: 'x' }, 'filter.groupId.$meow', ': it is not known here'],
    [{ $gt: 'a' }, 'filter.groupId.$gt', ': it is not known here'],
    [{ $eq: 5 }, 'filter.groupId.$eq', ': it must be string'],
    [{ $in: 'a.b' }, 'filter.groupId.$in', ': it must be array'],
    [{ $in: [5] }, 'filter.groupId.$in.0', ': it must be string'],
    [{ $in: Array.from({ length: 1001 }, () => 'x') }, 'filter.groupId.$in', ': it must NOT have more than 1000 items'],
    [{ $exists: 'yes' }, 'filter.groupId.$exists', ': it must be boolean'],
    [{ $like: 5 }, 'filter.groupId.$like', ': it must be string'],
    [5, 'filter.groupId', ': it must be string'],
    [null, 'filter.groupId', ': it must be string'],
    [['a.b'], 'filter.groupId', ': it must be string'],
  ])('%j is refused', async (groupId, place, why) => {
    expect(await search('groups', { filter: { groupId } })).toMatchObject({
      status: 400,
      json: { title: 'Bad Request', detail: `Request property [${place}] cannot be parsed${why}` },
    });
  });
});

describe('what a search shows', () => {
  it('is oneself alone, to a user who has no more than his own grant', async () => {
    const found = await search('users', undefined, 'mary');
    expect(found).toMatchObject({ status: 200, json: { page: { totalItems: 1 } } });
    expect(names(found, 'username')).toEqual(['mary']);
    expect(await open.ask('GET', '/v2/users/mary', undefined, 'mary')).toMatchObject({ status: 200 });
    expect(await open.ask('GET', '/v2/users/demo', undefined, 'mary')).toMatchObject({ status: 403 });
    expect(pageOf(await search('users', { filter: { username: 'demo' } }, 'mary')).totalItems).toBe(0);
  });

  it.each(['roles', 'groups', 'tenants', 'mapping-rules', 'authorizations', 'audit-logs'])(
    'is nothing of %s to a user without grants, with the same 200',
    async (path) => {
      expect(await search(path, undefined, 'mary')).toMatchObject({
        status: 200,
        json: { items: [], page: { totalItems: 0, hasMoreTotalItems: false, startCursor: null, endCursor: null } },
      });
    },
  );

  it('is what single gets allow, on every page and in every count', async () => {
    for (const roleId of ['alto', 'soprano', 'tenor']) await grant(open, 'mary', 'ROLE:READ', roleId);
    const allowed: unknown[] = [];
    for (const roleId of ROLES)
      if ((await open.ask('GET', `/v2/roles/${roleId}`, undefined, 'mary')).status === 200) allowed.push(roleId);
    expect(allowed).toEqual(['alto', 'soprano', 'tenor']);
    const paged: unknown[] = [];
    for (let after: string | null = null; ; ) {
      const found = await roles({ page: { limit: 1, ...(after === null ? {} : { after }) } }, 'mary');
      expect(pageOf(found).totalItems).toBe(3);
      if (names(found, 'roleId').length === 0) break;
      paged.push(...names(found, 'roleId'));
      after = pageOf(found).endCursor;
    }
    expect(paged).toEqual(allowed);
  });
});
