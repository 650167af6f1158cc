import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { basic } from '../program/credentials.ts';
import { command } from '../program/run-command-line.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';
import { ask, type Credentials, done } from './ask.ts';
import { type FullHouse, fill, pathOf } from './full-house.ts';
import { deploy, startInstance } from './processes.ts';
import { callRow, type Row, servedRows } from './served-rows.ts';

let program: Program;
let house: FullHouse;

beforeAll(async () => {
  program = await startProgram({ args: [...FREE_PORTS, '--method', 'basic', '--memory'] });
  house = await fill(program, basic('demo', 'demo'));
  await command(program, ['user', 'create', 'reader', '--password-stdin'], 'a password');
  await done(program, '/v2/roles/readonly-admin/users/reader', { as: house.boss, method: 'PUT' });
});
afterAll(() => program.stop());

async function session(name: string): Promise<Credentials> {
  const body = new URLSearchParams({ username: name, password: 'a password' });
  const answer = await fetch(`${program.rest}/api/login`, { method: 'POST', body });
  expect(answer.status).toBe(204);
  return { cookie: answer.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '' };
}

const WAYS = [
  ['with a password', async () => basic('reader', 'a password')],
  ['with a session', () => session('reader')],
] as const;

/** Rows that only read; what everybody may do at the very beginning is not among them. */
function reads({ method, path }: Row): boolean {
  return method === 'GET' || path.endsWith('/search');
}

describe.each(WAYS)('a user who may read everything, %s,', (_, comeIn) => {
  let reader: Credentials;
  beforeAll(async () => {
    reader = await comeIn();
  });

  it('changes nothing, through any operation of v2, Operate v1 or Zeebe v1', async () => {
    const commands = (await servedRows(program)).filter((row) => !reads(row));
    const names = commands.map(({ method, path }) => `${method} ${path}`);
    expect(names).toEqual(
      expect.arrayContaining(['POST /v2/deployments', 'POST /v2/process-instances', 'POST /v2/users']),
    );
    const notRefused: string[] = [];
    for (const row of commands) {
      const { status } = await callRow(house, row, reader, { ownerType: 'USER', ownerId: 'reader' });
      if (status !== 403) notRefused.push(`${row.method} ${row.path}: ${status}`);
    }
    expect(notRefused).toEqual([]);
  });

  it('reads through each of them what an administrator reads', async () => {
    const readers = (await servedRows(program)).filter((row) => reads(row) && !isAboutTheCaller(row));
    const different: string[] = [];
    for (const row of readers) {
      const [his, theirs] = [await answer(row, reader), await answer(row, house.boss)];
      if (his !== theirs) different.push(`${row.method} ${row.path}: ${his} and not ${theirs}`);
    }
    expect(different).toEqual([]);
  });

  /** Rows that are about who asks, or that every request adds to. */
  function isAboutTheCaller({ path }: Row): boolean {
    return path.includes('/authentication/me') || path.includes('/audit-logs');
  }

  async function answer(row: Row, as: Credentials): Promise<string> {
    const owner = { ownerType: 'USER', ownerId: 'reader' } as const;
    const { status, body } = await callRow(house, row, as, owner);
    // A cursor is sealed anew each time.
    const shown = JSON.stringify(body, (key, value: unknown) => (/Cursor$|^instance$/.test(key) ? undefined : value));
    return `${status} ${shown}`;
  }
});

const DEFINITIONS = '/v2/process-definitions/search';
const INSTANCES = '/v2/process-instances/search';
const OLD_DEFINITIONS = '/v1/process-definitions/search';
const OLD_INSTANCES = '/v1/process-instances/search';

describe('somebody with a grant', () => {
  let count = 0;
  let second: { readonly processDefinitionKey: string };

  beforeAll(async () => {
    const deployed = await deploy(program, house.boss, 'encore');
    await startInstance(program, house.boss, deployed);
    second = deployed;
  });

  async function userWith(resourceId: string, ...permissions: string[]): Promise<Credentials> {
    count += 1;
    const name = `user-${count}`;
    await command(program, ['user', 'create', name, '--password-stdin'], 'a password');
    const grant = {
      ownerType: 'USER',
      ownerId: name,
      resourceType: 'PROCESS_DEFINITION',
      resourceId,
      permissionTypes: permissions,
    };
    await done(program, '/v2/authorizations', { as: house.boss, method: 'POST', body: grant });
    return basic(name, 'a password');
  }

  /** How many of the two processes and their two instances each API shows, or how it refuses. */
  async function shown(as: Credentials): Promise<readonly (number | string)[]> {
    const counts = [DEFINITIONS, INSTANCES, OLD_DEFINITIONS, OLD_INSTANCES].map(async (path) => {
      const { status, body } = await ask(program, path, { as, method: 'POST', body: {} });
      return status === 200 ? (body as { items: readonly unknown[] }).items.length : `refused with ${status}`;
    });
    return Promise.all(counts);
  }

  const refused = 'refused with 403';

  it('on all definitions reads definitions everywhere, and instances nowhere', async () => {
    expect(await shown(await userWith('*', 'READ_PROCESS_DEFINITION'))).toEqual([2, 0, 2, refused]);
  });

  it('on all instances reads instances everywhere, and definitions nowhere', async () => {
    expect(await shown(await userWith('*', 'READ_PROCESS_INSTANCE'))).toEqual([0, 2, refused, 2]);
  });

  it('on one process reads that one, and in Operate v1, which knows no single ones, nothing', async () => {
    const as = await userWith('encore', 'READ_PROCESS_DEFINITION', 'READ_PROCESS_INSTANCE');
    expect(await shown(as)).toEqual([1, 1, refused, refused]);
    const get = (key: string | undefined) => ask(program, `/v2/process-definitions/${key}`, { as });
    expect((await get(second.processDefinitionKey)).status).toBe(200);
    expect((await get(house.names.processDefinitionKey)).status).toBe(403);
    expect((await ask(program, pathOf(house, '/v2/process-instances/{processInstanceKey}'), { as })).status).toBe(403);
    const { page } = await done(program, DEFINITIONS, { as, method: 'POST', body: {} });
    expect(page).toMatchObject({ totalItems: 1 });
  });

  it('to start one process starts that one, by its id and by its key, and no other', async () => {
    const as = await userWith('encore', 'CREATE_PROCESS_INSTANCE');
    const start = async (body: object) =>
      (await ask(program, '/v2/process-instances', { as, method: 'POST', body })).status;
    expect(await start({ processDefinitionId: 'encore' })).toBe(200);
    expect(await start({ processDefinitionKey: second.processDefinitionKey })).toBe(200);
    expect(await start({ processDefinitionId: 'curtain-call' })).toBe(403);
    expect(await start({ processDefinitionKey: house.names.processDefinitionKey })).toBe(403);
    expect((await shown(as)).slice(0, 2)).toEqual([0, 0]);
  });
});
