import { closeSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DataDirectoryInUse, OperatorError } from '../operator-error.ts';

/** Primary result codes of SQLite (https://www.sqlite.org/rescode.html): the low byte of what node:sqlite calls `errcode`. */
const BUSY = 5;
const CORRUPT = 11;
const NOT_A_DATABASE = 26;

/** SQLite's primary result code, or undefined for an error that is not SQLite's. */
function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  return error.errcode & 0xff;
}

function inWordsForTheOperator(error: unknown, file: string): unknown {
  const code = sqliteCode(error);
  if (!(error instanceof Error) || (code === undefined && !('syscall' in error))) return error;
  if (code === BUSY) return new DataDirectoryInUse(dirname(file), { cause: error });
  if (code === NOT_A_DATABASE || code === CORRUPT) {
    const fix = 'restore it from a backup, or move it away to start with empty records';
    const what = `${file} cannot be read as a database (${error.message})`;
    return new OperatorError('RECORDS_UNREADABLE', `${what}: ${fix}`, { cause: error });
  }
  const fix = 'check that the data directory is on a writable disk with free space';
  return new OperatorError('RECORDS_UNAVAILABLE', `${file} cannot be opened (${error.message}): ${fix}`, {
    cause: error,
  });
}

/** Creates the file for its owner alone. One that exists is left closed: closing it would drop this process's own SQLite locks. */
function createPrivately(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return;
    throw error;
  }
}

/**
 * Takes the lock before anything is read or written. In exclusive mode SQLite keeps it until the connection closes, and
 * the kernel takes it back from a process that is killed (https://www.sqlite.org/pragma.html#pragma_locking_mode).
 */
function lock(connection: DatabaseSync): void {
  connection.exec('PRAGMA locking_mode = EXCLUSIVE');
  connection.exec('BEGIN EXCLUSIVE');
  connection.exec('COMMIT');
}

/**
 * Opens a SQLite file, or `:memory:`, under an exclusive lock, and lets `inspect` look at it before the first byte is
 * written; what `inspect` throws closes the file again, unchanged.
 * Throws DataDirectoryInUse, or an OperatorError for a file that is no database or cannot be opened.
 */
export function openConnection(file: string, inspect: (connection: DatabaseSync) => void): DatabaseSync {
  const inMemory = file === ':memory:';
  let connection: DatabaseSync | undefined;
  try {
    if (!inMemory) createPrivately(file);
    connection = new DatabaseSync(file, { timeout: 0 });
    lock(connection);
    inspect(connection);
    if (!inMemory) connection.exec('PRAGMA journal_mode = WAL');
    connection.exec('PRAGMA synchronous = FULL');
    connection.exec('PRAGMA foreign_keys = ON');
    return connection;
  } catch (error) {
    if (connection?.isOpen) connection.close();
    throw inWordsForTheOperator(error, file);
  }
}
