import { hash } from 'node:crypto';
import type { Clock } from '@stagedoor/access';
import { type DpopProof, PROOF_WINDOW_MILLIS } from './dpop-proof.ts';

/** A proof that was used: `id` is a digest, `endsAt` the moment from which it is refused for its age anyway. */
export type SpentProof = { readonly id: string; readonly endsAt: number };

/** Where used proofs outlive the process. Only one call is under way at a time. */
export type ProofStore = {
  /** Everything that is kept. */
  load(): Promise<readonly SpentProof[]>;
  /** Resolves when no crash can lose them any more. */
  append(proofs: readonly SpentProof[]): Promise<void>;
  /** Begins a new generation: what was kept before the last one began may be forgotten. */
  turn(): Promise<void>;
  close(): Promise<void>;
};

/** A proof may be used until the window behind its time is over, and its time may lie a window ahead. */
const GENERATION_MILLIS = 2 * PROOF_WINDOW_MILLIS;
/** More than are verified here in the time that a generation takes: 80 MB at most, for both. */
const MAX_IN_GENERATION = 400_000;

type Waiting = { readonly proof: SpentProof; readonly done: () => void; readonly failed: (error: unknown) => void };

/**
 * Proofs that cannot be used again. They are asked for in memory, and written down before anybody hears that one is good, so
 * that neither a crash nor a restart brings one back; those that come while others are being written are written together.
 * Two generations, each longer than a proof can live: when the younger one is old enough, the older one holds nothing that counts.
 */
export class SpentProofs {
  readonly #clock: Clock;
  readonly #store: ProofStore;
  readonly #maxInGeneration: number;
  #young = new Set<string>();
  #old = new Set<string>();
  #turnsAt: number;
  #turnDue = false;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | null = null;

  private constructor(clock: Clock, store: ProofStore, maxInGeneration: number) {
    this.#clock = clock;
    this.#store = store;
    this.#maxInGeneration = maxInGeneration;
    this.#turnsAt = clock.now() + GENERATION_MILLIS;
  }

  /** With what was written down and still counts. */
  static async load(clock: Clock, store: ProofStore, maxInGeneration = MAX_IN_GENERATION): Promise<SpentProofs> {
    const spent = new SpentProofs(clock, store, maxInGeneration);
    const now = clock.now();
    for (const { id, endsAt } of await store.load()) if (endsAt > now) spent.#young.add(id);
    return spent;
  }

  /**
   * `known`: it was used before; of two at the same time one is. `full`: it cannot be remembered, so it is not used. Rejects where
   * it cannot be written down; it counts as used all the same, since nobody knows how far the writing came.
   */
  async spend({ thumbprint, jti, endsAt }: DpopProof): Promise<'spent' | 'known' | 'full'> {
    this.#turn();
    // Two keys may use one jti; a thumbprint has no dot.
    const id = hash('sha256', `${thumbprint}.${jti}`, 'base64url');
    if (this.#young.has(id) || this.#old.has(id)) return 'known';
    if (this.#young.size >= this.#maxInGeneration) return 'full';
    this.#young.add(id);
    await this.#record({ id, endsAt });
    return 'spent';
  }

  /** Waits for what is being written. Whoever spends afterwards is refused by the store. */
  async close(): Promise<void> {
    await this.#writing;
    await this.#store.close();
  }

  #turn(): void {
    const now = this.#clock.now();
    if (now < this.#turnsAt) return;
    this.#old = this.#young;
    this.#young = new Set();
    this.#turnsAt = now + GENERATION_MILLIS;
    this.#turnDue = true;
  }

  #record(proof: SpentProof): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.push({ proof, done: resolve, failed: reject });
    this.#writing ??= this.#writeAll();
    return promise;
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        if (this.#turnDue) await this.#store.turn();
        this.#turnDue = false;
        await this.#store.append(batch.map(({ proof }) => proof));
        for (const { done } of batch) done();
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
    }
    this.#writing = null;
  }
}
