import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endWithTheFile } from './end-with-the-file.ts';
import { LAUNCHER, ownEnvironment } from './run-command-line.ts';
import type { ProgramOptions } from './start-program.ts';

/** A program as a person sees it, who reads what it prints. */
export type TextProgram = {
  readonly rest: string;
  readonly child: ChildProcess;
  /** Everything printed so far on both streams. */
  readonly output: () => string;
  readonly ended: Promise<number | null>;
  /** Asks it to drain, and waits for its end: the exit code. */
  stop(): Promise<number | null>;
};

/** Starts the program without `--json`, in a directory of its own, and waits until it has announced itself. */
export async function startInText({ args = [], yaml, environment }: ProgramOptions): Promise<TextProgram> {
  const directory = mkdtempSync(join(tmpdir(), 'stagedoor-'));
  if (yaml !== undefined) writeFileSync(join(directory, 'application.yaml'), yaml);
  const child = spawn(process.execPath, [LAUNCHER, 'start', ...args], {
    cwd: directory,
    env: { ...ownEnvironment(), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const cleanUp = () => rmSync(directory, { recursive: true, force: true });
  endWithTheFile(child, cleanUp);
  let said = '';
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const announced = new Promise<string>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      said += chunk.toString();
      const [, rest] = /REST APIs +(\S+)[\s\S]*\nTry:\n[\s\S]*\n\n$/.exec(said) ?? [];
      if (rest !== undefined) resolve(rest);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    ended.then((code) => reject(new Error(`the program ended with ${code} before it was ready:\n${said}`)));
  });
  const rest = await announced;
  return {
    rest,
    child,
    output: () => said,
    ended,
    stop: async () => {
      child.kill('SIGTERM');
      const code = await ended;
      cleanUp();
      return code;
    },
  };
}
