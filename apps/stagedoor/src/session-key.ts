import { closeSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Randomness } from '@stagedoor/access';
import { OperatorError } from './operator-error.ts';

const KEY_BYTES = 32;

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN';
}

function read(file: string): Uint8Array | undefined {
  let key: Uint8Array;
  try {
    key = readFileSync(file);
  } catch (cause) {
    const code = codeOf(cause);
    if (code === 'ENOENT') return undefined;
    throw new OperatorError(
      'SESSION_KEY_UNREADABLE',
      `the session key ${file} cannot be read (${code}): restore it, or move it away to have a new one, which ends all sessions`,
      { cause },
    );
  }
  if (key.length === KEY_BYTES) return key;
  throw new OperatorError(
    'SESSION_KEY_UNREADABLE',
    `${file} is not a session key: remove it to have a new one, which ends all sessions`,
  );
}

/** Makes what was written in a directory outlive a power cut. */
function syncDirectory(path: string): void {
  const directory = openSync(path, 'r');
  fsyncSync(directory);
  closeSync(directory);
}

/** Whole or not at all, and never over an existing key: written aside, then linked to its name. */
function create(file: string, key: Uint8Array): void {
  const aside = `${file}.new`;
  rmSync(aside, { force: true });
  const descriptor = openSync(aside, 'wx', 0o600);
  try {
    writeSync(descriptor, key);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  linkSync(aside, file);
  rmSync(aside);
  if (process.platform !== 'win32') syncDirectory(dirname(file));
}

/**
 * The 32 bytes that session cookies are sealed with: read from `file`, or created there once, readable by the owner alone.
 * To be called only while the records of the same directory are open, whose lock keeps a second process out.
 */
export function sessionKey(file: string, randomness: Randomness): Uint8Array {
  const existing = read(file);
  if (existing !== undefined) return existing;
  const key = randomness.bytes(KEY_BYTES);
  create(file, key);
  return key;
}
