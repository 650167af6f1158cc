import { Dispatcher, errors } from 'undici';
import type { Authorizer } from '../../authorizer.ts';
import { ForeignOriginError, QueueFullError } from '../../errors.ts';
import type { TokenNeed } from '../../renewed-token.ts';
import type { Transport } from '../transport.ts';
import { AuthorizedCall, type Route } from './authorized-call.ts';

export type DispatcherSettings = {
  /** Calls to anywhere else fail with {@link ForeignOriginError}, and nothing is sent. */
  readonly origins: readonly (string | URL)[];
  readonly transport: Transport;
  /** Calls at once for each origin; further ones wait, and get their header when their turn comes. Any number where left out. */
  readonly connections?: number;
  /** Calls that may wait at once for each origin; further ones fail with {@link QueueFullError}. 10,000 where left out. */
  readonly waiting?: number;
  /** What every call needs of its token. */
  readonly need?: Omit<TokenNeed, 'signal'>;
};

/** Nobody is served sooner by waiting behind more than these, and each has its body in memory. */
const MOST_WAITING = 10_000;

/** Both in the order in which the calls came. */
type Lane = { readonly underWay: Set<AuthorizedCall>; readonly waiting: Set<AuthorizedCall> };

/**
 * A dispatcher for undici's `request`, `stream`, `pipeline` and `fetch` that carries credentials. The queue is here rather than
 * in the pool below, for whoever waits there has its header already, and a token that expires while it waits.
 *
 * Closing it waits for the calls and leaves the transport open, which is whose it was.
 */
export function authorizedDispatcher(authorizer: Authorizer, settings: DispatcherSettings): Dispatcher {
  return new AuthorizedDispatcher(authorizer, settings);
}

class AuthorizedDispatcher extends Dispatcher {
  readonly #lanes: ReadonlyMap<string, Lane>;
  readonly #route: Route;
  readonly #connections: number;
  readonly #mostWaiting: number;
  readonly #calls = new Set<AuthorizedCall>();
  #isClosed = false;
  readonly #idle: (() => void)[] = [];

  constructor(
    authorizer: Authorizer,
    { origins, transport, connections, waiting = MOST_WAITING, need = {} }: DispatcherSettings,
  ) {
    super();
    this.#lanes = new Map(
      origins.map((origin) => [new URL(origin).origin, { underWay: new Set(), waiting: new Set() }]),
    );
    this.#route = { authorizer, need, through: () => transport.dispatcher() };
    this.#connections = connections ?? Number.POSITIVE_INFINITY;
    this.#mostWaiting = waiting;
  }

  /** False where the next call would wait; `drain` is emitted when one would not any more. */
  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    if (typeof handler.onRequestStart !== 'function')
      throw new errors.InvalidArgumentError(
        'the handler is that of an older undici, as the fetch of Node has it: give it a Dispatcher1Wrapper of this dispatcher',
      );
    const origin = options.origin === undefined ? 'nowhere' : new URL(options.origin).origin;
    const lane = this.#lanes.get(origin);
    const call: AuthorizedCall = new AuthorizedCall(options, handler, () => this.#ended(call, origin, lane));
    this.#calls.add(call);
    call.announce();
    if (this.#isClosed) call.fail(new errors.ClientClosedError());
    if (lane === undefined)
      call.fail(new ForeignOriginError(`these credentials are ${this.#forWhom()}, not for ${origin}`));
    if (lane === undefined || call.isOver) return true;
    lane.waiting.add(call);
    this.#advance(lane);
    if (lane.waiting.size > this.#mostWaiting)
      call.fail(new QueueFullError(`${this.#mostWaiting} calls to ${origin} wait already`));
    return lane.underWay.size < this.#connections;
  }

  override close(): Promise<void>;
  override close(callback: () => void): void;
  override close(callback?: () => void): Promise<void> | void {
    this.#isClosed = true;
    return answered(this.#whenIdle(), callback);
  }

  override destroy(error?: Error | null): Promise<void>;
  override destroy(callback: () => void): void;
  override destroy(error: Error | null, callback: () => void): void;
  override destroy(first?: Error | null | (() => void), second?: () => void): Promise<void> | void {
    this.#isClosed = true;
    const reason = first instanceof Error ? first : new errors.ClientDestroyedError();
    for (const call of this.#calls) call.abort(reason);
    return answered(this.#whenIdle(), typeof first === 'function' ? first : second);
  }

  #forWhom(): string {
    return `for ${[...this.#lanes.keys()].join(', ')}`;
  }

  #advance(lane: Lane): void {
    for (const call of lane.waiting) {
      if (lane.underWay.size >= this.#connections) return;
      lane.waiting.delete(call);
      lane.underWay.add(call);
      void call.run(this.#route);
    }
  }

  #ended(call: AuthorizedCall, origin: string, lane: Lane | undefined): void {
    this.#calls.delete(call);
    lane?.waiting.delete(call);
    // A caller who hangs up in the queue leaves no place free.
    if (lane?.underWay.delete(call) === true) {
      this.#advance(lane);
      if (lane.underWay.size < this.#connections) this.emit('drain', new URL(origin));
    }
    if (this.#calls.size === 0) for (const idle of this.#idle.splice(0)) idle();
  }

  #whenIdle(): Promise<void> {
    if (this.#calls.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }
}

function answered(idle: Promise<void>, callback: (() => void) | undefined): Promise<void> | void {
  if (callback === undefined) return idle;
  void idle.then(callback);
}
