// Plain JavaScript for Node 18 and newer: this runs before the right Node is found.
import { accessSync, constants } from 'node:fs';
import { dirname, join } from 'node:path';

export const WANTED_MAJOR = 24;

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The directory, its parent, and so on up to the root. */
export function* upwards(directory) {
  for (let here = directory; ; here = dirname(here)) {
    yield here;
    if (dirname(here) === here) return;
  }
}

/** Where the npm packages `node-<platform>-<arch>` and `node` put their program, below one node_modules. */
function candidates(nodeModules) {
  const program = process.platform === 'win32' ? 'node.exe' : 'node';
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  return [
    join(nodeModules, `node-${platform}-${process.arch}`, 'bin', program),
    join(nodeModules, 'node', 'bin', program),
  ];
}

/** The program of a Node that is new enough: this one, or one that is installed at or above `directory`; else undefined. */
export function findNode(directory) {
  if (Number.parseInt(process.versions.node, 10) >= WANTED_MAJOR) return process.execPath;
  for (const here of upwards(directory)) {
    const found = candidates(join(here, 'node_modules')).find(isExecutable);
    if (found !== undefined) return found;
  }
  return undefined;
}
