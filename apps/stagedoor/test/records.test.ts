import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Generated } from 'kysely';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DataDirectoryInUse } from '../src/operator-error.ts';
import type { Migrations } from '../src/records/migrate.ts';
import { openRecords } from '../src/records/open-records.ts';
import { temporaryDirectory } from './temporary-directory.ts';

type Tables = {
  singer: { id: Generated<number>; name: string; voice: string | null; photo: Uint8Array | null };
  role: { id: Generated<number>; singer_id: number };
};

const SINGERS: Migrations = {
  'identity-0001-singers': {
    up: (db) =>
      db.schema
        .createTable('singer')
        .addColumn('id', 'integer', (column) => column.primaryKey())
        .addColumn('name', 'text', (column) => column.notNull().unique())
        .addColumn('voice', 'text')
        .addColumn('photo', 'blob')
        .execute(),
  },
};
const ROLES: Migrations = {
  'alpha-0001-roles': {
    up: (db) =>
      db.schema
        .createTable('role')
        .addColumn('id', 'integer', (column) => column.primaryKey())
        .addColumn('singer_id', 'integer', (column) => column.notNull().references('singer.id'))
        .execute(),
  },
};
const BROKEN: Migrations = {
  'beta-0001-broken': {
    up: async (db) => {
      await db.schema.createTable('half').addColumn('id', 'integer').execute();
      throw new Error('the curtain fell');
    },
  },
};

async function open(file: string, migrations: Migrations = { ...SINGERS, ...ROLES }) {
  const faults: unknown[] = [];
  const records = await openRecords<Tables>(file, { migrations, onFault: (error) => faults.push(error) });
  onTestFinished(() => records.close());
  return { records, faults };
}

async function names(records: Awaited<ReturnType<typeof open>>['records']): Promise<string[]> {
  const rows = await records.db.selectFrom('singer').select('name').orderBy('id').execute();
  return rows.map((row) => row.name);
}

function codeOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'resolved',
    (error) => error.code,
  );
}

describe('a change of records', () => {
  it('is there for the next query, and after the file was closed and opened again', async () => {
    const file = join(temporaryDirectory(), 'records.sqlite');
    const { records } = await open(file);
    const photo = new Uint8Array([0, 255]);
    const id = await records.change(async (tx) => {
      const added = await tx
        .insertInto('singer')
        .values({ name: 'Astrid', photo })
        .returning('id')
        .executeTakeFirstOrThrow();
      return added.id;
    });
    expect(id).toBe(1);
    await records.close();
    const again = (await open(file)).records;
    expect(await again.db.selectFrom('singer').selectAll().execute()).toEqual([
      { id: 1, name: 'Astrid', voice: null, photo },
    ]);
  });

  it('is undone as a whole when its work throws, and the next change goes on', async () => {
    const { records } = await open(':memory:');
    const failing = records.change(async (tx) => {
      await tx.insertInto('singer').values({ name: 'Birgit' }).execute();
      throw new RangeError('no');
    });
    await expect(failing).rejects.toThrow(RangeError);
    await records.change((tx) => tx.insertInto('singer').values({ name: 'Christa' }).execute());
    expect(await names(records)).toEqual(['Christa']);
  });

  it('is refused whole when it breaks a foreign key', async () => {
    const { records } = await open(':memory:');
    const orphan = records.change((tx) => tx.insertInto('role').values({ singer_id: 99 }).execute());
    await expect(orphan).rejects.toThrow('FOREIGN KEY');
    expect(await records.db.selectFrom('role').selectAll().execute()).toEqual([]);
  });

  it('waits for the changes asked for before it', async () => {
    const { records } = await open(':memory:');
    let letFirstGo = () => undefined as unknown;
    const held = new Promise((resolve) => {
      letFirstGo = () => resolve(undefined);
    });
    const order: string[] = [];
    const first = records.change(async () => {
      await held;
      order.push('first');
    });
    const second = records.change(async () => order.push('second'));
    letFirstGo();
    await Promise.all([first, second]);
    expect(order).toEqual(['first', 'second']);
  });

  it('refuses another change inside it, and one inside a listener, instead of waiting for ever', async () => {
    const { records, faults } = await open(':memory:');
    await expect(records.change(() => records.change(async () => 1))).rejects.toThrow(TypeError);
    records.onCommitted(() => records.change(async () => undefined));
    await records.change(async () => undefined);
    expect(faults).toHaveLength(1);
  });

  it('lets work that outlives it start changes of its own', async () => {
    const { records } = await open(':memory:');
    let later: Promise<string> | undefined;
    let go = () => undefined as unknown;
    const gate = new Promise((resolve) => {
      go = () => resolve(undefined);
    });
    await records.change(async () => {
      later = gate.then(() => records.change(async () => 'changed'));
    });
    go();
    expect(await later).toBe('changed');
  });

  it('is refused after the records were closed', async () => {
    const { records } = await open(':memory:');
    await records.close();
    await expect(records.change(async () => 1)).rejects.toThrow('closed');
  });

  it('never stores a value that SQLite has no type for, and does not print it', async () => {
    const { records } = await open(':memory:');
    const name = { toString: () => 'canary' } as unknown as string;
    const failing = records.change((tx) => tx.insertInto('singer').values({ name }).execute());
    await expect(failing).rejects.toThrow('SQLite stores no object');
  });
});

