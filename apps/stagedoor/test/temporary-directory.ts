import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** An empty directory of mode 0700 that goes when the test does. */
export function temporaryDirectory(): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'stagedoor-test-')));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}
