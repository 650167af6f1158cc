import { Kysely } from 'kysely';
import { appliedMigrations, type Migrations, migrate } from './migrate.ts';
import { openConnection } from './open-connection.ts';
import { Records } from './records.ts';
import { sqliteDialect } from './sqlite-dialect.ts';

export type RecordsOptions = {
  readonly migrations: Migrations;
  /** Told of a listener that failed after a commit: see `Records.onCommitted`. */
  readonly onFault: (error: unknown) => void;
};

/**
 * Opens the records in `file` (or `:memory:`), holding the lock of its directory until they are closed, and brings them to
 * the present schema. `T` is the caller's word for that schema: that it fits the migrations is not checked.
 * Throws DataDirectoryInUse, or an OperatorError for a file that is no database, another program's, or a newer version's;
 * nothing has been changed then.
 */
export async function openRecords<T>(file: string, options: RecordsOptions): Promise<Records<T>> {
  let applied: readonly string[] = [];
  const connection = openConnection(file, (opened) => {
    applied = appliedMigrations(opened, file, options.migrations);
  });
  const db = new Kysely<T>({ dialect: sqliteDialect(connection) });
  try {
    const missing = Object.keys(options.migrations).some((name) => !applied.includes(name));
    if (missing) await migrate(db, options.migrations);
  } catch (error) {
    await db.destroy();
    if (connection.isOpen) connection.close();
    throw error;
  }
  return new Records({ db, connection, onFault: options.onFault });
}
