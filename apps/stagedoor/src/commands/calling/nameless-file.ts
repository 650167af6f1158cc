import { closeSync, mkdtempSync, openSync, rmdirSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A file that no longer has a name when it gets its content, for a child that inherits it: nobody finds it, and it is gone with
 * the last of the two that hold it. Unlike a pipe it can be opened by path (`/dev/fd/N`) and read without anybody at its other end.
 *
 * @returns the descriptor; the caller closes it
 */
export function namelessFile(content: string | Uint8Array): number {
  const directory = mkdtempSync(join(tmpdir(), 'stagedoor-'));
  const path = join(directory, 'nameless');
  let file: number;
  try {
    file = openSync(path, 'wx+', 0o600);
    unlinkSync(path);
  } finally {
    rmdirSync(directory);
  }
  try {
    const bytes = Buffer.from(content);
    // At its positions: where the descriptor is opened by path it may be this one, and has to stand at the beginning.
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at, at);
  } catch (error) {
    closeSync(file);
    throw error;
  }
  return file;
}
