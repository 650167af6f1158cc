import type { Dispatcher } from 'undici';
import type { Authorization, Authorizer } from '../../authorizer.ts';
import type { TokenNeed } from '../../renewed-token.ts';
import { CallController } from './call-controller.ts';
import { withCarried } from './late-header.ts';

/** What calls have in common. */
export type Route = {
  readonly authorizer: Authorizer;
  readonly need: TokenNeed;
  /** The connections as they are now. */
  readonly through: () => Promise<Dispatcher>;
};

/**
 * A call from when it is queued to its end. What it carries is decided when its turn has come; a 401 is answered with one more
 * attempt, where that would carry something else and the body can be sent again.
 */
export class AuthorizedCall {
  readonly #options: Dispatcher.DispatchOptions;
  readonly #handler: Dispatcher.DispatchHandler;
  readonly #ended: () => void;
  readonly #controller: CallController;
  #isOver = false;
  #attempts = 0;

  /** @param ended called once, when nothing of it is under way any more */
  constructor(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler, ended: () => void) {
    this.#options = options;
    this.#handler = handler;
    this.#ended = ended;
    this.#controller = new CallController((reason) => this.fail(reason));
  }

  /** Gives the caller what it can hang up by. It may do so at once. */
  announce(): void {
    this.#handler.onRequestStart?.(this.#controller, null);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  abort(reason: Error): void {
    this.#controller.abort(reason);
  }

  async run(route: Route): Promise<void> {
    try {
      const authorization = await route.authorizer.authorize(route.need);
      const through = await route.through();
      if (this.#isOver) return;
      this.#attempts += 1;
      const headers = withCarried(this.#options.headers, authorization.headers);
      through.dispatch(
        { ...this.#options, headers },
        this.#attempt(authorization, () => this.run(route)),
      );
    } catch (error) {
      this.fail(error instanceof Error ? error : new Error('the call could not be made', { cause: error }));
    }
  }

  fail(error: Error): void {
    if (this.#isOver) return;
    this.#end();
    this.#handler.onResponseError?.(this.#controller, error);
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#ended();
  }

  #isWorthAnother(status: number, { rejected }: Authorization): boolean {
    return status === 401 && rejected() && this.#attempts === 1 && canBeSentAgain(this.#options.body);
  }

  #attempt(authorization: Authorization, again: () => Promise<void>): Dispatcher.DispatchHandler {
    const [handler, controller] = [this.#handler, this.#controller];
    let isDropped = false;
    const repeat = (): void => {
      controller.follow(undefined);
      void again();
    };
    return {
      onRequestStart: (attempt) => controller.follow(attempt),
      onRequestUpgrade: (_attempt, ...told) => {
        this.#end();
        handler.onRequestUpgrade?.(controller, ...told);
      },
      onResponseStart: (_attempt, status, ...told) => {
        isDropped = this.#isWorthAnother(status, authorization);
        if (!isDropped) handler.onResponseStart?.(controller, status, ...told);
      },
      onResponseData: (_attempt, chunk) => {
        if (!isDropped) handler.onResponseData?.(controller, chunk);
      },
      onResponseEnd: (_attempt, trailers) => {
        if (isDropped) return repeat();
        this.#end();
        handler.onResponseEnd?.(controller, trailers);
      },
      // Of an answer that nobody waits for any more it does not matter how it ends.
      onResponseError: (_attempt, error) => (isDropped && !controller.aborted ? repeat() : this.fail(error)),
      onBodySent: (chunk) => handler.onBodySent?.(chunk),
      onRequestSent: () => handler.onRequestSent?.(),
    };
  }
}

function canBeSentAgain(body: unknown): boolean {
  return body === null || body === undefined || typeof body === 'string' || body instanceof Uint8Array;
}
