import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type KeyStore, KeyStoreError, readStoredKeys, type StoredKey, writeStoredKeys } from './stored-key.ts';
import { parseJsonObject } from './strict-json.ts';
import { syncDirectory } from './sync-directory.ts';

const FILE_NAME = 'signing-keys.json';
const MAX_BYTES = 1_048_576;

/**
 * Signing keys in one file of a directory of their own, both for their owner only (0600 in 0700; on Windows the access
 * control lists of the directory above decide). A file that others can reach is refused, a corrupt one is an error: neither
 * is repaired or replaced silently. Written to a second file, synced and renamed, so that a crash leaves the old or the new
 * keys. Not done here: keeping a second process out (the lock of the data directory does).
 */
export function fileKeyStore(directory: string): KeyStore {
  const path = join(directory, FILE_NAME);
  return {
    load: () =>
      guarded('KEY_STORE_UNREADABLE', `the signing keys in ${path} cannot be read`, () => load(directory, path)),
    save: (keys) =>
      guarded('KEY_STORE_UNWRITABLE', `the signing keys in ${path} cannot be written`, () =>
        save(directory, path, keys),
      ),
  };
}

async function guarded<R>(
  code: 'KEY_STORE_UNREADABLE' | 'KEY_STORE_UNWRITABLE',
  message: string,
  work: () => Promise<R>,
): Promise<R> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof KeyStoreError) throw cause;
    throw new KeyStoreError(code, `${message}: ${codeOf(cause) ?? 'unexpected failure'}`, { cause });
  }
}

async function load(directory: string, path: string): Promise<readonly StoredKey[]> {
  const content = await readOwnFile(directory, path);
  if (content === null) return [];
  const parsed = parseJsonObject(content);
  const keys = parsed.ok ? readStoredKeys(parsed.value) : null;
  if (keys === null) {
    throw new KeyStoreError(
      'KEY_STORE_CORRUPT',
      `${path} does not hold signing keys: restore it from a backup, or move it away to start with new keys`,
    );
  }
  return keys;
}

/** Null where there is no such file yet. */
async function readOwnFile(directory: string, path: string): Promise<string | null> {
  let file: FileHandle;
  try {
    await assertOwnersOnly(directory, await stat(directory), '700');
    // A link could lead to a file that somebody else writes.
    file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return null;
    throw cause;
  }
  try {
    const found = await file.stat();
    await assertOwnersOnly(path, found, '600');
    if (!found.isFile() || found.size > MAX_BYTES)
      throw new KeyStoreError('KEY_STORE_CORRUPT', `${path} is not a file of signing keys`);
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

async function save(directory: string, path: string, keys: readonly StoredKey[]): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await assertOwnersOnly(directory, await stat(directory), '700');
  const temporary = `${path}.new`;
  // One name, so that a crash leaves one file at most; made anew, so that its mode is ours.
  await rm(temporary, { force: true });
  try {
    await writeDurably(temporary, writeStoredKeys(keys));
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw cause;
  }
  await syncDirectory(directory);
}

async function writeDurably(path: string, content: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function assertOwnersOnly(
  path: string,
  found: { readonly mode: number; readonly uid: number },
  mode: '600' | '700',
): Promise<void> {
  if (process.getuid === undefined) return;
  if (found.uid !== process.getuid()) {
    throw new KeyStoreError(
      'KEY_STORE_EXPOSED',
      `${path} belongs to another user of this machine: signing keys must be the program's own`,
    );
  }
  if ((found.mode & 0o077) !== 0) {
    throw new KeyStoreError(
      'KEY_STORE_EXPOSED',
      `${path} can be reached by other users of this machine: run chmod ${mode} '${path.replaceAll("'", "'\\''")}'`,
    );
  }
}

function codeOf(cause: unknown): string | undefined {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
}
