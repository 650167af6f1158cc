import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import { ClusterError } from '@stagedoor/cluster';

export type Row = Readonly<Record<string, SQLOutputValue>>;

/** Searches make statements of many shapes; the least recently used ones are dropped. */
const KEPT = 100;

/** Runs SQL, each text prepared once. A closed database is `UNAVAILABLE`. */
export class Statements {
  readonly #db: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  run(sql: string, ...values: readonly SQLInputValue[]): number {
    return Number(this.#prepare(sql).run(...values).lastInsertRowid);
  }

  get(sql: string, ...values: readonly SQLInputValue[]): Row | undefined {
    return this.#prepare(sql).get(...values);
  }

  all(sql: string, ...values: readonly SQLInputValue[]): readonly Row[] {
    return this.#prepare(sql).all(...values);
  }

  /** SQLite ends a transaction by itself on some failures, a full disk among them. */
  get inTransaction(): boolean {
    return this.#db.isOpen && this.#db.isTransaction;
  }

  #prepare(sql: string): StatementSync {
    if (!this.#db.isOpen) throw new ClusterError('UNAVAILABLE', 'The cluster is closed');
    const kept = this.#prepared.get(sql);
    const statement = kept ?? this.#db.prepare(sql);
    if (kept) this.#prepared.delete(sql);
    this.#prepared.set(sql, statement);
    if (this.#prepared.size > KEPT) this.#forgetOldest();
    return statement;
  }

  #forgetOldest(): void {
    const [oldest] = this.#prepared.keys();
    if (oldest !== undefined) this.#prepared.delete(oldest);
  }
}
