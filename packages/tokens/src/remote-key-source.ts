import type { Clock } from '@stagedoor/access';
import { isKeyAddress, type NamedIssuer } from './discover-jwks-uri.ts';
import type { Fetch } from './fetch-document.ts';
import { comparingClocks, type SkewReport } from './issuer-clock.ts';
import { KeySet } from './key-set.ts';
import type { KeyAnswer, KeySource } from './key-source.ts';
import { fromAddress, fromFile, fromIssuer } from './load-key-set.ts';
import { type LoadKeySet, RemoteKeySet } from './remote-key-set.ts';
import type { SignatureAlgorithm } from './signature-algorithm.ts';

export type RemoteKeySourceOptions = {
  /** By discovery from the issuer identifier, at a known address, or in a file. */
  readonly from: NamedIssuer | { readonly jwksUri: string } | { readonly file: string };
  /** `additional-jwk-set-uris`: more sets whose keys count as the issuer's. */
  readonly additionalJwksUris?: readonly string[];
  readonly clock: Clock;
  readonly fetch?: Fetch;
  /** Aborts after so many milliseconds. A port, so that tests need not wait. */
  readonly deadline?: (milliseconds: number) => AbortSignal;
  /** Called with words for the log when an attempt fails, and every ten minutes while it goes on failing in the same way. */
  readonly onProblem?: (problem: string) => void;
  readonly skew?: SkewReport;
  /** How long the last good set serves while the issuer cannot be asked. Default: an hour; a day at most. */
  readonly graceMilliseconds?: number;
};

export type RemoteKeySource = KeySource & {
  /** Starts getting the keys, so that the first request finds them. Nobody needs to wait for it; it never rejects. */
  prefetch(): Promise<void>;
  /**
   * For a timer: gets the keys where they are missing, old, or could not be had the last time. Nobody needs to wait for it
   * either, and it never rejects.
   */
  renewWhereDue(): Promise<void>;
};

/** No request waits longer for keys; discovery and every set share it. */
const ATTEMPT_MILLIS = 5_000;
/** At most one attempt in this time, whatever the requests carry, and whether the last one failed or not. */
const COOLDOWN_MILLIS = 10_000;
/** How long a `kid` that was looked for in vain causes no attempt of its own. */
const NEGATIVE_MILLIS = 30_000;
const MAX_NEGATIVES = 1_000;
/** Longer ones are not worth their place. */
const MAX_NEGATIVE_LENGTH = 256;
/** How often an outage that lasts is named in the log. */
const REPEAT_MILLIS = 600_000;
const DEFAULT_GRACE_MILLIS = 3_600_000;
/** Whoever blocks the way to the issuer prolongs the life of a stolen key by no more. */
const MAX_GRACE_MILLIS = 86_400_000;
/** From this age on the set is renewed while requests go on with it … */
const RENEW_AFTER_MILLIS = 300_000;
/** … and from this age on, which a source reaches only where no timer renews it, the request that finds it so waits. */
const STALE_AFTER_MILLIS = 600_000;

/**
 * The keys of an issuer elsewhere. Nothing waits for it at the start; the last good set serves through an outage for a
 * grace; an unknown `kid` causes one attempt per cooldown, which is a renewal as any other; no URL that a token carries is
 * ever fetched.
 * Throws a `TypeError` for an address that is no http(s) URL.
 */
export function remoteKeySource(options: RemoteKeySourceOptions): RemoteKeySource {
  return new CachedRemoteKeys(options);
}

class CachedRemoteKeys implements RemoteKeySource {
  #epoch = 0;
  #keys = KeySet.EMPTY;
  /** When the grace of a set that cannot be had is over; undefined while all can. */
  #graceEndsAt: number | undefined;
  /** When a `kid` was looked for in vain. */
  readonly #negatives = new Map<string, number>();
  readonly #sets: readonly RemoteKeySet[];
  readonly #clock: Clock;
  readonly #deadline: (milliseconds: number) => AbortSignal;
  readonly #onProblem: (problem: string) => void;
  readonly #grace: number;
  #running: Promise<void> | undefined;
  #attemptedAt: number | undefined;
  #loadedAt: number | undefined;
  /** What was said last of each problem that there still is, and when. */
  #said = new Map<string, number>();

  constructor(options: RemoteKeySourceOptions) {
    const { clock, deadline, onProblem, graceMilliseconds = DEFAULT_GRACE_MILLIS } = options;
    this.#sets = loadersOf(options).map((load) => new RemoteKeySet(load));
    this.#clock = clock;
    this.#deadline = deadline ?? ((milliseconds) => AbortSignal.timeout(milliseconds));
    this.#onProblem = onProblem ?? (() => undefined);
    this.#grace = Math.min(graceMilliseconds, MAX_GRACE_MILLIS);
  }

