import type { Caller, PasswordVerdict } from '@stagedoor/access';

/** One caller who waits for a verdict, and may hang up meanwhile. He is answered once; what comes later is not heard. */
export class WaitingCaller {
  readonly verdict: Promise<PasswordVerdict>;
  /** Set by whoever keeps him waiting: what to undo when he hangs up. */
  whenGone: () => void = nothing;
  readonly #resolve: (verdict: PasswordVerdict) => void;
  readonly #reject: (error: unknown) => void;
  #stopListening: () => void = nothing;
  #done: (() => void) | undefined;

  /** `done` is called once, when he waits no longer. */
  constructor(caller: Caller, done: () => void) {
    const { promise, resolve, reject } = Promise.withResolvers<PasswordVerdict>();
    this.verdict = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#done = done;
    this.#stopListening = caller.onGone(() => {
      const { whenGone } = this;
      this.answer({ kind: 'gone' });
      whenGone();
    });
    if (!this.isThere) this.#stopListening();
  }

  /** False for a caller who was answered, or had hung up before he could wait. */
  get isThere(): boolean {
    return this.#done !== undefined;
  }

  answer(verdict: PasswordVerdict): void {
    if (this.#settle()) this.#resolve(verdict);
  }

  fail(error: unknown): void {
    if (this.#settle()) this.#reject(error);
  }

  #settle(): boolean {
    const done = this.#done;
    if (done === undefined) return false;
    this.#done = undefined;
    this.whenGone = nothing;
    this.#stopListening();
    done();
    return true;
  }
}

function nothing(): void {
  // He waits for nobody yet, or no longer.
}
