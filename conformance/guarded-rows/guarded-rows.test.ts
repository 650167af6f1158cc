import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { basic, bearer, tokenOf } from '../program/credentials.ts';
import { command } from '../program/run-command-line.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';
import { type Answer, ask, type Credentials } from '../rights/ask.ts';
import { type FullHouse, fill } from '../rights/full-house.ts';
import { callRow, type Owner } from '../rights/served-rows.ts';
import { allRows, type GuardedRow, isSearch } from './all-rows.ts';
import { EVERY_GRANT, enough, indispensable } from './needed-grants.ts';
import { Purse } from './purse.ts';

const ROWS = allRows();
const GUARDED = ROWS.filter(({ requirement }) => enough(requirement).flat().length > 0);
const BOSS_SECRET = 'a-long-and-random-secret-of-the-boss';
const HOUSE = `
stagedoor.clients: [{ id: boss, secret: ${BOSS_SECRET} }]
camunda.security.initialization.default-roles.admin.clients: [boss]
`;
/** What is written into a body as an owner is nobody who calls here. */
const SOMEBODY: Owner = { ownerType: 'USER', ownerId: 'other' };
const NOBODY: Credentials = {};
/** What a row has to be asked about before it answers. */
const QUERIES: Readonly<Record<string, string>> = {
  getUsageMetrics: '?startTime=2020-01-01T00:00:00.000Z&endTime=2120-01-01T00:00:00.000Z',
  getUsageMetricsV1: '?id={clusterUuid}&start=0&end=4733510400000',
};

const nameOf = ({ dialect, id, method, path }: GuardedRow) => `${dialect} ${id}: ${method} ${path}`;

/** What an answer comes to: a search that shows nothing is as good as a refusal. */
function verdict(row: GuardedRow, { status, body }: Answer): string {
  if (status === 401) return 'unknown caller';
  if (status === 403) return 'refused';
  if (status === 501) return JSON.stringify(body).includes(`'${row.id}'`) ? 'let through, not served' : 'nameless 501';
  if (status >= 500) return `failed with ${status}`;
  return status === 200 && isSearch(row) && showsNothing(body) ? 'shown nothing' : 'let through';
}

/** No items, and none counted; or counts that are all zero. */
function showsNothing(body: unknown): boolean {
  const { items, page, processInstances } = body as Readonly<Record<string, unknown>>;
  if (items === undefined) return processInstances === 0;
  return Array.isArray(items) && items.length === 0 && (page as { totalItems?: number } | undefined)?.totalItems === 0;
}

const refusalOf = (row: GuardedRow) => (row.served && isSearch(row) ? 'shown nothing' : 'refused');
const passageOf = (row: GuardedRow) => (row.served ? 'let through' : 'let through, not served');

/** What was deleted is asked for no more: deletions come last, those of members before those of what they are members of. */
function destructionLast(one: GuardedRow, another: GuardedRow): number {
  const rank = ({ method, path }: GuardedRow) => (method === 'DELETE' ? 100 - path.split('/').length : 0);
  return rank(one) - rank(another);
}

type Client = { readonly credentials: Credentials; readonly purse: Purse };

