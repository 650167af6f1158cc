import { setTimeout } from 'node:timers/promises';
import packageJson from '../package.json' with { type: 'json' };
import type { CommandContext } from './commands/command-context.ts';
import { runCommandLine } from './commands/command-line.ts';

// What this program writes is its owner's: databases, keys and sockets are made without rights for anybody else.
process.umask(0o077);

const context: CommandContext = {
  clock: { now: Date.now },
  get input() {
    return process.stdin;
  },
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  environment: process.env,
  colours: process.stdout.isTTY && !process.env.NO_COLOR && process.env.TERM !== 'dumb',
  watched: process.stderr.isTTY,
  controlClient: async (dataDirectory) => {
    const { ControlClient } = await import('./control/control-client.ts');
    return new ControlClient({
      dataDirectory,
      openUseCases: async (directory) => (await import('./open-use-cases.ts')).openUseCases(directory, noteNew),
      wait: (milliseconds) => setTimeout(milliseconds),
    });
  },
  start: async (options) => (await import('./commands/start.ts')).runStart(options),
  config: async (options) => (await import('./commands/config.ts')).runConfig(options),
};

function noteNew(path: string): void {
  process.stderr.write(
    `note: there was no data directory ${path}: a new one was made, for a program that starts there\n`,
  );
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A program that runs goes on: requests may be under way.
  if (process.argv[2] === 'start') return;
  // Whoever reads the output may stop reading (`| head`): that is no failure.
  if (error.code === 'EPIPE') process.exit();
  process.stderr.write(
    `stagedoor: standard output cannot be written (${error.code}), and what it would have said is lost: look whether the change was made\n`,
  );
  process.exit(1);
});
// Nobody is left to be told.
process.stderr.on('error', () => undefined);

process.exitCode = await runCommandLine(process.argv.slice(2), packageJson.version, context);
