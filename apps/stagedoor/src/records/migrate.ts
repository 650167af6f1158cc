import type { DatabaseSync } from 'node:sqlite';
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { OperatorError } from '../operator-error.ts';

/** Migrations of every package that keeps records, by name. A name is never used again for something else. */
export type Migrations = Readonly<Record<string, Migration>>;

/** Kysely's own table of what has been applied. */
const APPLIED = 'kysely_migration';

function tables(connection: DatabaseSync): string[] {
  const rows = connection.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
  return rows.map((row) => String(row.name));
}

/**
 * Names of the migrations that a database has been through; none for an empty one. Reads only.
 * Throws an OperatorError for a database of another program and for one that a newer Stagedoor has written.
 */
export function appliedMigrations(connection: DatabaseSync, file: string, known: Migrations): string[] {
  const present = tables(connection);
  if (!present.includes(APPLIED)) {
    if (present.length === 0) return [];
    throw new OperatorError(
      'RECORDS_FOREIGN',
      `${file} is the database of another program: choose another directory with --data`,
    );
  }
  const names = connection
    .prepare(`SELECT name FROM ${APPLIED}`)
    .all()
    .map((row) => String(row.name));
  const unknown = names.find((name) => !Object.hasOwn(known, name));
  if (unknown === undefined) return names;
  throw new OperatorError(
    'RECORDS_TOO_NEW',
    `${file} was written by a newer version of Stagedoor (${unknown}): use that version, or another directory with --data`,
  );
}

/** Applies what is missing, all of it or, when one migration fails, nothing. */
export async function migrate<T>(db: Kysely<T>, migrations: Migrations): Promise<void> {
  const { Migrator } = await import('kysely/migration');
  await db.transaction().execute(async (tx) => {
    // Packages number their migrations independently, so a new one of the first may sort before an old one of the second.
    const migrator = new Migrator({
      db: tx,
      provider: { getMigrations: async () => migrations },
      allowUnorderedMigrations: true,
    });
    const { error } = await migrator.migrateToLatest();
    if (error !== undefined) throw error;
  });
}
