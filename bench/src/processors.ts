import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

const OTHERS = `1-${availableParallelism() - 1}`;
let apart = false;

/** The command of a measured program. */
export function onItsProcessor(command: string, args: readonly string[]): [string, string[]] {
  return apart ? ['taskset', ['-c', '0', command, ...args]] : [command, [...args]];
}

/**
 * From here on the measured programs have one processor to themselves, and this process, which makes the load, has the
 * others: where the machine has several, and lets us say so.
 */
export function leaveItsProcessor(): void {
  if (apart || OTHERS === '1-0') return;
  try {
    execFileSync('taskset', ['-a', '-c', '-p', OTHERS, String(process.pid)], { stdio: 'ignore' });
    apart = true;
  } catch {
    console.log('\n(taskset is not installed: load and program share the processors)');
  }
}
