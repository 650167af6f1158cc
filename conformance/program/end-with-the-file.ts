import type { ChildProcess } from 'node:child_process';
import { afterAll } from 'vitest';

const running = new Map<ChildProcess, () => void>();

/** A test that fails does not reach its own `stop()`: whatever it started ends with its file, and what it left is removed. */
export function endWithTheFile(child: ChildProcess, cleanUp: () => void): void {
  running.set(child, cleanUp);
  child.once('exit', () => running.delete(child));
}

// Registered when the test file imports this, so before its own hooks: it runs after them.
afterAll(async () => {
  const left = [...running];
  await Promise.all(left.map(([child]) => end(child)));
  for (const [, cleanUp] of left) cleanUp();
});

// The file itself may be ended in the middle of a test.
process.once('exit', () => {
  for (const child of running.keys()) child.kill('SIGKILL');
});

async function end(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}
