import type { Timer } from '@stagedoor/identity';
import type { RemoteKeySource } from '@stagedoor/tokens';

export type ForeignKeyMaintenanceOptions = {
  readonly sources: readonly Pick<RemoteKeySource, 'prefetch' | 'renewWhereDue'>[];
  readonly timer: Timer;
};

/** How soon an outage that is over is noticed without any request (contract: half a minute); a look where nothing is due costs nothing. */
const LOOK_MS = 30_000;

/**
 * Gets the keys of foreign issuers at once, and renews them ahead of their age from then on, whether requests come or not:
 * nobody waits for keys after an idle night, and a key that was taken back is forgotten meanwhile. Sources never reject,
 * and log for themselves. The returned function ends it.
 */
export function keepForeignKeysFresh({ sources, timer }: ForeignKeyMaintenanceOptions): () => void {
  let stopTimer: () => void;
  const lookLater = () => {
    stopTimer = timer.after(LOOK_MS, () => {
      for (const source of sources) void source.renewWhereDue();
      lookLater();
    });
  };
  for (const source of sources) void source.prefetch();
  lookLater();
  return () => stopTimer();
}
