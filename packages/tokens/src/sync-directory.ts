import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** A new name in this directory survives a power cut, too. Windows has no such call and needs none. */
export async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(directory, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
