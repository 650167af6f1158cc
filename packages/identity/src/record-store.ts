import type { Kysely } from 'kysely';

/**
 * The port to the database that keeps the records. The program implements it.
 *
 * `change` runs `work` in a transaction, one change after the other, and resolves after COMMIT and after every package has
 * published what changed (here: `Identity.refresh`); the next change starts only then. When `work` throws, nothing was changed.
 * `db` reads what is committed, never a transaction that is still open.
 */
export type RecordStore<T> = {
  readonly db: Kysely<T>;
  change<R>(work: (tx: Kysely<T>) => Promise<R>): Promise<R>;
};
