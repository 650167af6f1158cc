import { describe, expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../src/open-database.ts';
import { Statements } from '../src/statements.ts';
import { transactionsOn } from '../src/transaction.ts';
import { temporaryFile } from './temporary-engine.ts';

function opened() {
  const db = openDatabase(temporaryFile());
  onTestFinished(() => db.close());
  const statements = new Statements(db);
  const insert = (deploymentKey: number) =>
    statements.run('INSERT INTO resource (deployment_key, checksum, xml) VALUES (?, ?, ?)', deploymentKey, 'c', 'x');
  const count = () => statements.get('SELECT count(*) AS n FROM resource')?.n;
  return { transact: transactionsOn(statements), insert, count };
}

describe('a transaction', () => {
  it('leaves nothing of a command that fails half-way, and gives its keys again', () => {
    const { transact, insert, count } = opened();
    const failing = () =>
      transact((nextKey) => {
        insert(nextKey());
        throw new RangeError('half-way');
      });
    expect(failing).toThrow(RangeError);
    expect(count()).toBe(0);
    expect(transact((nextKey) => nextKey())).toBe(2 ** 51 + 1);
  });

  it('leaves nothing of a command that the database refuses', () => {
    const { transact, insert, count } = opened();
    expect(() => transact(() => [insert(1), insert(0.5)])).toThrow();
    expect(count()).toBe(0);
    transact((nextKey) => insert(nextKey()));
    expect(count()).toBe(1);
  });
});
