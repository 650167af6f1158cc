import { type AuditSink, type Clock, CONFIGURATION } from '@stagedoor/access';
import type { Timer } from '@stagedoor/identity';
import type { SigningKeys } from '@stagedoor/tokens';
import { rotationEntry } from './use-cases/key-use-cases.ts';

export type KeyMaintenanceOptions = {
  readonly keys: Pick<SigningKeys, 'maintain'>;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly audit: AuditSink;
  readonly onFault: (error: unknown) => void;
};

/** Nothing is read or written where nothing is due, so that a moved clock or a failed try costs a minute at most. */
const MINUTE_MS = 60_000;

/** Does what is due for the signing keys, at once and every minute; nobody waits for it. The returned function ends it. */
export function keepKeysRotating({ keys, clock, timer, audit, onFault }: KeyMaintenanceOptions): () => Promise<void> {
  let maintaining: Promise<void>;
  let stopTimer: () => void;
  const maintain = async (): Promise<void> => {
    const rotation = await keys.maintain();
    if (rotation !== null) audit.note(rotationEntry(rotation, { at: clock.now(), actor: CONFIGURATION }));
  };
  const maintainEveryMinute = () => {
    maintaining = maintain().catch(onFault);
    stopTimer = timer.after(MINUTE_MS, maintainEveryMinute);
  };
  maintainEveryMinute();
  return async () => {
    stopTimer();
    await maintaining;
  };
}
