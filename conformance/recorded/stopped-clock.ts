import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const PRELOADED = pathToFileURL(join(import.meta.dirname, 'stopped-clock.mjs')).href;

/** The clock of a program that is to be started: it stands still until it is moved. */
export type StoppedClock = {
  readonly environment: Readonly<Record<string, string>>;
  move(milliseconds: number): void;
  remove(): void;
};

export function stopClock(start: number): StoppedClock {
  const directory = mkdtempSync(join(tmpdir(), 'stopped-clock-'));
  const file = join(directory, 'now');
  let now = start;
  const write = () => {
    // In one step: the program may read at any moment.
    writeFileSync(`${file}.next`, String(now));
    renameSync(`${file}.next`, file);
  };
  write();
  return {
    environment: { NODE_OPTIONS: `--import=${PRELOADED}`, STOPPED_CLOCK: file },
    move: (milliseconds) => {
      now += milliseconds;
      write();
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
