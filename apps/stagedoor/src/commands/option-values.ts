import type { Parsed } from '@stagedoor/access';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { DEFAULT_DATA_DIRECTORY } from '../data-directory.ts';
import { withGivenValues } from './given-values.ts';

/** Wrong usage where the parser says so, else what it read. */
export function usable<T>(parsed: Parsed<T>): T {
  if (parsed.ok) return parsed.value;
  throw new InvalidArgumentError(`It ${parsed.problem}.`);
}

/** For an option that may be given several times. */
export function collected(value: string, earlier: readonly string[] | undefined): readonly string[] {
  return [...(earlier ?? []), value];
}

/** What every command that works on a data directory has. */
export type RecordOptions = { readonly data: string; readonly json: boolean };

export function withRecordOptions(command: Command): Command {
  return withGivenValues(command)
    .addOption(
      // The variable is `start`'s too (configuration key stagedoor.data): where it is set, both mean the same directory.
      new Option('--data <dir>', 'data directory of the program, running or not')
        .env('STAGEDOOR_DATA')
        .default(DEFAULT_DATA_DIRECTORY),
    )
    .addOption(new Option('--json', 'print JSON').default(false, 'a table or a sentence'));
}
