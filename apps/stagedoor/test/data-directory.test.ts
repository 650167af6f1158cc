import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { findDataDirectory, openDataDirectory, openMemoryDirectory } from '../src/data-directory.ts';
import { OperatorError } from '../src/operator-error.ts';
import { temporaryDirectory } from './temporary-directory.ts';

function refusal(work: () => unknown): OperatorError {
  try {
    work();
  } catch (error) {
    if (error instanceof OperatorError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

const NOBODY = 65_534;
const APP = fileURLToPath(new URL('..', import.meta.url));

describe('a data directory', () => {
  it('is created with mode 0700, with the directories above it', () => {
    const path = join(temporaryDirectory(), 'a', 'b');
    const directory = openDataDirectory(path);
    expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(directory).toMatchObject({
      path,
      records: join(path, 'records.sqlite'),
      controlSocket: join(path, 'control.sock'),
    });
    expect(readdirSync(path)).toEqual([]);
  });

  it('is refused where the system makes no directories, and does not wait for it for ever', (ctx) => {
    ctx.skip(process.platform !== 'linux', 'needs /proc');
    // In a process of its own: where it waited, it would do so for the whole test.
    const script = "import('./src/data-directory.ts').then(({ openDataDirectory }) => openDataDirectory('/proc/a/b'))";
    const ran = spawnSync(process.execPath, ['--eval', script], { cwd: APP, encoding: 'utf8', timeout: 10_000 });
    expect(ran.stderr).toContain('/proc/a/b cannot be used as a data directory (ENOENT)');
    expect(ran.status).toBe(1);
  });

  it('of an earlier start is used again', () => {
    const path = join(temporaryDirectory(), 'data');
    expect(openDataDirectory(path).path).toBe(openDataDirectory(path).path);
  });

  it.each([0o750, 0o705, 0o701, 0o720, 0o777])('that others can enter is refused with the fix (mode %o)', (mode) => {
    const path = temporaryDirectory();
    chmodSync(path, mode);
    const refused = refusal(() => openDataDirectory(path));
    expect(refused.code).toBe('DATA_DIRECTORY_NOT_PRIVATE');
    expect(refused.message).toContain(`chmod 700 '${path}'`);
    expect(lstatSync(path).mode & 0o777).toBe(mode);
    expect(refusal(() => findDataDirectory(path)).code).toBe('DATA_DIRECTORY_NOT_PRIVATE');
  });

  it('that belongs to another user is refused', (ctx) => {
    ctx.skip(process.getuid?.() !== 0, 'needs root, to give a directory away');
    const path = temporaryDirectory();
    chownSync(path, NOBODY, NOBODY);
    expect(refusal(() => openDataDirectory(path)).code).toBe('DATA_DIRECTORY_FOREIGN');
    expect(refusal(() => findDataDirectory(path)).code).toBe('DATA_DIRECTORY_FOREIGN');
    chownSync(path, 0, 0);
  });

  it('behind a link is the real one, verified like any other', () => {
    const parent = temporaryDirectory();
    mkdirSync(join(parent, 'real'), { mode: 0o700 });
    symlinkSync(join(parent, 'real'), join(parent, 'link'));
    expect(openDataDirectory(join(parent, 'link')).path).toBe(join(parent, 'real'));
    chmodSync(join(parent, 'real'), 0o755);
    expect(refusal(() => openDataDirectory(join(parent, 'link'))).code).toBe('DATA_DIRECTORY_NOT_PRIVATE');
  });

  it('behind a link that another user owns is refused', async (ctx) => {
    ctx.skip(process.getuid?.() !== 0, 'needs root, to give a link away');
    const { lchownSync } = await import('node:fs');
    const parent = temporaryDirectory();
    mkdirSync(join(parent, 'real'), { mode: 0o700 });
    symlinkSync(join(parent, 'real'), join(parent, 'link'));
    lchownSync(join(parent, 'link'), NOBODY, NOBODY);
    expect(refusal(() => openDataDirectory(join(parent, 'link'))).code).toBe('DATA_DIRECTORY_FOREIGN');
  });

  it('behind a link that leads nowhere is refused', () => {
    const parent = temporaryDirectory();
    symlinkSync(join(parent, 'gone'), join(parent, 'link'));
    expect(refusal(() => openDataDirectory(join(parent, 'link'))).code).toMatch(/^DATA_DIRECTORY_/);
  });

  it('cannot be a file, nor lie below one', () => {
    const path = join(temporaryDirectory(), 'file');
    writeFileSync(path, '');
    chmodSync(path, 0o600);
    expect(refusal(() => openDataDirectory(path)).code).toBe('DATA_DIRECTORY_NOT_A_DIRECTORY');
    expect(refusal(() => openDataDirectory(join(path, 'below'))).code).toBe('DATA_DIRECTORY_UNAVAILABLE');
  });

  it('that is only looked for is not created', () => {
    const path = join(temporaryDirectory(), 'data');
    expect(findDataDirectory(path)).toBeUndefined();
    expect(existsSync(path)).toBe(false);
  });
});

describe('a program in memory', () => {
  it('has a private directory for its socket, no files for its records, and leaves nothing behind', () => {
    const directory = openMemoryDirectory();
    expect(statSync(directory.path).mode & 0o777).toBe(0o700);
    expect([directory.records, directory.cluster]).toEqual([':memory:', ':memory:']);
    writeFileSync(directory.sessionKey, 'left');
    directory.release();
    expect(existsSync(directory.path)).toBe(false);
  });

  it('removes no directory that outlives the program', () => {
    const path = join(temporaryDirectory(), 'data');
    openDataDirectory(path).release();
    expect(existsSync(path)).toBe(true);
  });
});
