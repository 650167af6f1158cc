import type { Dispatcher } from 'undici';

/** What a caller holds on to from when the call is queued to its end, whichever attempt is under way, and while there is none. */
export class CallController implements Dispatcher.DispatchController {
  readonly #abandoned: (reason: Error) => void;
  #attempt: Dispatcher.DispatchController | undefined;
  #paused = false;
  #reason: Error | null = null;

  /** @param abandoned told of a caller who hangs up while no attempt is under way */
  constructor(abandoned: (reason: Error) => void) {
    this.#abandoned = abandoned;
  }

  /** From now on it speaks of this attempt; of none between two. */
  follow(attempt: Dispatcher.DispatchController | undefined): void {
    this.#attempt = attempt;
    if (this.#reason !== null) attempt?.abort(this.#reason);
    else if (this.#paused) attempt?.pause();
  }

  abort(reason: Error): void {
    if (this.#reason !== null) return;
    this.#reason = reason;
    if (this.#attempt === undefined) this.#abandoned(reason);
    else this.#attempt.abort(reason);
  }

  pause(): void {
    this.#paused = true;
    this.#attempt?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#attempt?.resume();
  }

  get aborted(): boolean {
    return this.#reason !== null || this.#attempt?.aborted === true;
  }

  get reason(): Error | null {
    return this.#reason ?? this.#attempt?.reason ?? null;
  }

  get paused(): boolean {
    return this.#paused;
  }

  get rawHeaders(): NonNullable<Dispatcher.DispatchController['rawHeaders']> | null {
    return this.#attempt?.rawHeaders ?? null;
  }

  get rawTrailers(): NonNullable<Dispatcher.DispatchController['rawTrailers']> | null {
    return this.#attempt?.rawTrailers ?? null;
  }
}
