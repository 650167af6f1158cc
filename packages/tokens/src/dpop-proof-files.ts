import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProofStore, SpentProof } from './dpop-spent-proofs.ts';
import { syncDirectory } from './sync-directory.ts';

const FLAGS = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | (constants.O_NOFOLLOW ?? 0);
/** Two generations of proofs, 60 bytes each; what is longer was not written here. */
const MAX_BYTES = 128 * 1_048_576;
const LINE = /^([A-Za-z0-9_-]{43}) (\d{1,16})$/;

/**
 * Used proofs in two files of a directory of their own, a generation in each, appended to and synced; at the start what still
 * counts becomes the first of them. Apart from the records, whose writing stops everybody for as long as the disk takes. A line that was cut off by
 * a crash is of a proof that nobody was told is good. Not done here: keeping a second process out (the lock of the data
 * directory does).
 */
export function proofFiles(directory: string, now: () => number): ProofStore {
  const paths = [join(directory, 'used-proofs.0'), join(directory, 'used-proofs.1')] as const;
  let current: 0 | 1 = 0;
  let file: FileHandle | null = null;
  let closed = false;
  const closeFile = async () => {
    const open = file;
    file = null;
    await open?.close();
  };
  return {
    async load() {
      const found = await Promise.all(paths.map(readLines));
      const kept = found.flatMap((lines) => lines ?? []).filter(({ endsAt }) => endsAt > now());
      if (found.some((lines) => lines !== null)) await rewrite(paths, kept);
      return kept;
    },
    async append(proofs) {
      if (closed) throw new TypeError('the used proofs are closed');
      if (file === null) {
        await mkdir(directory, { recursive: true, mode: 0o700 });
        file = await open(paths[current], FLAGS, 0o600);
        await syncDirectory(directory);
      }
      await file.appendFile(textOf(proofs));
      await file.datasync();
    },
    async turn() {
      await closeFile();
      const other = current === 0 ? 1 : 0;
      await rm(paths[other], { force: true });
      current = other;
    },
    async close() {
      closed = true;
      await closeFile();
    },
  };
}

/** A line begins with its end, so that one that was cut off spoils none but itself. */
function textOf(proofs: readonly SpentProof[]): string {
  return proofs.map(({ id, endsAt }) => `\n${id} ${Math.ceil(endsAt)}`).join('');
}

/** Null where there is no such file. */
async function readLines(path: string): Promise<readonly SpentProof[] | null> {
  let file: FileHandle;
  try {
    file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  try {
    const { size } = await file.stat();
    if (size > MAX_BYTES) throw new RangeError(`${path} is too large for used proofs`);
    return (await file.readFile('utf8')).split('\n').flatMap(proofOf);
  } finally {
    await file.close();
  }
}

function proofOf(line: string): readonly SpentProof[] {
  const [, id, endsAt] = LINE.exec(line) ?? [];
  return id === undefined || endsAt === undefined ? [] : [{ id, endsAt: Number(endsAt) }];
}

/** A crash on the way leaves the old files or the new one, and never less than what counts. */
async function rewrite([first, second]: readonly [string, string], kept: readonly SpentProof[]): Promise<void> {
  const aside = `${first}.new`;
  await rm(aside, { force: true });
  const file = await open(aside, 'wx', 0o600);
  try {
    await file.writeFile(textOf(kept));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(aside, first);
  await rm(second, { force: true });
}
