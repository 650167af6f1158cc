import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { EngineFileError } from '@stagedoor/engine';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../src/open-database.ts';
import { resource, STRAIGHT } from './bpmn-documents.ts';
import { EVERYTHING, TENANT } from './everything.ts';
import { refusalOf } from './refusal.ts';
import { memoryEngine, open, rowsIn, temporaryFile } from './temporary-engine.ts';

function errorOf(file: string): EngineFileError {
  try {
    open(file).close();
  } catch (error) {
    if (error instanceof EngineFileError) return error;
    throw error;
  }
  throw new Error('the file was opened');
}

function write(file: string, sql: string): void {
  const db = new DatabaseSync(file);
  db.exec(sql);
  db.close();
}

describe('openEngine', () => {
  it('makes a new database, and takes an empty file for one', () => {
    const file = temporaryFile();
    writeFileSync(file, '');
    open(file).close();
    expect(rowsIn(file, 'PRAGMA user_version')).toEqual([{ user_version: 2 }]);
  });

  it('waits for the disk at every commit, writes ahead, and keeps references', () => {
    const db = openDatabase(temporaryFile());
    const values = ['synchronous', 'journal_mode', 'foreign_keys'].map(
      (name) => db.prepare(`PRAGMA ${name}`).get()?.[name],
    );
    db.close();
    expect(values).toEqual([2, 'wal', 1]);
  });

  it('refuses a file that is no database, and leaves it alone', () => {
    const file = temporaryFile();
    writeFileSync(file, 'a letter to somebody, and a long one: '.repeat(100));
    const before = readFileSync(file);
    expect(errorOf(file)).toMatchObject({
      code: 'ENGINE_FILE_NOT_A_DATABASE',
      file,
      message: `engine file \`${file}\` is not a database, or is damaged`,
    });
    expect(readFileSync(file)).toEqual(before);
  });

  it('refuses a damaged database', () => {
    const file = temporaryFile();
    open(file).close();
    const bytes = readFileSync(file);
    bytes.fill(0xff, 100, 4096);
    writeFileSync(file, bytes);
    expect(errorOf(file).code).toBe('ENGINE_FILE_NOT_A_DATABASE');
  });

  it("refuses another program's database, and leaves it alone", () => {
    const file = temporaryFile();
    write(file, 'CREATE TABLE theirs (x)');
    const before = readFileSync(file);
    expect(errorOf(file).code).toBe('ENGINE_FILE_FOREIGN');
    expect(readFileSync(file)).toEqual(before);
  });

  it("refuses another program's database that has a version of its own", () => {
    const file = temporaryFile();
    write(file, 'PRAGMA user_version = 1; PRAGMA application_id = 7');
    expect(errorOf(file).code).toBe('ENGINE_FILE_FOREIGN');
  });

  it('refuses a file of a newer version, and leaves it alone', () => {
    const file = temporaryFile();
    open(file).close();
    write(file, 'PRAGMA user_version = 99');
    expect(errorOf(file)).toMatchObject({
      code: 'ENGINE_FILE_NEWER',
      message: expect.stringContaining('has schema 99, and this version knows 2'),
    });
    expect(rowsIn(file, 'PRAGMA user_version')).toEqual([{ user_version: 99 }]);
  });

  it('refuses a directory that does not exist, and a directory in place of a file', () => {
    const file = temporaryFile();
    expect(errorOf(join(dirname(file), 'gone', 'engine.db')).code).toBe('ENGINE_FILE_UNREADABLE');
    mkdirSync(file);
    expect(errorOf(file).code).toBe('ENGINE_FILE_UNREADABLE');
  });

  it('refuses a file that another process has locked', () => {
    const file = temporaryFile();
    const other = new DatabaseSync(file);
    other.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; CREATE TABLE t (x)');
    const error = errorOf(file);
    other.close();
    expect(error.code).toBe('ENGINE_FILE_IN_USE');
  });

  it('keeps nothing in a file where there is none', async () => {
    const [one, other] = [memoryEngine(), memoryEngine()];
    await one.deploy([resource('p.bpmn', STRAIGHT)], TENANT);
    expect(await other.resolveProcess({ bpmnProcessId: 'straight', version: null }, TENANT)).toBeNull();
  });
});

describe('a closed engine', () => {
  it('refuses everything and can be closed again', async () => {
    const engine = open(':memory:');
    await engine.deploy([resource('p.bpmn', STRAIGHT)], TENANT);
    engine.close();
    engine.close();
    const commands = [
      engine.deploy([resource('p.bpmn', STRAIGHT)], TENANT),
      engine.createProcessInstance({
        process: { bpmnProcessId: 'straight', version: null },
        variables: {},
        tenantId: TENANT,
      }),
      engine.processDefinition(1),
      engine.searchProcessInstances(EVERYTHING),
    ];
    for (const command of commands) expect((await refusalOf(command)).code).toBe('UNAVAILABLE');
  });

  it('refuses a deployment that was under way', async () => {
    const engine = open(':memory:');
    const deployment = refusalOf(engine.deploy([resource('p.bpmn', STRAIGHT)], TENANT));
    engine.close();
    expect((await deployment).code).toBe('UNAVAILABLE');
  });

  it('is not healthy, and says so in its topology', async () => {
    const engine = open(':memory:');
    expect(await engine.healthy()).toBe(true);
    engine.close();
    expect(await engine.healthy()).toBe(false);
    expect((await engine.topology()).brokers[0]?.partitions[0]?.health).toBe('unhealthy');
  });
});

describe('topology', () => {
  it('tells the truth about this process', async () => {
    expect(await memoryEngine().topology()).toEqual({
      clusterId: 'cluster',
      brokers: [
        {
          nodeId: 0,
          host: '127.0.0.1',
          port: 8080,
          version: '8.10.0',
          partitions: [{ partitionId: 1, role: 'leader', health: 'healthy', state: 'active' }],
        },
      ],
      clusterSize: 1,
      partitionsCount: 1,
      replicationFactor: 1,
      gatewayVersion: '8.10.0',
      lastCompletedChangeId: '-1',
    });
  });
});
