import type { Clock } from '@stagedoor/access';
import { discoverJwksUri, isKeyAddress } from './discover-jwks-uri.ts';
import type { Fetch } from './fetch-document.ts';
import { KeySet } from './key-set.ts';
import type { KeyAnswer, KeySource } from './key-source.ts';
import { RemoteKeySet } from './remote-key-set.ts';
import type { SignatureAlgorithm } from './signature-algorithm.ts';

export type RemoteKeySourceOptions = {
  /** By discovery from the issuer identifier, or at a known address. */
  readonly from: { readonly issuer: string } | { readonly jwksUri: string };
  /** `additional-jwk-set-uris`: more sets whose keys count as the issuer's. */
  readonly additionalJwksUris?: readonly string[];
  readonly clock: Clock;
  readonly fetch?: Fetch;
  /** Aborts after so many milliseconds. A port, so that tests need not wait. */
  readonly deadline?: (milliseconds: number) => AbortSignal;
  /** Called once for each failed attempt, with words for the log. */
  readonly onProblem?: (problem: string) => void;
};

export type RemoteKeySource = KeySource & {
  /** Starts getting the keys, so that the first request finds them. Nobody needs to wait for it; it never rejects. */
  prefetch(): Promise<void>;
};

/** No request waits longer for keys; discovery and every set share it. */
const ATTEMPT_MILLIS = 5_000;
/** At most one attempt in this time, whatever the requests carry, and whether the last one failed or not. */
const COOLDOWN_MILLIS = 10_000;
/** From this age on the set is renewed while requests go on with it … */
const RENEW_AFTER_MILLIS = 300_000;
/** … and from this age on, which only an idle source reaches, the request that finds it so waits for the new one. */
const STALE_AFTER_MILLIS = 600_000;

/**
 * The keys of an issuer elsewhere. Nothing waits for it at the start; the last good set serves through an outage; an
 * unknown `kid` causes one attempt per cooldown; no URL that a token carries is ever fetched.
 * Throws a `TypeError` for an address that is no http(s) URL.
 */
export function remoteKeySource(options: RemoteKeySourceOptions): RemoteKeySource {
  return new CachedRemoteKeys(options);
}

class CachedRemoteKeys implements RemoteKeySource {
  epoch = 0;
  #keys = KeySet.EMPTY;
  readonly #sets: readonly RemoteKeySet[];
  readonly #clock: Clock;
  readonly #deadline: (milliseconds: number) => AbortSignal;
  readonly #onProblem: (problem: string) => void;
  #running: Promise<void> | undefined;
  #attemptedAt: number | undefined;
  #loadedAt: number | undefined;

  constructor({
    from,
    additionalJwksUris = [],
    clock,
    fetch = globalThis.fetch,
    deadline,
    onProblem,
  }: RemoteKeySourceOptions) {
    for (const address of ['issuer' in from ? from.issuer : from.jwksUri, ...additionalJwksUris]) {
      if (!isKeyAddress(address))
        throw new TypeError('the address of an issuer or of its keys is not an http(s) URL without credentials');
    }
    const primary = new RemoteKeySet(
      fetch,
      'issuer' in from ? (signal) => discoverJwksUri(fetch, from.issuer, signal) : async () => from.jwksUri,
    );
    this.#sets = [primary, ...additionalJwksUris.map((address) => new RemoteKeySet(fetch, async () => address))];
    this.#clock = clock;
    this.#deadline = deadline ?? ((milliseconds) => AbortSignal.timeout(milliseconds));
    this.#onProblem = onProblem ?? (() => undefined);
  }

  prefetch(): Promise<void> {
    return this.#attempt();
  }

  find(kid: string | undefined, algorithm: SignatureAlgorithm): KeyAnswer | Promise<KeyAnswer> {
    const age = this.#loadedAt === undefined ? undefined : this.#since(this.#loadedAt);
    if (age === undefined) return this.#findAfterAttempt(kid, algorithm);
    // Renewal that fails leaves a problem behind, and then nobody waits for the next one: the last good set serves.
    if (age >= STALE_AFTER_MILLIS && this.#problems().length === 0) return this.#findAfterAttempt(kid, algorithm);
    if (age >= RENEW_AFTER_MILLIS && this.#mayAttempt()) void this.#attempt();
    const selection = this.#keys.select(kid, algorithm);
    if (selection.kind === 'unknown') return this.#findAfterAttempt(kid, algorithm);
    return selection.kind === 'keys' ? { ...selection, epoch: this.epoch } : selection;
  }

  #findAfterAttempt(kid: string | undefined, algorithm: SignatureAlgorithm): KeyAnswer | Promise<KeyAnswer> {
    if (this.#running === undefined && !this.#mayAttempt()) return this.#answer(kid, algorithm);
    return this.#attempt().then(() => this.#answer(kid, algorithm));
  }

  /** What is known now. A key that is missing while any of the sets could not be had may well exist: nothing can be said. */
  #answer(kid: string | undefined, algorithm: SignatureAlgorithm): KeyAnswer {
    const selection = this.#keys.select(kid, algorithm);
    if (selection.kind === 'keys') return { ...selection, epoch: this.epoch };
    const problems = this.#problems();
    if (problems.length === 0 && this.#loadedAt !== undefined) return selection;
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
    this.#attemptedAt = this.#clock.now();
    const signal = this.#deadline(ATTEMPT_MILLIS);
    await Promise.all(this.#sets.map((set) => set.load(signal)));
    for (const problem of this.#problems()) this.#onProblem(problem);
    if (this.#sets[0]?.problem === undefined) this.#loadedAt = this.#clock.now();
    const keys = new KeySet(this.#sets.flatMap((set) => set.keys?.keys ?? []));
    if (keys.identity === this.#keys.identity) return;
    this.#keys = keys;
    this.epoch += 1;
  }

  /** A clock that was set back must not stop renewal for as long as it was ahead. */
  #since(moment: number): number {
    const passed = this.#clock.now() - moment;
    return passed >= 0 ? passed : Number.POSITIVE_INFINITY;
  }
}
