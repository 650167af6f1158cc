import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { Kysely, type SqliteDatabase, SqliteDialect } from 'kysely';
import { Migrator } from 'kysely/migration';
import { type IdentityTables, identityMigrations, type RecordStore } from '../src/index.ts';

/** A record store as the program has one: changes one after the other, listeners before the next. */
export type SqliteStore = RecordStore<IdentityTables> & {
  /** Is called after every COMMIT, before `change` resolves. */
  onCommitted(listener: () => Promise<void>): void;
  /** The next COMMITs fail. */
  breakCommits(): void;
};

export async function openSqliteStore(file = ':memory:'): Promise<SqliteStore> {
  const connection = new DatabaseSync(file);
  const db = new Kysely<IdentityTables>({ dialect: new SqliteDialect({ database: asKyselyDatabase(connection) }) });
  const migrator = new Migrator({ db, provider: { getMigrations: async () => identityMigrations } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
  const listeners: (() => Promise<void>)[] = [];
  let last: Promise<unknown> = Promise.resolve();
  let broken = false;
  const change: SqliteStore['change'] = (work) => {
    const next = last.then(async () => {
      const result = await db.transaction().execute(async (tx) => {
        const value = await work(tx);
        if (broken) throw new Error('the disk is full');
        return value;
      });
      await Promise.all(listeners.map((listener) => listener()));
      return result;
    });
    last = next.catch(() => undefined);
    return next;
  };
  return {
    db,
    change,
    onCommitted: (listener) => listeners.push(listener),
    breakCommits: () => {
      broken = true;
    },
  };
}

export function asKyselyDatabase(connection: DatabaseSync): SqliteDatabase {
  return {
    close: () => connection.close(),
    prepare(sql) {
      const statement = connection.prepare(sql);
      const inputs = (parameters: readonly unknown[]) => parameters as readonly SQLInputValue[];
      return {
        reader: statement.columns().length > 0,
        all: (parameters) => statement.all(...inputs(parameters)),
        run: (parameters) => statement.run(...inputs(parameters)),
        iterate: (parameters) => statement.iterate(...inputs(parameters)),
      };
    },
  };
}
