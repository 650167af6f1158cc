import type { Clock } from '@stagedoor/access';
import type { Timer } from '@stagedoor/identity';

export type AuditRetentionOptions = {
  /** `identity.audit.prune` */
  readonly prune: (before: number) => Promise<unknown>;
  readonly retentionMilliseconds: number;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly onFault: (error: unknown) => void;
};

const DAY_MS = 86_400_000;

/** Deletes what is older than the audit log's retention, at once and once a day. The returned function ends it. */
export function keepAuditLogShort(options: AuditRetentionOptions): () => Promise<void> {
  const { prune, retentionMilliseconds, clock, timer, onFault } = options;
  let pruning: Promise<unknown>;
  let stopTimer: () => void;
  const pruneDaily = () => {
    pruning = prune(clock.now() - retentionMilliseconds).catch(onFault);
    stopTimer = timer.after(DAY_MS, pruneDaily);
  };
  pruneDaily();
  return async () => {
    stopTimer();
    await pruning;
  };
}
