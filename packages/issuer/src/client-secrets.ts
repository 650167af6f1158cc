import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import type { Randomness } from '@stagedoor/access';
import type { ClientWithSecrets, StoredSecret } from './registered-client.ts';

/** Slow hashing for secrets that people choose (argon2id). What identity hashes passwords with fits. */
export type SlowHashing = {
  hash(secret: string): Promise<string>;
  /** Throws an Error where the stored text is damaged. */
  verify(hash: string, secret: string): Promise<boolean>;
  /** A hash that no secret has, and that costs what `like` costs. */
  dummy(like: string): string;
};

/** How a secret is stored, without when. */
export type SecretDigest = Pick<StoredSecret, 'scheme' | 'digest'>;

/** Every secret is compared this often, however many the client has. */
const LIVE_SECRETS = 2;
const MAX_REMEMBERED = 1_000;
export const MAX_SECRET_LENGTH = 1_024;

/**
 * Makes, stores and compares client secrets. Digests are compared, never secrets. A slow secret is hashed once and then
 * remembered for the life of the process, by an HMAC over client, secret and stored hash: a changed secret or a deleted
 * client ends that by construction. One object is shared by whoever stores secrets and whoever verifies them.
 */
export class ClientSecrets {
  readonly #randomness: Randomness;
  readonly #hashing: SlowHashing;
  readonly #key: Uint8Array;
  readonly #nobody: Uint8Array;
  readonly #remembered = new Set<string>();

  constructor({ randomness, hashing }: { readonly randomness: Randomness; readonly hashing: SlowHashing }) {
    this.#randomness = randomness;
    this.#hashing = hashing;
    this.#key = randomness.bytes(32);
    this.#nobody = randomness.bytes(32);
  }

  /** 32 random bytes. */
  generate(): string {
    return Buffer.from(this.#randomness.bytes(32)).toString('base64url');
  }

  /** How a secret that was generated here is stored. */
  fastDigest(secret: string): SecretDigest {
    return { scheme: 'sha256', digest: hash('sha256', secret, 'base64url') };
  }

  /** How a secret that somebody chose is stored. It verifies at once from now on. */
  async slowDigest(clientId: string, secret: string): Promise<SecretDigest> {
    const digest = await this.#hashing.hash(secret);
    this.#remember(clientId, secret, digest);
    return { scheme: 'slow', digest };
  }

  /**
   * Whether it is a generated secret of the client, or one that verified before. Costs the same whether the client is known
   * (undefined: it is not) and how many secrets it has. `slow`: whether slow secrets exist at all.
   */
  matchesKnown(
    clientId: string,
    client: ClientWithSecrets | undefined,
    secret: string,
    at: { readonly now: number; readonly slow: boolean },
  ): boolean {
    const live = client === undefined ? [] : liveSecrets(client, at.now);
    const digest = hash('sha256', secret, 'buffer');
    const fast = live
      .filter((stored) => stored.scheme === 'sha256')
      .map((stored) => Buffer.from(stored.digest, 'base64url'));
    let matched = false;
    for (let index = 0; index < LIVE_SECRETS; index += 1) {
      matched = timingSafeEqual(digest, fast[index] ?? this.#nobody) || matched;
    }
    if (!at.slow) return matched;
    const stored = live.find((one) => one.scheme === 'slow')?.digest ?? '';
    return this.#remembered.has(this.#memoryKey(clientId, secret, stored)) || matched;
  }

  /**
   * Whether it is the client's slow secret: one slow hash, whether the client is known or has such a secret or not. A match
   * is not remembered here (`remember`): the client may have changed meanwhile.
   */
  matchesSlow(client: ClientWithSecrets | undefined, secret: string, now: number): Promise<boolean> {
    return this.#hashing.verify(slowHashOf(client, now) ?? this.#hashing.dummy(''), secret);
  }

  /** The secret was verified against the client's present hash. */
  remember(client: ClientWithSecrets, secret: string, now: number): void {
    const digest = slowHashOf(client, now);
    if (digest !== undefined) this.#remember(client.client.clientId, secret, digest);
  }

  #remember(clientId: string, secret: string, digest: string): void {
    // Only good secrets are remembered, and each has one entry: the bound is for years of rotations.
    if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
    this.#remembered.add(this.#memoryKey(clientId, secret, digest));
  }

  #memoryKey(clientId: string, secret: string, digest: string): string {
    return createHmac('sha256', this.#key)
      .update(JSON.stringify([clientId, secret, digest]))
      .digest('base64url');
  }
}

/** The secrets that have not ended; two at most, the newest. */
export function liveSecrets({ secrets }: ClientWithSecrets, now: number): readonly StoredSecret[] {
  return secrets
    .filter((secret) => secret.ends === null || secret.ends > now)
    .toSorted((one, other) => other.created - one.created)
    .slice(0, LIVE_SECRETS);
}

export function slowHashOf(client: ClientWithSecrets | undefined, now: number): string | undefined {
  if (client === undefined) return undefined;
  return liveSecrets(client, now).find((secret) => secret.scheme === 'slow')?.digest;
}
