import type { AuditEntry, AuditSink, Clock } from '@stagedoor/access';
import type { Metrics } from '@stagedoor/gateway';
import type { Timer } from '@stagedoor/identity';

export type AuditQueueOptions = {
  /** `identity.audit.append`. A batch that it refuses is handed over again, three times in all. */
  readonly append: (entries: readonly AuditEntry[]) => Promise<void>;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly metrics: Pick<Metrics, 'auditDropped' | 'auditFailures'>;
  /** Told of every failure to write, for the log. */
  readonly onFault: (error: unknown) => void;
  /** Lines that wait at most; failures and log-ins fill no more than half of it, so that a flood of them pushes no write out. */
  readonly capacity?: number;
};

/** What anybody can make many of: what happened in the same way in the same minute is one line after the first. */
type Window = { readonly until: number; held: AuditEntry | null };

const CAPACITY = 10_000;
const BATCH = 500;
const ATTEMPTS = 3;
const FLUSH_EVERY_MS = 1000;
export const WINDOW_MS = 60_000;

/**
 * Lines of the audit log on their way to the records: bounded, and written by the batch. The first failure or log-in of its kind
 * (actor, operation, code) is written at the next beat; its likes within a minute become one line with their count. What does not
 * fit, and what cannot be written, is dropped and counted; nobody who is being answered waits for any of it.
 */
export class AuditQueue implements AuditSink {
  readonly #options: AuditQueueOptions;
  readonly #capacity: number;
  readonly #windows = new Map<string, Window>();
  #waiting: AuditEntry[] = [];
  #waitingRepeatable = 0;
  #failedAttempts = 0;
  #writing: Promise<void> = Promise.resolve();
  #stopTimer: (() => void) | null = null;
  #closed = false;

  constructor(options: AuditQueueOptions) {
    this.#options = options;
    this.#capacity = options.capacity ?? CAPACITY;
  }

  note(entry: AuditEntry): void {
    if (this.#closed) this.#drop(entry.count);
    else if (isRepeatable(entry)) this.#coalesce(entry);
    else this.#enqueue(entry);
    this.#beatLater();
  }

  /** Writes what waits; what cannot be written now is dropped and counted. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#stopTimer?.();
    this.#stopTimer = null;
    await this.#writing;
    this.#closeWindows(Number.POSITIVE_INFINITY);
    while (this.#waiting.length > 0) await this.#writeBatch();
  }

  #coalesce(entry: AuditEntry): void {
    const key = keyOf(entry);
    const window = this.#windows.get(key);
    const now = this.#options.clock.now();
    if (window !== undefined && now < window.until) {
      window.held = window.held === null ? entry : together(window.held, entry);
      return;
    }
    if (window === undefined && this.#windows.size >= this.#capacity / 2) {
      this.#drop(entry.count);
      return;
    }
    if (window?.held) this.#enqueue(window.held);
    this.#windows.set(key, { until: now + WINDOW_MS, held: null });
    this.#enqueue(entry);
  }

  #enqueue(entry: AuditEntry): void {
    const full =
      this.#waiting.length >= this.#capacity || (isRepeatable(entry) && this.#waitingRepeatable >= this.#capacity / 2);
    if (full) {
      this.#drop(entry.count);
      return;
    }
    this.#waiting.push(entry);
    if (isRepeatable(entry)) this.#waitingRepeatable += 1;
  }

  #drop(count: number): void {
    this.#options.metrics.auditDropped += count;
  }

  #beatLater(): void {
    if (this.#closed || this.#stopTimer !== null) return;
    if (this.#waiting.length === 0 && this.#windows.size === 0) return;
    this.#stopTimer = this.#options.timer.after(FLUSH_EVERY_MS, () => {
      this.#writing = this.#beat();
    });
  }

  async #beat(): Promise<void> {
    this.#closeWindows(this.#options.clock.now());
    const failedBefore = this.#options.metrics.auditFailures;
    // A store that fails is asked again at the next beat, not at once.
    while (this.#waiting.length > 0 && this.#options.metrics.auditFailures === failedBefore) await this.#writeBatch();
    this.#stopTimer = null;
    this.#beatLater();
  }

  #closeWindows(now: number): void {
    for (const [key, { until, held }] of this.#windows) {
      if (now < until) continue;
      this.#windows.delete(key);
      if (held !== null) this.#enqueue(held);
    }
  }

  async #writeBatch(): Promise<void> {
    const batch = this.#waiting.slice(0, BATCH);
    try {
      await this.#options.append(batch);
      this.#leave(batch);
    } catch (error) {
      this.#options.metrics.auditFailures += 1;
      this.#failedAttempts += 1;
      this.#options.onFault(error);
      // One line that can never be written must not stop all that come after it.
      if (this.#failedAttempts < ATTEMPTS && !this.#closed) return;
      this.#leave(batch);
      for (const { count } of batch) this.#drop(count);
    }
  }

  #leave(batch: readonly AuditEntry[]): void {
    this.#failedAttempts = 0;
    this.#waiting = this.#waiting.slice(batch.length);
    this.#waitingRepeatable -= batch.filter(isRepeatable).length;
  }
}

/**
 * Refusals and writes that failed, since whoever may do nothing at all can ask for what there is not as often as he likes; and
 * log-ins, since a client may ask for a token before every request.
 */
function isRepeatable({ outcome, operation }: AuditEntry): boolean {
  return outcome === 'FAIL' || operation === 'login';
}

/** Of several things that something was done to, none is named. */
function together(held: AuditEntry, entry: AuditEntry): AuditEntry {
  const entityKey = held.entityKey === entry.entityKey ? held.entityKey : null;
  return { ...held, entityKey, count: held.count + entry.count };
}

// NUL stands in no id and in no row's name.
function keyOf({ actor, operation, entityType, outcome, code }: AuditEntry): string {
  return [actor.kind, 'id' in actor ? actor.id : '', actor.credential, operation, entityType, outcome, code].join('\0');
}
