import type {
  AccessSnapshot,
  Caller,
  Clock,
  PasswordVerdict,
  PasswordVerifier,
  Randomness,
  UserRecord,
} from '@stagedoor/access';
import { MAX_PASSWORD_BYTES } from '../check-user.ts';
import { FailureLimits } from './failure-limits.ts';
import { FairQueue } from './fair-queue.ts';
import { networkOf } from './network-of.ts';
import type { PasswordHashing } from './password-hashing.ts';
import { RecentMap } from './recent-map.ts';
import { SipHash } from './sip-hash.ts';
import { WaitingCaller } from './waiting-caller.ts';

/** Calls back after so many milliseconds, unless the returned function is called before. */
export type Timer = { after(milliseconds: number, then: () => void): () => void };

export type PasswordVerifierOptions = {
  readonly snapshot: () => AccessSnapshot;
  readonly hashing: PasswordHashing;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly timer: Timer;
  /** Attempts hashed at once: one less than there are cores, at least one. */
  readonly concurrency: number;
  /** `Identity.rehash` */
  readonly rehash: (user: UserRecord, password: string) => Promise<string | null>;
  /** Told of a rehash that failed. The verdict does not depend on it. */
  readonly onFault: (error: unknown) => void;
};

type Verified = Extract<PasswordVerdict, { kind: 'verified' }>;

/** One pair that is being verified, for everybody who sent it meanwhile. */
type Attempt = {
  readonly key: string;
  readonly username: string;
  readonly password: string;
  readonly network: string;
  /** The name in the queue, and what it may fail: digests, since what people type as their name may be their password. */
  readonly name: string;
  readonly callers: Set<WaitingCaller>;
};

const REFUSED: PasswordVerdict = { kind: 'refused' };
const MAX_USERNAME_LENGTH = 256;
const MAX_REMEMBERED = 10_000;
const MAX_QUEUED = 512;
/** Callers who wait for a hash or are held. */
const MAX_WAITING = 4096;
/** Of those from one place: whoever holds so many lines there leaves room for a good user elsewhere. */
const MAX_WAITING_AT_ONE_PLACE = 512;
/** How long a caller over the limit waits for being told so: who asks in a loop is not served faster than that. */
const HOLD_MS = 1000;
/** After a refusal the slot rests for as long as the hash took, so that guessing takes half of it at most. */
const MAX_REST_MS = 1000;

/**
 * Verifies passwords for the door (the port is in `access`). The steps, in this order:
 * 1. A pair that verified before is answered at once, before any limit. It is remembered by a SipHash of name and password under
 *    a key of this process, with the stored hash that it verified against: it counts while the user has that very hash, so
 *    that a changed password or a deleted user ends it.
 * 2. A pair that is being verified now is waited for: one hash, however many sent it.
 * 3. A name that failed too often from the same place (address, or /64) is told so, after a second. Elsewhere it is not.
 * 4. Anything else waits for its turn at hashing: fair between places, bounded, and given up when the caller hangs up.
 * A refusal costs the same hashes whether the user exists or not.
 */
export function createPasswordVerifier(options: PasswordVerifierOptions): PasswordVerifier {
  return new RememberingVerifier(options);
}

class RememberingVerifier implements PasswordVerifier {
  readonly #options: PasswordVerifierOptions;
  readonly #snapshot: () => AccessSnapshot;
  readonly #digest: SipHash;
  readonly #nobodysHash: string;
  readonly #remembered = new RecentMap<Verified>(MAX_REMEMBERED);
  readonly #attempts = new Map<string, Attempt>();
  readonly #queue = new FairQueue<Attempt>(MAX_QUEUED);
  readonly #limits: FailureLimits;
  #hashing = 0;
  #waiting = 0;
  readonly #waitingAt = new Map<string, number>();
  #dummies: { readonly snapshot: AccessSnapshot; readonly hashes: ReadonlySet<string> } | undefined;

  constructor(options: PasswordVerifierOptions) {
    this.#options = options;
    this.#snapshot = options.snapshot;
    this.#digest = new SipHash(options.randomness.bytes(16));
    this.#limits = new FailureLimits(options.clock);
    this.#nobodysHash = options.hashing.dummy('');
  }

  verify(username: string, password: string, caller: Caller): PasswordVerdict | Promise<PasswordVerdict> {
    // No user has such a name and no user such a password, so nobody learns anything from the haste.
    if (username.length > MAX_USERNAME_LENGTH || password.length > MAX_PASSWORD_BYTES) return REFUSED;
    const user = this.#snapshot().user(username);
    const key = this.#keyOf(username, password);
    const known = this.#remembered.get(key);
    if (known === undefined || known.user.passwordHash !== user?.passwordHash) {
      // A pair that is being verified against another hash than the present one is not waited for.
      const hash = user === undefined ? this.#nobodysHash : user.passwordHash;
      return this.#wait(`${key}${hash}`, username, password, caller);
    }
    // The record may be another object since the last change, with the same hash.
    return known.user === user ? known : this.#remember(key, user);
  }

