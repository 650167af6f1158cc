import type { Clock } from './clock.ts';

/** Waits so many milliseconds. A caller who hangs up waits no longer, and leaves no timer behind that would keep a process alive. */
export function sitOut(milliseconds: number, clock: Clock, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const aborted = (): void => {
      calledOff();
      reject(signal?.reason);
    };
    const calledOff = clock.after(milliseconds, () => {
      signal?.removeEventListener('abort', aborted);
      resolve();
    });
    if (signal?.aborted) aborted();
    else signal?.addEventListener('abort', aborted, { once: true });
  });
}