describe('every row of every API', () => {
  let program: Program;
  let house: FullHouse;
  let bare: Client;
  let just: Client;
  let others: Client;

  const client = async (name: string): Promise<Client> => {
    const made = JSON.parse(await command(program, ['client', 'create', '--name', name, '--no-grants', '--json']));
    return {
      credentials: bearer(await tokenOf(program.issuer, made)),
      purse: new Purse(program, house.boss, { ownerType: 'CLIENT', ownerId: made.clientId }),
    };
  };

  async function heard(row: GuardedRow, as: Credentials): Promise<string> {
    const path = row.path + (QUERIES[row.id] ?? '');
    return `${nameOf(row)}: ${verdict(row, await callRow(house, { ...row, path }, as, SOMEBODY))}`;
  }

  /** Asks each row, and compares all the verdicts at once: one failure shows every row that is wrong. */
  async function walk(
    rows: readonly GuardedRow[],
    as: Credentials,
    wanted: (row: GuardedRow) => string,
  ): Promise<void> {
    const seen: string[] = [];
    for (const row of rows) seen.push(await heard(row, as));
    expect(seen).toEqual(rows.map((row) => `${nameOf(row)}: ${wanted(row)}`));
  }

  beforeAll(async () => {
    program = await startProgram({ args: [...FREE_PORTS, '--method', 'oidc', '--memory'], yaml: HOUSE });
    const boss = bearer(await tokenOf(program.issuer, { clientId: 'boss', clientSecret: BOSS_SECRET }));
    const filled = await fill(program, boss);
    house = { ...filled, names: { ...filled.names, clusterUuid: program.clusterId } };
    [bare, just, others] = [await client('bare'), await client('just'), await client('others')];
  });
  afterAll(() => program.stop());

  it('is there: 241 of v2, and those of the other APIs', () => {
    expect(ROWS.filter(({ path }) => /^\/(cluster\/)?v2\//.test(path))).toHaveLength(241);
    expect(new Set(ROWS.map(({ dialect }) => dialect)).size).toBe(6);
    expect(new Set(ROWS.map(({ method, path }) => `${method} ${path}`)).size).toBe(ROWS.length);
  });

  it('is 401 for those who do not say who they are, but for the few that are for everybody', async () => {
    const open = ROWS.filter(({ requirement }) => requirement.kind === 'anonymous');
    expect(open.map(({ id }) => id).sort()).toEqual([
      'createAdminUser',
      'getClusterStatus',
      'getFrontPage',
      'getLicense',
      'getStatus',
    ]);
    await walk(
      ROWS.filter((row) => !open.includes(row)),
      NOBODY,
      () => 'unknown caller',
    );
  });

  it('is closed to a caller without grants: 403, or a search that shows nothing', async () => {
    await walk(GUARDED, bare.credentials, refusalOf);
  });

  it('is closed to a caller who has every grant but the one it needs', async () => {
    const cases = GUARDED.flatMap((row) => indispensable(row.requirement).map((missing) => ({ row, missing })));
    const byMissing = Map.groupBy(cases, ({ missing }) => missing.toSorted().join());
    expect(byMissing.size).toBeGreaterThan(40);
    for (const group of byMissing.values()) {
      const missing = group[0]?.missing ?? [];
      await others.purse.hold(EVERY_GRANT.filter((name) => !missing.includes(name)));
      await walk(
        group.map(({ row }) => row),
        others.credentials,
        refusalOf,
      );
    }
  });

  it('is open to a caller who has exactly the grant it needs, and nothing else', async () => {
    const [seen, wanted]: [string[], string[]] = [[], []];
    for (const row of GUARDED.toSorted(destructionLast)) {
      for (const set of enough(row.requirement)) {
        await just.purse.hold(set);
        seen.push(`${await heard(row, just.credentials)} with ${set.join()}`);
        wanted.push(`${nameOf(row)}: ${passageOf(row)} with ${set.join()}`);
      }
    }
    expect(seen).toEqual(wanted);
  });

  it('is open to everybody with a name where it asks for no more', async () => {
    const rows = ROWS.filter(({ requirement }) => requirement.kind === 'authenticated');
    expect(rows.length).toBeGreaterThan(3);
    await walk(rows, bare.credentials, (row) => (isSearch(row) ? 'shown nothing' : 'let through'));
  });

  it.each([
    '/v2/nothing',
    '/v2/users/other/nothing',
    '/cluster/v2/nothing',
    '/v1/nothing',
    '/operate/v1/nothing',
    '/admin-api/nothing',
    '/stagedoor/v1/nothing',
    '/clusters/nothing',
  ])('is not at %s: 404 for all who have a name, in the same words, and 401 for those who have none', async (path) => {
    const { status, body } = await ask(program, path, { as: bare.credentials });
    const boss = await ask(program, path, { as: house.boss });
    const timeless = (value: unknown) => JSON.stringify(value, (name, member) => (name === 'timestamp' ? 0 : member));
    expect([status, boss.status]).toEqual([404, 404]);
    expect(timeless(body)).toBe(timeless(boss.body));
    expect((await ask(program, path, { as: NOBODY })).status).toBe(401);
  });
});

describe('a row without a handler', () => {
  const unserved = ROWS.filter(({ served, dialect }) => !served && dialect === 'orchestration');

  /** Sends bodies that are no JSON: they are not read. */
  async function expect501(program: Program, as: Credentials): Promise<void> {
    expect(unserved.length).toBeGreaterThan(100);
    for (const { id, method, path } of unserved) {
      const body = method === 'GET' ? {} : { body: 'not JSON' };
      const answer = await fetch(program.rest + path.replaceAll(/\{\w+\}/g, '1'), { method, headers: as, ...body });
      expect(await answer.json(), `${method} ${path}`).toMatchObject({
        status: 501,
        title: 'Not Implemented',
        detail: `Operation '${id}' is not served here yet`,
      });
    }
  }

  it('is 501 for everybody where the API is unprotected', async () => {
    const program = await startProgram({ args: [...FREE_PORTS, '--method', 'none', '--memory'] });
    try {
      await expect501(program, NOBODY);
    } finally {
      await program.stop();
    }
  });

  it('is 501 for everybody with a name where authorizations are off, and 401 for others', async () => {
    const program = await startProgram({
      args: [...FREE_PORTS, '--method', 'basic', '--memory'],
      yaml: 'camunda.security.authorizations.enabled: false',
    });
    try {
      await expect501(program, basic('demo', 'demo'));
      for (const { method, path } of unserved)
        expect((await fetch(program.rest + path.replaceAll(/\{\w+\}/g, '1'), { method })).status).toBe(401);
    } finally {
      await program.stop();
    }
  });
});
