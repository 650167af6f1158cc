import type { OpenedUseCases } from './control/control-client.ts';
import { openDataDirectory } from './data-directory.ts';
import { openHouse } from './house.ts';
import { allUseCases } from './use-cases/all-use-cases.ts';

/** For a command where no program runs: opens the data directory itself, under its lock. */
export async function openUseCases(dataDirectory: string): Promise<OpenedUseCases> {
  const directory = openDataDirectory(dataDirectory);
  const house = await openHouse({
    directory,
    onFault: (error) => {
      throw error;
    },
  });
  return { useCases: allUseCases(house), close: () => house.close() };
}
