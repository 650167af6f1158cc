import { randomBytes } from 'node:crypto';
import type { Caller, Clock, PasswordVerifier, Randomness } from '@stagedoor/access';
import {
  createIdentity,
  createPasswordHashing,
  createPasswordVerifier,
  type Identity,
  type IdentityOptions,
  type PasswordHashing,
  type PasswordVerifierOptions,
  type Timer,
} from '../src/index.ts';
import { openSqliteStore, type SqliteStore } from './sqlite-store.ts';

export const randomness: Randomness = { bytes: (length) => randomBytes(length) };

/** A clock that stands still until it is moved, and the timers that it moves along. */
export class MovableTime implements Clock, Timer {
  #now = Date.UTC(2030, 0, 1);
  readonly #timers = new Set<{ readonly at: number; readonly then: () => void }>();

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, then: () => void): () => void {
    const timer = { at: this.#now + milliseconds, then };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  get pending(): number {
    return this.#timers.size;
  }

  move(milliseconds: number): void {
    this.#now += milliseconds;
    for (const timer of [...this.#timers]) {
      if (timer.at <= this.#now && this.#timers.delete(timer)) timer.then();
    }
  }
}

/** A caller who hangs up when told to. */
export class TestCaller implements Caller {
  readonly address: string;
  readonly #listeners = new Set<() => void>();

  constructor(address = '192.0.2.1') {
    this.address = address;
  }

  onGone(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  hangUp(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

export type House = { readonly store: SqliteStore; readonly identity: Identity; readonly time: MovableTime };

/** Real records and real hashing, wired as the program wires them. */
export async function openHouse(options: Partial<IdentityOptions> & { file?: string } = {}): Promise<House> {
  const { file, ...rest } = options;
  return reopen({ store: await openSqliteStore(file), time: new MovableTime() }, rest);
}

/** What a restart finds: the same records, nothing of the process before. */
export async function reopen(
  { store, time }: Pick<House, 'store' | 'time'>,
  options: Partial<IdentityOptions> = {},
): Promise<House> {
  const readClaim = (claims: Readonly<Record<string, unknown>>, path: string) => claims[path];
  const identity = await createIdentity({
    store,
    readClaim,
    clock: time,
    randomness,
    hashing: realHashing(),
    ...options,
  });
  store.onCommitted(() => identity.publish());
  return { store, identity, time };
}

export function realHashing(concurrency = 2): PasswordHashing {
  return createPasswordHashing({ concurrency, randomness });
}

export function openDoor(house: House, options: Partial<PasswordVerifierOptions> = {}): PasswordVerifier {
  return createPasswordVerifier({
    snapshot: house.identity.snapshot,
    hashing: realHashing(),
    clock: house.time,
    timer: house.time,
    randomness,
    concurrency: 1,
    rehash: house.identity.rehash,
    onFault: (error) => {
      throw error;
    },
    ...options,
  });
}

/** Lets everything run that waits for nothing but the event loop. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
