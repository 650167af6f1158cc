import { hash } from 'node:crypto';
import type { Clock, Randomness } from '@stagedoor/access';
import { type AssertionKey, isSignedByClient, nobodysKeys, readClientAssertion } from '@stagedoor/tokens';
import { type ClientVerdict, type TokenCaller, whyRefused } from './authenticate-client.ts';
import type { ClientRegistry } from './client-registry.ts';
import type { FailedAttempts } from './failed-attempts.ts';
import type { SpentIds } from './spent-ids.ts';

export type PresentedAssertion = {
  readonly assertion: string;
  /** Beside the assertion it is not needed; where it is there it has to be the same (RFC 7521 section 4.2). */
  readonly clientId: string | undefined;
};

export type AssertionParts = {
  readonly registry: ClientRegistry;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly failed: FailedAttempts;
  readonly spent: SpentIds;
};

/** When a client has no room for one more assertion, the oldest of them ends within minutes. */
const FULL: ClientVerdict = { kind: 'limited', retryAfterSeconds: 60 };

/**
 * `private_key_jwt` (RFC 7523, OpenID Connect Core section 9). An unknown client, one that has a secret, and whatever is
 * wrong with an assertion get one answer; each is limited as wrong secrets are, and none slows a good client.
 */
export class AssertionAuthenticator {
  readonly #parts: AssertionParts;
  readonly #nobody: readonly AssertionKey[];

  constructor(parts: AssertionParts) {
    this.#parts = parts;
    this.#nobody = nobodysKeys(parts.randomness);
  }

  /** `audiences`: what the assertion may be meant for, the token endpoint or the issuer. */
  async authenticate(
    presented: PresentedAssertion,
    audiences: readonly string[],
    caller: TokenCaller,
  ): Promise<ClientVerdict> {
    const verdict = await this.#examine(presented, audiences);
    if (verdict.kind !== 'refused') return verdict;
    const retryAfterSeconds = this.#parts.failed.begin(caller.address, presented.clientId ?? '');
    return retryAfterSeconds > 0 ? { kind: 'limited', retryAfterSeconds } : verdict;
  }

  async #examine({ assertion, clientId }: PresentedAssertion, audiences: readonly string[]): Promise<ClientVerdict> {
    const { registry, spent, clock } = this.#parts;
    const read = readClientAssertion(assertion, { audiences, now: clock.now() });
    if (!read.ok) return refused(`shows an assertion that ${read.problem}`);
    const { clientId: named, algorithm, jti, endsAt } = read.value;
    if (clientId !== undefined && clientId !== named) return refused('shows an assertion of another client');
    const found = registry.find(named);
    const keys = found === undefined || found.keys.length === 0 ? this.#nobody : found.keys;
    const signed = await isSignedByClient(assertion, algorithm, keys);
    const why = (otherwise: string) => refused(whyRefused(registry, found?.client, 'assertion', otherwise));
    if (!signed || found === undefined || found.keys.length === 0)
      return why('shows an assertion that none of its keys signed');
    const { client } = found;
    if (!registry.isRegistered(client.clientId)) return why('has expired');
    // A digest: a jti is whatever the client makes of it.
    const became = await spent.spend(client.clientId, hash('sha256', jti, 'base64url'), endsAt);
    if (became === 'full') return FULL;
    // It may have been deleted while its assertion was being recorded.
    if (became === 'known' || !registry.isRegistered(client.clientId))
      return why('shows an assertion that was used before');
    return { kind: 'authenticated', client };
  }
}

function refused(why: string): ClientVerdict {
  return { kind: 'refused', why };
}
