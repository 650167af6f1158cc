import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Kysely } from 'kysely';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ControlClient } from '../src/control/control-client.ts';
import { DataDirectoryInUse } from '../src/operator-error.ts';
import { openRecords } from '../src/records/open-records.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const HOLDER = fileURLToPath(new URL('hold-records.ts', import.meta.url));

/** Starts another process and waits until it says that it holds the directory. */
async function hold(directory: string): Promise<ChildProcess> {
  const holder = spawn(process.execPath, [HOLDER, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void holder.kill('SIGKILL'));
  const [said] = await once(holder.stdout, 'data');
  expect(String(said)).toBe('held\n');
  return holder;
}

const migrations = { 'test-0001': { up: async (db: Kysely<unknown>) => void db } };

function open(directory: string) {
  return openRecords<{ note: { text: string } }>(join(directory, 'records.sqlite'), {
    migrations,
    onFault: () => undefined,
  });
}

describe('the lock of a data directory', () => {
  it('refuses a second process, and names the directory and what to do', async () => {
    const directory = temporaryDirectory();
    await hold(directory);
    const failure: unknown = await open(directory).catch((error) => error);
    expect(failure).toBeInstanceOf(DataDirectoryInUse);
    expect(failure).toMatchObject({ code: 'DATA_DIRECTORY_IN_USE', directory });
    expect(String(failure)).toContain(`${directory} is in use by another process: stop that process or choose`);
  });

  it('is released by kill -9, and what was acknowledged is there', async () => {
    const directory = temporaryDirectory();
    const holder = await hold(directory);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    const records = await open(directory);
    expect(await records.db.selectFrom('note').selectAll().execute()).toEqual([{ text: 'acknowledged' }]);
    await records.close();
  });

  it('that is held without a socket that answers refuses a command in one sentence, after waiting for it', async () => {
    const directory = temporaryDirectory();
    await hold(directory);
    const waits: number[] = [];
    const client = new ControlClient({
      dataDirectory: directory,
      openUseCases: async () => Promise.reject(await open(directory).catch((error) => error)),
      wait: async (milliseconds) => void waits.push(milliseconds),
    });
    const failure: unknown = await client.callUseCase('user.list', {}).catch((error) => error);
    expect(failure).toMatchObject({ code: 'DATA_DIRECTORY_SILENT' });
    expect(waits).toEqual(Array(29).fill(100));
  });
});
