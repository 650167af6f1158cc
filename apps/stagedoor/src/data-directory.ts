import { lstatSync, mkdtempSync, realpathSync, rmSync, type Stats } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { makeDirectory } from './make-directory.ts';
import { OperatorError } from './operator-error.ts';
import { shellQuote } from './shell-quote.ts';

export const DEFAULT_DATA_DIRECTORY = './.stagedoor';

/** Where a program keeps its things. Every path is below a directory that only its owner can enter. */
export type DataDirectory = {
  /** Absolute, without symbolic links. */
  readonly path: string;
  /** A SQLite file, or `:memory:`. */
  readonly records: string;
  /** A SQLite file, or `:memory:`. */
  readonly cluster: string;
  /** A directory that need not exist yet. */
  readonly keys: string;
  readonly sessionKey: string;
  /** A directory that need not exist yet. */
  readonly usedProofs: string;
  readonly controlSocket: string;
  /** Removes a temporary directory with everything in it; leaves any other as it is. */
  release(): void;
};

function refuse(code: string, message: string, cause?: unknown): never {
  throw new OperatorError(`DATA_DIRECTORY_${code}`, message, { cause });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN';
}

function ownerOf(found: Stats, path: string): void {
  const me = process.getuid?.();
  if (me === undefined || found.uid === me) return;
  refuse('FOREIGN', `${path} belongs to another user: choose another directory with --data, or run this as its owner`);
}

/** A link that somebody else can turn elsewhere is his to decide, not ours. */
function verifyLink(path: string): void {
  if (lstatSync(path).isSymbolicLink()) ownerOf(lstatSync(path), path);
}

/** Windows keeps no owner or mode that could be read here: there the directory is as private as its parent. */
function verifyPrivate(path: string): string {
  verifyLink(path);
  const real = realpathSync(path);
  const found = lstatSync(real);
  if (!found.isDirectory()) refuse('NOT_A_DIRECTORY', `${path} is not a directory: choose another one with --data`);
  ownerOf(found, path);
  if (process.platform !== 'win32' && (found.mode & 0o077) !== 0) {
    refuse(
      'NOT_PRIVATE',
      `${path} can be entered by other users: run chmod 700 ${shellQuote(real)}, after a look at what is in it`,
    );
  }
  return real;
}

function pathsBelow(path: string): DataDirectory {
  return {
    path,
    records: join(path, 'records.sqlite'),
    cluster: join(path, 'cluster.sqlite'),
    keys: join(path, 'keys'),
    sessionKey: join(path, 'session.key'),
    usedProofs: join(path, 'used-proofs'),
    controlSocket: join(path, 'control.sock'),
    release: () => undefined,
  };
}

/**
 * Creates the directory with mode 0700 where it is missing, and verifies that it is a directory of this user that nobody
 * else can enter, before anything is put into it. Throws an OperatorError with the fix.
 * Not checked: who may rename the directories above it.
 */
export function openDataDirectory(path: string = DEFAULT_DATA_DIRECTORY): DataDirectory {
  const wanted = resolve(path);
  try {
    makeDirectory(wanted);
    return pathsBelow(verifyPrivate(wanted));
  } catch (error) {
    if (error instanceof OperatorError) throw error;
    if (codeOf(error) === 'EEXIST')
      refuse('NOT_A_DIRECTORY', `${wanted} is not a directory: choose another one with --data`, error);
    refuse(
      'UNAVAILABLE',
      `${wanted} cannot be used as a data directory (${codeOf(error)}): choose another one with --data`,
      error,
    );
  }
}

/** The same, but never creates it: undefined where there is none. */
export function findDataDirectory(path: string = DEFAULT_DATA_DIRECTORY): DataDirectory | undefined {
  const wanted = resolve(path);
  try {
    return pathsBelow(verifyPrivate(wanted));
  } catch (error) {
    if (error instanceof OperatorError) throw error;
    if (codeOf(error) === 'ENOENT') return undefined;
    refuse('UNAVAILABLE', `${wanted} cannot be read (${codeOf(error)}): choose another one with --data`, error);
  }
}

/** A private temporary directory for a program that keeps its records in memory; `release` removes it. */
export function openMemoryDirectory(): DataDirectory {
  // mkdtemp creates it with mode 0700 under a name that nobody could have foreseen.
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'stagedoor-')));
  return {
    ...pathsBelow(path),
    records: ':memory:',
    cluster: ':memory:',
    release: () => rmSync(path, { recursive: true, force: true }),
  };
}
