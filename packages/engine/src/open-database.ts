import { DatabaseSync } from 'node:sqlite';
import { matchesPattern } from '@stagedoor/cluster';
import { toEngineFileError } from './engine-file-error.ts';
import { assertOurs, migrate } from './schema.ts';

/** How long a command waits for another process that holds the file, in milliseconds: it blocks this process meanwhile. */
const BUSY_TIMEOUT = 1000;

/**
 * Opens a file (or `:memory:`) and brings it to the newest schema. With `synchronous = FULL` a COMMIT has reached the disk
 * when it returns, so that neither a kill nor a power loss takes back what was answered (https://www.sqlite.org/pragma.html).
 *
 * @throws EngineFileError where the file cannot hold an engine.
 */
export function openDatabase(file: string): DatabaseSync {
  let db: DatabaseSync | null = null;
  try {
    db = new DatabaseSync(file, { timeout: BUSY_TIMEOUT, enableForeignKeyConstraints: true });
    assertOurs(db, file);
    db.exec('PRAGMA journal_mode = WAL');
    db.exec('PRAGMA synchronous = FULL');
    db.exec('PRAGMA trusted_schema = OFF');
    migrate(db);
    db.function('matches_pattern', { deterministic: true, directOnly: true }, isOfPattern);
    return db;
  } catch (error) {
    db?.close();
    throw toEngineFileError(file, error);
  }
}

/** As SQL asks it: a missing value is of no pattern. */
function isOfPattern(value: unknown, pattern: unknown): number {
  return typeof value === 'string' && typeof pattern === 'string' && matchesPattern(value, pattern) ? 1 : 0;
}