describe('a listener of commits', () => {
  it('sees the committed state before the change resolves', async () => {
    const { records } = await open(':memory:');
    const seen: string[][] = [];
    records.onCommitted(async () => void seen.push(await names(records)));
    await records.change((tx) => tx.insertInto('singer').values({ name: 'Astrid' }).execute());
    expect(seen).toEqual([['Astrid']]);
  });

  it('is not called for a change that was undone', async () => {
    const { records } = await open(':memory:');
    const calls: string[] = [];
    records.onCommitted(async () => void calls.push('called'));
    await expect(records.change(() => Promise.reject(new RangeError('no')))).rejects.toThrow(RangeError);
    expect(calls).toEqual([]);
  });

  it('that fails leaves the change standing, keeps no other listener from running, and is reported as a fault', async () => {
    const { records, faults } = await open(':memory:');
    const failure = new Error('no snapshot');
    const others: string[] = [];
    records.onCommitted(() => {
      throw failure;
    });
    records.onCommitted(async () => void others.push('called'));
    await records.change((tx) => tx.insertInto('singer').values({ name: 'Astrid' }).execute());
    expect([faults, others]).toEqual([[failure], ['called']]);
    expect(await names(records)).toEqual(['Astrid']);
  });
});

describe('opening records', () => {
  it('creates the file for its owner alone, in WAL mode', async () => {
    const file = join(temporaryDirectory(), 'records.sqlite');
    const { records } = await open(file);
    await records.change((tx) => tx.insertInto('singer').values({ name: 'Astrid' }).execute());
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(`${file}-wal`).mode & 0o777).toBe(0o600);
  });

  it('applies a migration that sorts before those applied earlier', async () => {
    const file = join(temporaryDirectory(), 'records.sqlite');
    await (await open(file, SINGERS)).records.close();
    const { records } = await open(file, { ...SINGERS, ...ROLES });
    expect(await records.db.selectFrom('role').selectAll().execute()).toEqual([]);
  });

  it('leaves nothing behind of a migration that fails, nor of those before it', async () => {
    const file = join(temporaryDirectory(), 'records.sqlite');
    await (await open(file, SINGERS)).records.close();
    await expect(open(file, { ...SINGERS, ...ROLES, ...BROKEN })).rejects.toThrow('the curtain fell');
    const database = new DatabaseSync(file);
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").all();
    database.close();
    expect(tables.map((row) => row.name)).toEqual(['kysely_migration', 'kysely_migration_lock', 'singer']);
  });

  it('refuses a database of a newer version and changes not one byte of it', async () => {
    const file = join(temporaryDirectory(), 'records.sqlite');
    await (await open(file, { ...SINGERS, ...ROLES })).records.close();
    const before = readFileSync(file);
    expect(await codeOf(open(file, SINGERS))).toBe('RECORDS_TOO_NEW');
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it("refuses another program's database and changes not one byte of it", async () => {
    const file = join(temporaryDirectory(), 'records.sqlite');
    const database = new DatabaseSync(file);
    database.exec('CREATE TABLE bookmarks (url TEXT)');
    database.close();
    const before = readFileSync(file);
    expect(await codeOf(open(file))).toBe('RECORDS_FOREIGN');
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it.each(['hello', 'x'.repeat(5000)])('refuses a file that is no database and leaves it as it is', async (content) => {
    const file = join(temporaryDirectory(), 'records.sqlite');
    writeFileSync(file, content);
    expect(await codeOf(open(file))).toBe('RECORDS_UNREADABLE');
    expect(readFileSync(file, 'utf8')).toBe(content);
  });

  it('refuses a place where no file can be', async () => {
    expect(await codeOf(open(join(temporaryDirectory(), 'missing', 'records.sqlite')))).toBe('RECORDS_UNAVAILABLE');
  });

  it('refuses records that are open already, and goes on with those that are', async () => {
    const file = join(temporaryDirectory(), 'records.sqlite');
    const { records } = await open(file);
    await expect(open(file)).rejects.toThrow(DataDirectoryInUse);
    await records.change((tx) => tx.insertInto('singer').values({ name: 'Astrid' }).execute());
    await records.close();
    expect(await names((await open(file)).records)).toEqual(['Astrid']);
  });
});
