import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { basic } from '../program/credentials.ts';
import { command } from '../program/run-command-line.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';
import { ask, type Credentials, done, found } from './ask.ts';

const DEMO = basic('demo', 'demo');
const scratch = mkdtempSync(join(tmpdir(), 'stagedoor-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function start(data: string): Promise<Program> {
  return startProgram({ args: [...FREE_PORTS, '--method', 'basic', '--data', data], directory: scratch });
}

async function kill(program: Program): Promise<void> {
  const ended = new Promise((resolve) => program.child.once('exit', resolve));
  process.kill(program.pid, 'SIGKILL');
  await ended;
}

/** A user who is allowed nothing, and asks for what he is refused. */
async function newMallory(program: Program): Promise<Credentials> {
  await command(program, ['user', 'create', 'mallory', '--password-stdin'], 'a password');
  return basic('mallory', 'a password');
}

/** One number of the program's own metrics. */
async function counted(program: Program, name: string): Promise<number> {
  const text = await (await fetch(`${program.management}/actuator/prometheus`)).text();
  const line = text.split('\n').find((one) => one.startsWith(`${name} `) || one.startsWith(`${name}{`));
  return Number(line?.split(' ').at(-1) ?? Number.NaN);
}

async function rowsOf(program: Program, filter: object): Promise<readonly Readonly<Record<string, unknown>>[]> {
  return found(program, '/v2/audit-logs/search', DEMO, { filter, page: { limit: 1000 } });
}

/** Asks so many times, some at once: how it was answered, each status once. */
async function many(times: number, call: () => Promise<{ readonly status: number }>): Promise<readonly number[]> {
  const statuses = new Set<number>();
  let left = times;
  const caller = async () => {
    while (left > 0) {
      left -= 1;
      statuses.add((await call()).status);
    }
  };
  await Promise.all(Array.from({ length: 16 }, caller));
  return [...statuses];
}

describe('the audit log, flooded with refusals,', () => {
  const FLOOD = 5000;
  let program: Program;
  let mallory: Credentials;

  beforeAll(async () => {
    program = await startProgram({ args: [...FREE_PORTS, '--method', 'basic', '--memory'] });
    mallory = await newMallory(program);
  });
  afterAll(() => program.stop());

  it('does not grow with them, and says of each kind that it was there', async () => {
    expect(await many(FLOOD, () => ask(program, '/v2/users/demo', { as: mallory }))).toEqual([403]);
    const refusals = { actorId: 'mallory', result: 'FAIL' };
    // Refusals are written by the batch, a moment later.
    await expect.poll(async () => (await rowsOf(program, refusals)).length, { timeout: 20_000 }).toBeGreaterThan(0);
    const rows = await rowsOf(program, refusals);
    expect(rows.length).toBeLessThan(FLOOD / 100);
    expect(rows[0]).toMatchObject({ actorType: 'USER', result: 'FAIL', entityType: 'USER' });
  });

  it('does not grow with names that are made up, or keys that there are not', async () => {
    let count = 0;
    const { page: before } = await done(program, '/v2/audit-logs/search', { as: DEMO, method: 'POST', body: {} });
    // Not as many of these: each has a password hashed.
    const strangers = await many(40, () => {
      count += 1;
      return ask(program, `/v2/topology?${count}`, { as: basic(`stranger-${count}`, 'x') });
    });
    expect(strangers).not.toContain(200);
    expect(
      await many(500, () => {
        count += 1;
        return ask(program, `/v2/authorizations/${count}`, { as: mallory, method: 'DELETE' });
      }),
    ).not.toContain(204);
    // Lines are written in their order: once the last one is there, all are.
    const last = {
      as: mallory,
      method: 'POST',
      body: { mappingRuleId: 'x', name: 'x', claimName: 'x', claimValue: 'x' },
    };
    expect((await ask(program, '/v2/mapping-rules', last)).status).toBe(403);
    const lines = () => rowsOf(program, { entityType: 'MAPPING_RULE', actorId: 'mallory' });
    await expect.poll(async () => (await lines()).length, { timeout: 20_000 }).toBe(1);
    const { page: after } = await done(program, '/v2/audit-logs/search', { as: DEMO, method: 'POST', body: {} });
    const total = (page: unknown) => (page as { totalItems: number }).totalItems;
    expect(total(after) - total(before)).toBeLessThan(100);
  });

  it('loses no change of a record meanwhile', async () => {
    const flood = many(1000, () => ask(program, '/v2/roles/admin', { as: mallory }));
    for (const name of ['one', 'two', 'three'])
      await done(program, '/v2/roles', { as: DEMO, method: 'POST', body: { roleId: name, name } });
    const rows = await rowsOf(program, { entityType: 'ROLE', operationType: 'CREATE', actorId: 'demo' });
    expect(rows.map(({ entityKey }) => entityKey).sort()).toEqual(['one', 'three', 'two']);
    expect(await flood).toEqual([403]);
  });

  it('has no password, token or header in it', async () => {
    await ask(program, '/v2/topology', { as: basic('demo', 'a secret that nobody may read') });
    await expect.poll(async () => JSON.stringify(await rowsOf(program, {}))).toContain('mallory');
    const { items } = await done(program, '/v2/audit-logs/search', {
      as: DEMO,
      method: 'POST',
      body: { page: { limit: 1000 } },
    });
    for (const secret of ['a secret that nobody may read', 'a password', String(mallory.authorization), 'Basic '])
      expect(JSON.stringify(items)).not.toContain(secret);
  });
});

/** Each changes one record over HTTP; what the audit log then says of it. */
const CHANGES: readonly (readonly [string, string, string, object | undefined, object])[] = [
  [
    'a user that was made',
    'POST',
    '/v2/users',
    { username: 'kept', password: 'a password' },
    { entityType: 'USER', operationType: 'CREATE', entityKey: 'kept' },
  ],
  [
    'a user that was changed',
    'PUT',
    '/v2/users/kept',
    { name: 'Kept' },
    { entityType: 'USER', operationType: 'UPDATE', entityKey: 'kept' },
  ],
  [
    'a role that was made',
    'POST',
    '/v2/roles',
    { roleId: 'kept', name: 'Kept' },
    { entityType: 'ROLE', operationType: 'CREATE', entityKey: 'kept' },
  ],
  [
    'a role that was given',
    'PUT',
    '/v2/roles/kept/users/kept',
    undefined,
    { entityType: 'ROLE', operationType: 'ASSIGN', entityKey: 'kept' },
  ],
  [
    'a role that was taken',
    'DELETE',
    '/v2/roles/kept/users/kept',
    undefined,
    { entityType: 'ROLE', operationType: 'UNASSIGN', entityKey: 'kept' },
  ],
  [
    'a user that was removed',
    'DELETE',
    '/v2/users/kept',
    undefined,
    { entityType: 'USER', operationType: 'DELETE', entityKey: 'kept' },
  ],
];

describe('the row of a change', () => {
  it('is there with the change, for each kind of it, though the program is killed as soon as it has answered', async () => {
    const data = join(scratch, 'killed');
    for (const [name, method, path, body, expected] of CHANGES) {
      const program = await start(data);
      await done(program, path, { as: DEMO, method, ...(body === undefined ? {} : { body }) });
      await kill(program);
      const later = await start(data);
      const { entityKey, ...filter } = expected as { readonly entityKey: string };
      const rows = (await rowsOf(later, filter)).filter((row) => row.entityKey === entityKey);
      expect([name, rows]).toEqual([
        name,
        [expect.objectContaining({ ...expected, actorId: 'demo', result: 'SUCCESS' })],
      ]);
      await later.stop();
    }
  }, 120_000);

  it('is not there without the change, nor the change without its row', async () => {
    const data = join(scratch, 'together');
    await (await start(data)).stop();
    spoil(data, "new.operation_type = 'CREATE' and new.entity_type = 'ROLE'");
    const program = await start(data);
    const body = { roleId: 'unlogged', name: 'Unlogged' };
    expect((await ask(program, '/v2/roles', { as: DEMO, method: 'POST', body })).status).toBeGreaterThanOrEqual(500);
    expect((await ask(program, '/v2/roles/unlogged', { as: DEMO })).status).toBe(404);
    // The store itself is well.
    const group = { groupId: 'logged', name: 'Logged' };
    await done(program, '/v2/groups', { as: DEMO, method: 'POST', body: group });
    await program.stop();
  });
});

/** Makes the store refuse such lines, as a full or broken disk would. */
function spoil(data: string, condition: string): void {
  const database = new DatabaseSync(join(data, 'records.sqlite'));
  database.exec(
    `create trigger spoilt before insert on audit_log when ${condition} begin select raise(abort, 'spoilt'); end`,
  );
  database.close();
}

describe('an audit log that cannot be written', () => {
  it('changes no verdict, and what is lost is counted', async () => {
    const data = join(scratch, 'spoilt');
    const first = await start(data);
    const mallory = await newMallory(first);
    await first.stop();
    spoil(data, "new.result = 'FAIL'");
    const program = await start(data);
    expect(await counted(program, 'stagedoor_audit_failures_total')).toBe(0);
    const answers = async () => [
      (await ask(program, '/v2/users/demo', { as: mallory })).status,
      (await ask(program, '/v2/topology', { as: basic('demo', 'wrong') })).status,
      (await ask(program, '/v2/topology', { as: mallory })).status,
      (await ask(program, '/v2/users/demo', { as: DEMO })).status,
    ];
    expect(await answers()).toEqual([403, 401, 200, 200]);
    await expect.poll(() => counted(program, 'stagedoor_audit_failures_total'), { timeout: 20_000 }).toBeGreaterThan(0);
    expect(await answers()).toEqual([403, 401, 200, 200]);
    await expect.poll(() => counted(program, 'stagedoor_audit_dropped_total'), { timeout: 20_000 }).toBeGreaterThan(0);
    expect(await answers()).toEqual([403, 401, 200, 200]);
    expect(await program.stop()).toBe(0);
  }, 60_000);
});
