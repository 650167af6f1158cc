import type { Clock } from '@stagedoor/access';
import type { ClientRegistry } from './client-registry.ts';
import { type ClientSecrets, MAX_SECRET_LENGTH } from './client-secrets.ts';
import type { FailedAttempts } from './failed-attempts.ts';
import type { ClientWithSecrets, RegisteredClient } from './registered-client.ts';
import { SlowChecks } from './slow-checks.ts';

export type ClientCredentials = { readonly clientId: string; readonly secret: string };

/** Who asks: the remote address as the socket has it, and whether he still waits. */
export type TokenCaller = { readonly address: string; readonly isThere: () => boolean };

export type ClientVerdict =
  | { readonly kind: 'authenticated'; readonly client: RegisteredClient }
  | { readonly kind: 'refused' }
  | { readonly kind: 'limited'; readonly retryAfterSeconds: number };

const REFUSED: ClientVerdict = { kind: 'refused' };
const CROWDED: ClientVerdict = { kind: 'limited', retryAfterSeconds: 1 };

/**
 * Compares a client's secret. A good client is never slowed by a bad one: what is known to be right is answered before any
 * limit is looked at. An unknown client and a wrong secret get the same answer at the same cost (threats, "door").
 */
export class ClientAuthenticator {
  readonly #registry: ClientRegistry;
  readonly #secrets: ClientSecrets;
  readonly #clock: Clock;
  readonly #failed: FailedAttempts;
  readonly #slowChecks = new SlowChecks();

  constructor(parts: {
    readonly registry: ClientRegistry;
    readonly secrets: ClientSecrets;
    readonly clock: Clock;
    readonly failed: FailedAttempts;
  }) {
    this.#registry = parts.registry;
    this.#secrets = parts.secrets;
    this.#clock = parts.clock;
    this.#failed = parts.failed;
  }

  authenticate(credentials: ClientCredentials, caller: TokenCaller): ClientVerdict | Promise<ClientVerdict> {
    const { clientId, secret } = credentials;
    const client = this.#registry.find(clientId);
    const at = { now: this.#clock.now(), slow: this.#registry.hasSlowSecrets };
    if (this.#secrets.matchesKnown(clientId, client, secret, at)) return this.#admit(client);
    const retryAfterSeconds = this.#failed.begin(caller.address, clientId);
    if (retryAfterSeconds > 0) return { kind: 'limited', retryAfterSeconds };
    // No client has a longer secret, so nobody learns anything from the haste.
    if (!at.slow || secret.length > MAX_SECRET_LENGTH) return REFUSED;
    return this.#checkSlowly(credentials, client, caller);
  }

  async #checkSlowly(
    { clientId, secret }: ClientCredentials,
    client: ClientWithSecrets | undefined,
    caller: TokenCaller,
  ): Promise<ClientVerdict> {
    const matched = await this.#slowChecks.run(
      () => this.#secrets.matchesSlow(client, secret, this.#clock.now()),
      caller.isThere,
    );
    if (matched === null) {
      this.#failed.withdraw(caller.address, clientId);
      return CROWDED;
    }
    if (!matched) return REFUSED;
    // While the hash was made the client may have been deleted, or have got another secret: the registry has the last word.
    const present = this.#registry.find(clientId);
    if (client === undefined || present === undefined || !sameSecrets(client, present)) return REFUSED;
    this.#secrets.remember(present, secret, this.#clock.now());
    this.#failed.forgive(caller.address, clientId);
    return this.#admit(present);
  }

  /** The secret is right; a client that has expired is as unknown as any other. */
  #admit(client: ClientWithSecrets | undefined): ClientVerdict {
    if (client === undefined || !this.#registry.isRegistered(client.client.clientId)) return REFUSED;
    return { kind: 'authenticated', client: client.client };
  }
}

function sameSecrets(one: ClientWithSecrets, other: ClientWithSecrets): boolean {
  const digests = (client: ClientWithSecrets) => client.secrets.map((secret) => secret.digest).join(' ');
  return digests(one) === digests(other);
}
