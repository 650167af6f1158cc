import { Readable } from 'node:stream';
import type { CommandContext } from '../src/commands/command-context.ts';
import { runCommandLine } from '../src/commands/command-line.ts';
import type { StartOptions } from '../src/start-options.ts';
import { clientOf } from './running-program.ts';

const NOW = Date.parse('2026-11-23T10:00:00Z');

type Ran = {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly started: readonly StartOptions[];
};

/** Runs one command as the program does, with a clock that stands still. */
export async function run(
  args: readonly string[],
  more: Partial<CommandContext> & { stdin?: string } = {},
): Promise<Ran> {
  const ran = { out: '', err: '', started: [] as StartOptions[] };
  const context: CommandContext = {
    clock: { now: () => NOW },
    input: Readable.from([Buffer.from(more.stdin ?? '')]),
    out: (text) => {
      ran.out += text;
    },
    err: (text) => {
      ran.err += text;
    },
    environment: {},
    colours: false,
    watched: false,
    controlClient: async (dataDirectory) => clientOf(dataDirectory),
    start: async (options) => void ran.started.push(options),
    config: async (options) => void ran.started.push(options),
    ...more,
  };
  const code = await runCommandLine(args, '1.2.3', context);
  return { code, ...ran };
}
