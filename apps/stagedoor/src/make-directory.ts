import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * A directory with those above it, as `mkdir -p` makes it, entered by its owner alone. Node's own way does not end where a file
 * system says of every new directory that the one above it is missing, as /proc does.
 */
export function makeDirectory(path: string): void {
  const missing = missingAbove(path);
  if (missing === null) return;
  if (dirname(path) !== path) makeDirectory(dirname(path));
  if (missingAbove(path) !== null) throw missing;
}

/** Makes it, unless it is there already, whoever made it meanwhile. The error where the one above it is missing; throws any other. */
function missingAbove(path: string): Error | null {
  try {
    mkdirSync(path, { mode: 0o700 });
    return null;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EEXIST' && statSync(path).isDirectory()) return null;
    if (code === 'ENOENT' && error instanceof Error) return error;
    throw error;
  }
}
