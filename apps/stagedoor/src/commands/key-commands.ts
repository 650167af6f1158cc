import type { Command } from 'commander';
import { toPlainText } from '../plain-text.ts';
import type { RotatedKey } from '../use-cases.ts';
import type { CommandContext } from './command-context.ts';
import { type RecordOptions, withRecordOptions } from './option-values.ts';
import { terminalTable } from './terminal-table.ts';

async function list(options: RecordOptions, context: CommandContext): Promise<void> {
  const keys = await (await context.controlClient(options.data)).callUseCase('key.list', {});
  if (options.json) return context.out(`${JSON.stringify(keys)}\n`);
  const rows = keys.map(({ kid, algorithm, state, since, until }) => [kid, algorithm, state, since, until ?? '-']);
  context.out(`${terminalTable(['KEY ID', 'ALGORITHM', 'STATE', 'SINCE', 'UNTIL'], rows)}\n`);
}

type RotateOptions = RecordOptions & { readonly now?: boolean };

async function rotate({ data, json, now = false }: RotateOptions, context: CommandContext): Promise<void> {
  const rotated = await (await context.controlClient(data)).callUseCase('key.rotate', { now });
  if (json) return context.out(`${JSON.stringify(rotated)}\n`);
  context.out(`${toPlainText(now ? replaced(rotated) : begun(rotated))}\n`);
}

function begun({ kid, signsFrom }: RotatedKey): string {
  return `The key ${kid} is published and signs from ${signsFrom} on. Tokens of the old key go on working until they expire.`;
}

function replaced({ kid, withdrawn }: RotatedKey): string {
  return `The key ${kid} signs as of now. Withdrawn, with every token that they signed: ${withdrawn.join(', ')}.`;
}

const ROTATE_HELP = `
The new key is published at once and signs an hour later, when every verifier has it. The old key stays published until
its last token has expired: a day and a minute after it signed for the last time.

With --now, for a key that somebody else may have, nothing waits: the new key signs at once, all other keys are
withdrawn, and every token that they signed is refused here from the next request on. A verifier elsewhere that remembers
the key set may take such a token until it fetches the set anew: it is told to do so after a minute.`;

/** `key list|rotate`. */
export function addKeyCommands(program: Command, context: CommandContext): void {
  const group = program.command('key').description('the keys that the embedded issuer signs with');
  withRecordOptions(group.command('list').description('list the signing keys, newest first')).action(
    (options: RecordOptions) => list(options, context),
  );
  withRecordOptions(group.command('rotate').description('replace the signing key'))
    .option('--now', 'at once, for a stolen key: all tokens end')
    .addHelpText('after', ROTATE_HELP)
    .action((options: RotateOptions) => rotate(options, context));
}
