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
  /** `why` is for the operator alone: it completes "the client …" and repeats nothing of the request. */
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'limited'; readonly retryAfterSeconds: number };

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
    if (!at.slow || secret.length > MAX_SECRET_LENGTH) return this.#refused(client);
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
    if (!matched) return this.#refused(client);
    // While the hash was made the client may have been deleted, or have got another secret: the registry has the last word.
    const present = this.#registry.find(clientId);
    if (client === undefined || present === undefined || !sameSecrets(client, present)) return this.#refused(present);
    this.#secrets.remember(present, secret, this.#clock.now());
    this.#failed.forgive(caller.address, clientId);
    return this.#admit(present);
  }

  /** The secret is right; a client that has expired is as unknown as any other. */
  #admit(client: ClientWithSecrets | undefined): ClientVerdict {
    if (client === undefined || !this.#registry.isRegistered(client.client.clientId)) return this.#refused(client);
    return { kind: 'authenticated', client: client.client };
  }

  #refused(client: ClientWithSecrets | undefined): ClientVerdict {
    return {
      kind: 'refused',
      why: whyRefused(this.#registry, client?.client, 'secret', 'shows another secret than its own'),
    };
  }
}

/** What a client that is refused is told nothing of. `otherwise`: what is wrong where it is known and shows what it should. */
export function whyRefused(
  registry: ClientRegistry,
  client: RegisteredClient | undefined,
  shown: keyof typeof WITH_ARTICLE,
  otherwise: string,
): string {
  if (client === undefined) return 'is not registered';
  if (!registry.isRegistered(client.clientId)) return 'has expired';
  const own = OWN_METHODS[client.authentication.kind];
  return own === shown
    ? otherwise
    : `shows ${WITH_ARTICLE[shown]}, and is registered with ${own === null ? 'none' : WITH_ARTICLE[own]}`;
}

const WITH_ARTICLE = { secret: 'a secret', assertion: 'an assertion', certificate: 'a certificate' } as const;

const OWN_METHODS = {
  secret: 'secret',
  keys: 'assertion',
  certificate: 'certificate',
  'certificate-subject': 'certificate',
  none: null,
} as const;

function sameSecrets(one: ClientWithSecrets, other: ClientWithSecrets): boolean {
  const digests = (client: ClientWithSecrets) => client.secrets.map((secret) => secret.digest).join(' ');
  return digests(one) === digests(other);
}
