import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Engine, openEngine } from '@stagedoor/engine';
import { onTestFinished } from 'vitest';

/** A clock that stands still until it is moved. */
export class TestClock {
  time = Date.UTC(2026, 0, 1);

  now(): number {
    return this.time;
  }
}

/** A path in a directory of its own, gone after the test. */
export function temporaryFile(name = 'engine.db'): string {
  const directory = mkdtempSync(join(tmpdir(), 'stagedoor-engine-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return join(directory, name);
}

export function open(file: string, clock = new TestClock()): Engine {
  return openEngine({ file, clock, clusterId: 'cluster', host: '127.0.0.1', port: 8080, version: '8.10.0' });
}

export function memoryEngine(clock = new TestClock()): Engine {
  const engine = open(':memory:', clock);
  onTestFinished(() => engine.close());
  return engine;
}

/** What a file holds, read past the engine. */
export function rowsIn(file: string, sql: string): readonly Record<string, unknown>[] {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    return db.prepare(sql).all();
  } finally {
    db.close();
  }
}