  /** Asked on every request, so that what was remembered of a token ends with the grace of its key, too. */
  get epoch(): number {
    if (this.#graceEndsAt !== undefined) this.#endGrace(this.#graceEndsAt);
    return this.#epoch;
  }

  prefetch(): Promise<void> {
    return this.#attempt();
  }

  async renewWhereDue(): Promise<void> {
    const old = this.#loadedAt === undefined || this.#since(this.#loadedAt) >= RENEW_AFTER_MILLIS;
    if ((old || this.#problems().length > 0) && this.#mayAttempt()) await this.#attempt();
  }

  find(kid: string | undefined, algorithm: SignatureAlgorithm): KeyAnswer | Promise<KeyAnswer> {
    if (this.#graceEndsAt !== undefined) this.#endGrace(this.#graceEndsAt);
    const age = this.#loadedAt === undefined ? undefined : this.#since(this.#loadedAt);
    if (age === undefined) return this.#findAfterAttempt(kid, algorithm);
    // Renewal that fails leaves a problem behind, and then nobody waits for the next one: the last good set serves.
    if (age >= STALE_AFTER_MILLIS && this.#problems().length === 0) return this.#findAfterAttempt(kid, algorithm);
    if (age >= RENEW_AFTER_MILLIS && this.#mayAttempt()) void this.#attempt();
    const selection = this.#keys.select(kid, algorithm);
    if (selection.kind === 'unknown') {
      return this.#isNegative(kid) && this.#problems().length === 0
        ? selection
        : this.#findAfterAttempt(kid, algorithm);
    }
    return selection.kind === 'keys' ? { ...selection, epoch: this.#epoch } : selection;
  }

  #findAfterAttempt(kid: string | undefined, algorithm: SignatureAlgorithm): KeyAnswer | Promise<KeyAnswer> {
    if (this.#running === undefined && !this.#mayAttempt()) return this.#answer(kid, algorithm);
    return this.#attempt().then(() => this.#answer(kid, algorithm));
  }

  /** What is known now. A key that is missing while any of the sets could not be had may well exist: nothing can be said. */
  #answer(kid: string | undefined, algorithm: SignatureAlgorithm): KeyAnswer {
    const selection = this.#keys.select(kid, algorithm);
    if (selection.kind === 'keys') return { ...selection, epoch: this.#epoch };
    const problems = this.#problems();
    if (problems.length === 0 && this.#loadedAt !== undefined) {
      if (selection.kind === 'unknown') this.#rememberNegative(kid);
      return selection;
    }
    const wait = this.#attemptedAt === undefined ? 0 : COOLDOWN_MILLIS - this.#since(this.#attemptedAt);
    return {
      kind: 'unavailable',
      retryAfterSeconds: Math.max(1, Math.ceil(wait / 1000)),
      operator: problems.join('; ') || 'no keys yet',
    };
  }

  #problems(): string[] {
    return this.#sets.flatMap((set) => set.problem ?? []);
  }

  #mayAttempt(): boolean {
    return (
      this.#running === undefined &&
      (this.#attemptedAt === undefined || this.#since(this.#attemptedAt) >= COOLDOWN_MILLIS)
    );
  }

  /** Joins the attempt that is under way, or starts one. */
  #attempt(): Promise<void> {
    this.#running ??= this.#load().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #load(): Promise<void> {
    const now = this.#clock.now();
    this.#attemptedAt = now;
    const signal = this.#deadline(ATTEMPT_MILLIS);
    await Promise.all(this.#sets.map((set) => set.load(signal, now)));
    this.#sayProblems(now);
    if (this.#sets[0]?.problem === undefined) this.#loadedAt = this.#clock.now();
    this.#merge();
  }

  #sayProblems(now: number): void {
    const said = new Map<string, number>();
    for (const problem of this.#problems()) {
      const before = this.#said.get(problem);
      const again = before === undefined || this.#since(before) >= REPEAT_MILLIS;
      if (again) this.#onProblem(problem);
      said.set(problem, again ? now : before);
    }
    this.#said = said;
  }

  #endGrace(endsAt: number): void {
    if (this.#clock.now() >= endsAt) this.#merge();
  }

  /** What counts now: every set that the issuer publishes, or did not long ago. */
  #merge(): void {
    const now = this.#clock.now();
    const serving = this.#sets.filter((set) => now < (set.servesUntil(this.#grace) ?? Number.POSITIVE_INFINITY));
    const ends = serving.flatMap((set) => set.servesUntil(this.#grace) ?? []);
    this.#graceEndsAt = ends.length === 0 ? undefined : Math.min(...ends);
    const keys = new KeySet(serving.flatMap((set) => set.keys?.keys ?? []));
    if (keys.identity === this.#keys.identity) return;
    this.#keys = keys;
    this.#epoch += 1;
    this.#negatives.clear();
  }

  #isNegative(kid: string | undefined): boolean {
    const lookedAt = kid === undefined ? undefined : this.#negatives.get(kid);
    return lookedAt !== undefined && this.#since(lookedAt) < NEGATIVE_MILLIS;
  }

  #rememberNegative(kid: string | undefined): void {
    // One that no attempt of its own looked for waits for the next attempt, not longer.
    if (kid === undefined || kid.length > MAX_NEGATIVE_LENGTH || this.#attemptedAt === undefined) return;
    if (this.#negatives.size >= MAX_NEGATIVES) this.#negatives.clear();
    this.#negatives.set(kid, this.#attemptedAt);
  }

  /** A clock that was set back must not stop renewal for as long as it was ahead. */
  #since(moment: number): number {
    const passed = this.#clock.now() - moment;
    return passed >= 0 ? passed : Number.POSITIVE_INFINITY;
  }
}

function loadersOf({ from, additionalJwksUris = [], clock, fetch, skew }: RemoteKeySourceOptions): LoadKeySet[] {
  const named = 'issuer' in from ? [from.issuer] : 'jwksUri' in from ? [from.jwksUri] : [];
  for (const address of [...named, ...additionalJwksUris]) {
    if (!isKeyAddress(address))
      throw new TypeError('the address of an issuer or of its keys is not an http(s) URL without credentials');
  }
  const plain: Fetch = fetch ?? globalThis.fetch;
  const primary = (): LoadKeySet => {
    if ('file' in from) return fromFile(from.file);
    const compared = skew === undefined ? plain : comparingClocks(plain, clock, skew);
    return 'issuer' in from ? fromIssuer(compared, from) : fromAddress(compared, from.jwksUri);
  };
  return [primary(), ...additionalJwksUris.map((address) => fromAddress(plain, address))];
}
