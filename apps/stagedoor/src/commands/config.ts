import { describeConfiguration } from '../configuration/index.ts';
import { OperatorError } from '../operator-error.ts';
import type { StartOptions } from '../start-options.ts';
import { readConfiguration } from './read-configuration.ts';

/** `stagedoor config`: the effective value of each key and where it came from. Errors are those of a start. */
export async function runConfig(options: StartOptions): Promise<void> {
  const resolution = readConfiguration(options);
  if (!resolution.ok) throw new OperatorError('CONFIGURATION_REFUSED', resolution.errors.join('\n'));
  process.stdout.write(`${describeConfiguration(resolution.effective, { json: options.json }).trimEnd()}\n`);
}
