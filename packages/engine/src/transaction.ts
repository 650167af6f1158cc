import type { Key } from '@stagedoor/cluster';
import { integer } from './read-row.ts';
import type { Statements } from './statements.ts';

/** Keys carry their partition above bit 51; this cluster is partition 1, and its first key is 2251799813685249 (recorded). */
const PARTITION_1 = 2 ** 51;

export type NextKey = () => Key;

/** Runs one command: all that it writes is there when this returns, or nothing is. Keys taken by a failed command are given again. */
export type Transact = <Result>(work: (nextKey: NextKey) => Result) => Result;

export function transactionsOn(statements: Statements): Transact {
  return (work) => {
    statements.run('BEGIN IMMEDIATE');
    try {
      const first = lastKeyCount(statements);
      let last = first;
      const result = work(() => PARTITION_1 + ++last);
      if (last !== first) statements.run('UPDATE key_counter SET last = ?', last);
      statements.run('COMMIT');
      return result;
    } catch (error) {
      if (statements.inTransaction) statements.run('ROLLBACK');
      throw error;
    }
  };
}

function lastKeyCount(statements: Statements): number {
  const row = statements.get('SELECT last FROM key_counter');
  if (!row) throw new TypeError('the key counter has no row');
  return integer(row, 'last');
}
