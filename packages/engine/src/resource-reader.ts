import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { ClusterError, type Resource } from '@stagedoor/cluster';
import type { ReadResource } from './read-resource.ts';
import { type Reading, unreadable } from './reading.ts';

/** In milliseconds. A file of 4 MB, with tens of thousands of elements, takes a few seconds. */
const DEFAULT_TIME_LIMIT = 15_000;
const MEMORY_LIMIT_MB = 512;
const MAX_WAITING = 32;
/** A deployment seldom comes alone; the thread goes when none has come for this long, and its memory with it. */
const IDLE_TIME = 10_000;

/**
 * Reads deployments in a thread of their own, one after the other, within bounds of time and memory: a few megabytes of bad
 * XML can keep the parser busy for minutes, and no request may wait for that. The thread starts with the first deployment.
 */
export class ResourceReader {
  readonly #timeLimit: number;
  readonly #closing = new AbortController();
  #thread: Worker | null = null;
  #idle: NodeJS.Timeout | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** @param timeLimit for one deployment, in milliseconds. */
  constructor(timeLimit = DEFAULT_TIME_LIMIT) {
    this.#timeLimit = timeLimit;
  }

  /**
   * A deployment that takes too long or too much memory is unreadable.
   *
   * @throws ClusterError `RESOURCE_EXHAUSTED` where too many deployments wait, `UNAVAILABLE` once closed.
   */
  async read(resources: readonly Resource[]): Promise<Reading<readonly ReadResource[]>> {
    if (this.#waiting >= MAX_WAITING) {
      throw new ClusterError(
        'RESOURCE_EXHAUSTED',
        `Expected to deploy resources, but ${MAX_WAITING} deployments wait already`,
      );
    }
    this.#waiting++;
    const turn = this.#last.then(() => this.#readNow(resources));
    this.#last = turn.catch(() => null);
    try {
      return await turn;
    } finally {
      this.#waiting--;
    }
  }

  close(): void {
    this.#closing.abort();
    this.#stop();
  }

  async #readNow(resources: readonly Resource[]): Promise<Reading<readonly ReadResource[]>> {
    if (this.#closing.signal.aborted) throw closed();
    clearTimeout(this.#idle);
    this.#thread ??= this.#start();
    const timeLimit = AbortSignal.timeout(this.#timeLimit);
    try {
      return await ask(this.#thread, resources, AbortSignal.any([timeLimit, this.#closing.signal]));
    } catch (error) {
      this.#stop();
      if (this.#closing.signal.aborted) throw closed();
      if (timeLimit.aborted)
        return unreadable([`reading the resources takes more than ${this.#timeLimit / 1000} seconds`]);
      if (isOutOfMemory(error))
        return unreadable([`reading the resources takes more than ${MEMORY_LIMIT_MB} MB of memory`]);
      throw error;
    } finally {
      this.#idle = setTimeout(() => this.#stop(), IDLE_TIME).unref();
    }
  }

  #start(): Worker {
    const entry = new URL('./read-resources-thread.ts', import.meta.url);
    const thread = new Worker(entry, { resourceLimits: { maxOldGenerationSizeMb: MEMORY_LIMIT_MB } });
    return thread.on('error', () => this.#stop());
  }

  #stop(): void {
    clearTimeout(this.#idle);
    this.#thread?.terminate();
    this.#thread = null;
  }
}

/** The thread keeps the process alive while it is asked, and at no other time. */
async function ask(
  thread: Worker,
  resources: readonly Resource[],
  signal: AbortSignal,
): Promise<Reading<readonly ReadResource[]>> {
  thread.ref();
  try {
    // Copies: a small part of a large request body would take the whole of it along.
    thread.postMessage(resources.map(({ name, content }) => ({ name, content: content.slice() })));
    const [reading]: Reading<readonly ReadResource[]>[] = await once(thread, 'message', { signal });
    return reading ?? unreadable(['the resources were not read']);
  } finally {
    thread.unref();
  }
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}

function closed(): ClusterError {
  return new ClusterError('UNAVAILABLE', 'The cluster is closed');
}
