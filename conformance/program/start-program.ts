import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endWithTheFile } from './end-with-the-file.ts';
import { LAUNCHER, ownEnvironment } from './run-command-line.ts';

/** The line that a program prints with `--json` once it is open (contract, "Starting"). */
type Ready = {
  readonly ready: true;
  readonly rest: string;
  readonly issuer: string | null;
  readonly management: string;
  readonly profile: string;
  readonly method: string;
  readonly clusterId: string;
  readonly data: string;
  readonly pid: number;
};

export type ProgramOptions = {
  readonly args?: readonly string[];
  /** Becomes the `application.yaml` of the program's own working directory. */
  readonly yaml?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Kept between two starts; a directory of its own, removed at the end, where left out. */
  readonly directory?: string;
};

export type Program = Ready & {
  readonly directory: string;
  /** Everything printed so far on both streams. */
  readonly output: () => string;
  readonly child: ChildProcess;
  stop(): Promise<number | null>;
  kill(): Promise<void>;
  /** Runs another command of the command line against this program's data directory. */
  run(...args: readonly string[]): string;
};

/** Free ports on loopback, whatever else runs on the machine. */
export const FREE_PORTS = ['--port', '0', '--issuer-port', '0', '--management-port', '0'];

/**
 * Starts the program as a person would, in a directory of its own, and waits until it says that it is ready. It ends with
 * the test file at the latest.
 */
export async function startProgram(options: ProgramOptions = {}): Promise<Program> {
  const directory = options.directory ?? mkdtempSync(join(tmpdir(), 'stagedoor-'));
  const child = launch(directory, options);
  const output: string[] = [];
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  const cleanUp = () => {
    if (options.directory === undefined) rmSync(directory, { recursive: true, force: true });
  };
  endWithTheFile(child, cleanUp);
  const ready = await readyLine(child, output, ended);
  return {
    ...ready,
    directory,
    child,
    output: () => output.join(''),
    stop: async () => {
      child.kill('SIGTERM');
      const code = await ended;
      cleanUp();
      return code;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
    run: (...args) => runCommand(directory, [...args, '--data', ready.data]),
  };
}

function launch(directory: string, { args = FREE_PORTS, yaml, environment }: ProgramOptions) {
  if (yaml !== undefined) writeFileSync(join(directory, 'application.yaml'), yaml);
  return spawn(process.execPath, [LAUNCHER, 'start', '--json', ...args], {
    cwd: directory,
    env: { ...ownEnvironment(), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Runs a start that is refused: what it printed on stderr, and its exit code. */
export async function refusedStart(options: ProgramOptions): Promise<{ code: number | null; stderr: string }> {
  const directory = mkdtempSync(join(tmpdir(), 'stagedoor-'));
  const child = launch(directory, options);
  const stderr: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk.toString()));
  child.stdout.on('data', (chunk: Buffer) => {
    // It should not have started: let the test see that it did.
    if (chunk.toString().includes('"ready"')) child.kill('SIGKILL');
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', (exit) => resolve(exit)));
  rmSync(directory, { recursive: true, force: true });
  return { code, stderr: stderr.join('') };
}

/** Runs one command of the command line to its end; throws with its stderr where it fails. */
function runCommand(directory: string, args: readonly string[]): string {
  return execFileSync(process.execPath, [LAUNCHER, ...args], {
    cwd: directory,
    env: ownEnvironment(),
    encoding: 'utf8',
  });
}

function readyLine(child: ChildProcess, output: string[], ended: Promise<number | null>): Promise<Ready> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      output.push(chunk.toString());
      const line = text
        .split('\n')
        .slice(0, -1)
        .find((one) => one.startsWith('{'));
      if (line !== undefined) resolve(JSON.parse(line) as Ready);
    });
    ended.then((code) => reject(new Error(`the program ended with ${code} before it was ready:\n${output.join('')}`)));
  });
}
