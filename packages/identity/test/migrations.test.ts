import { DatabaseSync } from 'node:sqlite';
import { Kysely, SqliteDialect } from 'kysely';
import { Migrator } from 'kysely/migration';
import { describe, expect, it } from 'vitest';
import { type IdentityTables, identityMigrations } from '../src/index.ts';
import { openHouse } from './identity-under-test.ts';
import { asKyselyDatabase } from './sqlite-store.ts';

const OLD = ['identity-0001-tables', 'identity-0002-default-records'];

/** A database that was last opened before grants by property, the audit log and the search indexes. */
async function openOld() {
  const connection = new DatabaseSync(':memory:');
  const db = new Kysely<IdentityTables>({ dialect: new SqliteDialect({ database: asKyselyDatabase(connection) }) });
  const run = async (names: readonly string[]) => {
    const migrations = Object.fromEntries(Object.entries(identityMigrations).filter(([name]) => names.includes(name)));
    const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
    const { error } = await migrator.migrateToLatest();
    if (error !== undefined) throw error;
  };
  await run(OLD);
  return { db, migrate: () => run(Object.keys(identityMigrations)) };
}

describe('a database of the version before', () => {
  it('keeps every grant with its key, and gives none of its keys away again', async () => {
    const { db, migrate } = await openOld();
    const columns = ['authorization_key', 'owner_id', 'resource_type', 'resource_id', 'permission_types'] as const;
    const read = () =>
      db
        .selectFrom('authorizations')
        .select([...columns])
        .orderBy('authorization_key')
        .execute();
    const before = await read();
    await migrate();
    const after = await read();
    expect(after.slice(0, before.length)).toEqual(before);
    const added = after.slice(before.length).map((row) => row.authorization_key);
    expect(Math.min(...added)).toBe(Math.max(...before.map((row) => row.authorization_key)) + 1);
  });

  it('has the grants of a task worker afterwards, as a new one has', async () => {
    const { db, migrate } = await openOld();
    await migrate();
    const ofTaskWorkers = (rows: readonly IdentityTables['authorizations'][]) =>
      rows
        .filter((row) => row.owner_id === 'task-worker')
        .map((row) => [row.resource_type, row.resource_property_name, row.permission_types]);
    const migrated = await db.selectFrom('authorizations').selectAll().execute();
    expect(ofTaskWorkers(migrated)).toEqual([
      ['USER_TASK', 'assignee', '["READ","CLAIM","COMPLETE"]'],
      ['USER_TASK', 'candidateUsers', '["READ","CLAIM","COMPLETE"]'],
      ['USER_TASK', 'candidateGroups', '["READ","CLAIM","COMPLETE"]'],
    ]);
    const { store } = await openHouse();
    expect(await store.db.selectFrom('authorizations').selectAll().execute()).toEqual(migrated);
  });

  it('gets no grants for a task worker whom somebody has deleted', async () => {
    const { db, migrate } = await openOld();
    await db.deleteFrom('roles').where('name', '=', 'Task Worker').execute();
    await migrate();
    const rows = await db.selectFrom('authorizations').select('owner_id').execute();
    expect(rows.map((row) => row.owner_id)).not.toContain('task-worker');
  });

  it('still has one grant for one owner and resource', async () => {
    const { db, migrate } = await openOld();
    await migrate();
    const [row] = await db.selectFrom('authorizations').selectAll().execute();
    if (!row) throw new Error('there are no grants');
    const twice = db
      .insertInto('authorizations')
      .values({ ...row, authorization_key: 99_999 })
      .execute();
    await expect(twice).rejects.toThrow('UNIQUE');
  });
});
