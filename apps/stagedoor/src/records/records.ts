import { AsyncLocalStorage } from 'node:async_hooks';
import type { DatabaseSync } from 'node:sqlite';
import type { Kysely } from 'kysely';

type Listener = () => Promise<void>;

export type RecordsParts<T> = {
  readonly db: Kysely<T>;
  readonly connection: DatabaseSync;
  /** Told of a listener that failed after a commit: see `onCommitted`. */
  readonly onFault: (error: unknown) => void;
};

/**
 * The program's side of the packages' record store ports. One queue for everything that changes records: a change is a transaction; the next one starts when the listeners of the
 * one before it are through, so what they publish is never older than what the next change reads.
 */
export class Records<T> {
  readonly db: Kysely<T>;
  readonly #listeners: Listener[] = [];
  readonly #connection: DatabaseSync;
  readonly #onFault: (error: unknown) => void;
  readonly #inside = new AsyncLocalStorage<{ running: boolean }>();
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(parts: RecordsParts<T>) {
    this.db = parts.db;
    this.#connection = parts.connection;
    this.#onFault = parts.onFault;
  }

  /**
   * Runs `work` in a transaction, after every change asked for before it. Resolves after COMMIT and after all listeners;
   * rejects with what `work` or COMMIT threw, and then nothing was changed. `work` uses only its `tx` (`db` would wait for
   * this very transaction), and neither it nor a listener may start another change: that is a TypeError, not a dead end.
   */
  async change<R>(work: (tx: Kysely<T>) => Promise<R>): Promise<R> {
    if (this.#inside.getStore()?.running) throw new TypeError('a change may not start another change');
    if (this.#closed) throw new TypeError('the records are closed');
    const change = this.#last.then(() => this.#alone(work));
    this.#last = change.catch(() => undefined);
    return change;
  }

  /**
   * Listeners run after each COMMIT, all at once, and `change` waits for them: it is how the snapshot that decides requests
   * is swapped before a command replies. A listener that fails cannot undo the change and does not make it look undone:
   * `change` resolves, and the failure goes to `onFault`. What it was to publish is stale from then on, so `onFault` has
   * to stop whatever decides from it.
   */
  onCommitted(listener: Listener): void {
    this.#listeners.push(listener);
  }

  /** Waits for the changes under way, then closes the file and gives up the lock. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#last;
    await this.db.destroy();
    // Kysely closes only a connection that it has used.
    if (this.#connection.isOpen) this.#connection.close();
  }

  /** Work that a change leaves behind (a timer, say) may start changes of its own once the change is over. */
  async #alone<R>(work: (tx: Kysely<T>) => Promise<R>): Promise<R> {
    const change = { running: true };
    try {
      return await this.#inside.run(change, () => this.#commit(work));
    } finally {
      change.running = false;
    }
  }

  async #commit<R>(work: (tx: Kysely<T>) => Promise<R>): Promise<R> {
    const result = await this.db.transaction().execute(work);
    const outcomes = await Promise.allSettled(this.#listeners.map(async (listener) => listener()));
    for (const outcome of outcomes) {
      // Outside of the change: where `onFault` throws, that ends the process and not what was committed.
      if (outcome.status === 'rejected') queueMicrotask(() => this.#onFault(outcome.reason));
    }
    return result;
  }
}