  #keyOf(username: string, password: string): string {
    return this.#digest.of(`${username.length}:${username}${password}`);
  }

  #remember(key: string, user: UserRecord): Verified {
    const verified: Verified = { kind: 'verified', user };
    this.#remembered.set(key, verified);
    return verified;
  }

  #wait(key: string, username: string, password: string, caller: Caller): PasswordVerdict | Promise<PasswordVerdict> {
    const network = networkOf(caller.address);
    const crowded = (this.#waitingAt.get(network) ?? 0) >= MAX_WAITING_AT_ONE_PLACE;
    if (crowded || this.#waiting >= MAX_WAITING) return { kind: 'limited', retryAfterSeconds: 1 };
    this.#countWaiting(network, 1);
    const waiting = new WaitingCaller(caller, () => this.#countWaiting(network, -1));
    if (!waiting.isThere) return waiting.verdict;
    const underWay = this.#attempts.get(key);
    if (underWay) this.#join(underWay, waiting);
    else {
      const name = this.#digest.of(`${network} ${username}`);
      this.#begin({ key, username, password, network, name, callers: new Set() }, waiting);
    }
    return waiting.verdict;
  }

  #countWaiting(network: string, more: 1 | -1): void {
    this.#waiting += more;
    const there = (this.#waitingAt.get(network) ?? 0) + more;
    if (there === 0) this.#waitingAt.delete(network);
    else this.#waitingAt.set(network, there);
  }

  #join(attempt: Attempt, waiting: WaitingCaller): void {
    attempt.callers.add(waiting);
    waiting.whenGone = () => {
      attempt.callers.delete(waiting);
      if (attempt.callers.size === 0 && this.#queue.remove(attempt)) this.#withdraw(attempt);
    };
  }

  #begin(attempt: Attempt, waiting: WaitingCaller): void {
    const seconds = this.#limits.take(attempt.name);
    if (seconds > 0) {
      this.#hold(waiting, seconds);
      return;
    }
    this.#attempts.set(attempt.key, attempt);
    this.#join(attempt, waiting);
    const evicted = this.#queue.add(attempt);
    if (evicted) {
      this.#withdraw(evicted);
      for (const caller of evicted.callers) this.#hold(caller, 1);
    }
    this.#hashNext();
  }

  /** An attempt that will not be hashed. */
  #withdraw(attempt: Attempt): void {
    this.#attempts.delete(attempt.key);
    this.#limits.giveBack(attempt.name);
  }

  #hold(waiting: WaitingCaller, retryAfterSeconds: number): void {
    waiting.whenGone = this.#options.timer.after(HOLD_MS, () => waiting.answer({ kind: 'limited', retryAfterSeconds }));
  }

  #hashNext(): void {
    while (this.#hashing < this.#options.concurrency) {
      const attempt = this.#queue.next();
      if (attempt === undefined) return;
      this.#hashing += 1;
      void this.#carryOut(attempt);
    }
  }

  async #carryOut(attempt: Attempt): Promise<void> {
    const began = this.#options.clock.now();
    let rest = 0;
    try {
      const verdict = await this.#check(attempt);
      if (verdict.kind === 'verified') this.#limits.forgive(attempt.name);
      else rest = Math.min(this.#options.clock.now() - began, MAX_REST_MS);
      for (const waiting of attempt.callers) waiting.answer(verdict);
    } catch (error) {
      for (const waiting of attempt.callers) waiting.fail(error);
    } finally {
      this.#attempts.delete(attempt.key);
      if (rest > 0) this.#options.timer.after(rest, () => this.#freeSlot());
      else this.#freeSlot();
    }
  }

  #freeSlot(): void {
    this.#hashing -= 1;
    this.#hashNext();
  }

  async #check({ username, password }: Attempt): Promise<PasswordVerdict> {
    if (Buffer.byteLength(password) > MAX_PASSWORD_BYTES) return REFUSED;
    const { hashing } = this.#options;
    const user = this.#snapshot().user(username);
    if (user === undefined || !(await hashing.verify(user.passwordHash, password))) {
      await this.#spendWhatOthersCost(user, password);
      return REFUSED;
    }
    // While the hash was made the user may have been deleted or got another password.
    const now = this.#snapshot().user(username);
    if (now?.passwordHash !== user.passwordHash) return REFUSED;
    if (hashing.needsRehash(now.passwordHash, password)) void this.#rehash(now, password);
    return this.#remember(this.#keyOf(username, password), now);
  }

  /**
   * Every refusal costs one hash of each scheme and strength that any user has, his own among them: one, where all users have
   * our scheme; the dearest would not do, for a user with a cheaper hash would then be refused sooner than nobody is.
   */
  async #spendWhatOthersCost(user: UserRecord | undefined, password: string): Promise<void> {
    const { hashing } = this.#options;
    const spent = user === undefined ? undefined : hashing.dummy(user.passwordHash);
    for (const dummy of this.#dummiesOf(this.#snapshot())) {
      if (dummy !== spent) await hashing.verify(dummy, password);
    }
  }

  #dummiesOf(snapshot: AccessSnapshot): ReadonlySet<string> {
    if (this.#dummies?.snapshot === snapshot) return this.#dummies.hashes;
    const hashes = new Set<string>();
    for (const user of snapshot.users()) hashes.add(this.#options.hashing.dummy(user.passwordHash));
    if (hashes.size === 0) hashes.add(this.#nobodysHash);
    this.#dummies = { snapshot, hashes };
    return hashes;
  }

  async #rehash(user: UserRecord, password: string): Promise<void> {
    try {
      const hash = await this.#options.rehash(user, password);
      const now = this.#snapshot().user(user.username);
      if (hash !== null && now?.passwordHash === hash) this.#remember(this.#keyOf(now.username, password), now);
    } catch (error) {
      this.#options.onFault(error);
    }
  }
}
