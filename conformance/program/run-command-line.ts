import { join } from 'node:path';
import { type Ran, runToEnd } from './run-to-end.ts';

export const LAUNCHER = join(import.meta.dirname, '../../apps/stagedoor/bin/stagedoor.mjs');

/** What a command is given beside its arguments. */
export type Surroundings = {
  readonly directory: string;
  /** Written to its standard input, which then ends. */
  readonly input?: string;
  /** Variables beside those of the machine. */
  readonly environment?: Readonly<Record<string, string>>;
};

/** Runs one command of the command line to its end. */
export function runCommandLine(args: readonly string[], surroundings: Surroundings): Promise<Ran> {
  const { directory, input = '', environment } = surroundings;
  const env = { ...ownEnvironment(), ...environment };
  return runToEnd(process.execPath, [LAUNCHER, ...args], { cwd: directory, env, input });
}

/** The same, on the data directory of a program, for a command that has to succeed: its standard output. */
export async function command(
  { directory, data }: { readonly directory: string; readonly data: string },
  args: readonly string[],
  input?: string,
): Promise<string> {
  const ran = await runCommandLine([...args, '--data', data], { directory, ...(input === undefined ? {} : { input }) });
  if (ran.code !== 0) throw new Error(`stagedoor ${args.join(' ')} ended with ${ran.code}: ${ran.stderr}`);
  return ran.stdout;
}

/** No variable of the caller's shell may change what a command does. */
export function ownEnvironment(): NodeJS.ProcessEnv {
  const strange = /^(CAMUNDA|ZEEBE|STAGEDOOR|SPRING|SERVER|MANAGEMENT|NODE_OPTIONS|VITEST)/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !strange.test(name)));
}
