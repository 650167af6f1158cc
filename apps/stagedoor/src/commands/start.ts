import { flushCompileCache } from 'node:module';
import { announceReady, announceWarnings } from '../announce.ts';
import { OperatorError } from '../operator-error.ts';
import { startProgram } from '../program.ts';
import type { StartOptions } from '../start-options.ts';
import { readConfiguration } from './read-configuration.ts';

/** How long requests under way may take after the first Ctrl-C. */
const DRAIN_MS = 10_000;
/** What a shell reports of a program that Ctrl-C ended. */
const INTERRUPTED = 130;

/** `stagedoor start`: runs until it is told to stop. The first signal drains, a second one stops now. */
export async function runStart(options: StartOptions): Promise<void> {
  const resolution = readConfiguration(options);
  if (!resolution.ok) throw new OperatorError('CONFIGURATION_REFUSED', resolution.errors.join('\n'));
  const stopping = new Promise<void>((stop) => {
    let asked = false;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (asked) process.exit(INTERRUPTED);
        asked = true;
        stop();
      });
    }
  });
  announceWarnings(resolution.warnings, resolution.notes);
  const program = await startProgram(resolution.configuration);
  announceWarnings(program.said, []);
  announceReady(program, { json: options.json });
  // Now rather than at the end, which may be a kill: the next start is quicker for it.
  flushCompileCache();
  await stopping;
  if (!options.json) process.stdout.write('\nStopping: requests under way end first. Ctrl-C again stops now.\n');
  await program.stop(DRAIN_MS);
}
