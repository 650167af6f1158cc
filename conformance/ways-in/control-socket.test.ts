import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command, runCommandLine } from '../program/run-command-line.ts';
import { FREE_PORTS, type Program, refusedStart, startProgram } from '../program/start-program.ts';

const scratch = mkdtempSync(join(tmpdir(), 'stagedoor-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

/** A directory with this mode, whatever the umask. */
function directory(name: string, mode: number): string {
  const path = join(scratch, name);
  mkdirSync(path);
  chmodSync(path, mode);
  return path;
}

describe('the data directory of a running program', () => {
  let program: Program;
  beforeAll(async () => {
    program = await startProgram({ args: [...FREE_PORTS, '--method', 'basic', '--data', './data'] });
    await command(program, ['client', 'create', '--name', 'x']);
  });
  afterAll(() => program.stop());

  it('is its owner’s alone, with everything in it', () => {
    expect(modeOf(program.data)).toBe('700');
    const modes = readdirSync(program.data, { withFileTypes: true, recursive: true }).map((entry) => {
      return [entry.isDirectory() ? 'directory' : 'file', modeOf(join(entry.parentPath, entry.name))].join(' ');
    });
    expect(new Set(modes)).toEqual(new Set(['directory 700', 'file 600']));
  });

  it('has the socket of the commands, which is its owner’s alone as well', () => {
    const socket = lstatSync(join(program.data, 'control.sock'));
    expect([socket.isSocket(), socket.mode & 0o777]).toEqual([true, 0o600]);
  });

  it('has no socket any more once the program has ended', async () => {
    const other = await startProgram({
      args: [...FREE_PORTS, '--data', './data'],
      directory: directory('ended', 0o700),
    });
    await other.stop();
    expect(existsSync(join(other.data, 'control.sock'))).toBe(false);
  });

  it('no longer serves commands once others could enter it', async () => {
    const other = await startProgram({
      args: [...FREE_PORTS, '--data', './data'],
      directory: directory('opened', 0o700),
    });
    chmodSync(other.data, 0o750);
    const ran = await runCommandLine(['user', 'list', '--data', other.data], { directory: other.directory });
    expect([ran.code, ran.stderr]).toEqual([
      1,
      expect.stringContaining('can be entered by other users: run chmod 700'),
    ]);
    await other.stop();
  });
});

describe('a directory that others could enter', () => {
  it.each(['750', '705', '710', '701', '777', '720'])(
    'is refused before anything is put into it: mode %s',
    async (mode) => {
      const path = directory(`mode-${mode}`, Number.parseInt(mode, 8));
      const { code, stderr } = await refusedStart({ args: [...FREE_PORTS, '--data', path] });
      expect([code, stderr]).toEqual([
        1,
        `stagedoor: ${path} can be entered by other users: run chmod 700 '${path}', after a look at what is in it\n`,
      ]);
      const ran = await runCommandLine(['client', 'create', '--name', 'x', '--data', path], { directory: scratch });
      expect([ran.code, ran.stdout, ran.stderr]).toEqual([1, '', stderr]);
      expect([modeOf(path), readdirSync(path)]).toEqual([mode, []]);
    },
  );

  it('is refused where it belongs to somebody else', async () => {
    // Only root can give a directory away; everybody else finds root's there.
    const path = process.getuid?.() === 0 ? directory('foreign', 0o700) : '/';
    if (path !== '/') chownSync(path, 12_345, 12_345);
    const { code, stderr } = await refusedStart({ args: [...FREE_PORTS, '--data', path] });
    expect([code, stderr]).toEqual([
      1,
      `stagedoor: ${path} belongs to another user: choose another directory with --data, or run this as its owner\n`,
    ]);
  });
});

describe('a program that keeps nothing', () => {
  it('has its socket in a private directory that goes with it', async () => {
    const program = await startProgram({ args: [...FREE_PORTS, '--memory'] });
    expect(modeOf(program.data)).toBe('700');
    expect(readdirSync(program.data)).toEqual(['control.sock']);
    expect(await command(program, ['user', 'list', '--json'])).toContain('demo');
    await program.stop();
    expect(existsSync(program.data)).toBe(false);
  });
});
