import type { OpenedUseCases } from './control/control-client.ts';
import { findDataDirectory, openDataDirectory } from './data-directory.ts';
import { openHouse } from './house.ts';
import { allUseCases } from './use-cases/all-use-cases.ts';

/**
 * For a command where no program runs: opens the data directory itself, under its lock. Where there is none it makes one and
 * tells `onNew` its path: a slip in `--data`, or another working directory, otherwise looks like success.
 */
export async function openUseCases(
  dataDirectory: string,
  onNew: (path: string) => void = () => undefined,
): Promise<OpenedUseCases> {
  const isNew = findDataDirectory(dataDirectory) === undefined;
  const directory = openDataDirectory(dataDirectory);
  if (isNew) onNew(directory.path);
  const house = await openHouse({
    directory,
    onFault: (error) => {
      throw error;
    },
  });
  return { useCases: allUseCases(house), close: () => house.close() };
}
