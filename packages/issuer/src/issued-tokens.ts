import type { ClientId, Clock, TokenVerifier } from '@stagedoor/access';
import {
  createTokenVerifier,
  type DpopProofs,
  type IssuerPolicy,
  readCompactToken,
  type SigningKeys,
} from '@stagedoor/tokens';
import { clientIdOf, type UserTokenRule } from './authorizing/user-token.ts';
import { embeddedPolicy } from './embedded-policy.ts';
import { issuerForms } from './issuer-forms.ts';

const ANY = {
  orchestration: 'unchecked',
  operate: 'unchecked',
  zeebe: 'unchecked',
  tasklist: 'unchecked',
  administration: 'unchecked',
} as const satisfies IssuerPolicy['audiences'];

/** A token that was issued here and is good at this moment, unless it was revoked. */
export type IssuedToken = {
  readonly clientId: ClientId;
  readonly audiences: readonly string[];
  readonly jti: string;
  /** Milliseconds. */
  readonly expiresAt: number;
  readonly claims: Readonly<Record<string, unknown>>;
};

type OwnTokens = {
  readonly origin: string;
  readonly signingKeys: SigningKeys;
  readonly isRegistered: (clientId: ClientId) => boolean;
  readonly userStands: UserTokenRule;
  readonly clock: Clock;
};

/** Verifies tokens of our own that are presented to the issuer itself, as the API does it but for the audience. */
export function presentedTokens(
  parts: OwnTokens & {
    readonly isRevoked: (clientId: ClientId, tokenId: string) => boolean;
    readonly proofs: DpopProofs;
  },
): TokenVerifier {
  return createTokenVerifier({ policies: [ofAnyAudience(parts)], clock: parts.clock, proofs: parts.proofs });
}

/** Clients have audiences of their own, so it is the issuer that is pinned in their place. */
function ofAnyAudience(parts: Parameters<typeof embeddedPolicy>[0]): IssuerPolicy {
  const { saas, keycloak } = issuerForms(parts.origin);
  return { ...embeddedPolicy(parts), audiences: ANY, pins: [{ claim: 'iss', oneOf: [saas.issuer, keycloak.issuer] }] };
}

/**
 * Reads tokens of our own by the very policy that the API verifies them with, but for the audience, since whoever asks here asks for
 * any of them, and for what they are bound to, since nobody gets in with them. Not checked: whether a token was revoked, since revoking it once more has to find it.
 */
export class IssuedTokens {
  readonly #verifier: TokenVerifier;

  constructor(parts: OwnTokens) {
    this.#verifier = createTokenVerifier({
      policies: [ofAnyAudience({ ...parts, isRevoked: () => false })],
      clock: parts.clock,
      bindings: 'passed-over',
    });
  }

  /** Null for anything else that the API would not take. Rejects where nobody can say. */
  async read(token: string): Promise<IssuedToken | null> {
    const verdict = await this.#verifier.verify({ token, api: 'orchestration', method: 'POST', url: '/' });
    if (verdict.kind === 'refused') return null;
    if (verdict.kind === 'unavailable') throw new Error(`a token cannot be verified: ${verdict.operator}`);
    const read = readCompactToken(token);
    if (!read.ok) return null;
    // Also a user's token is one that a client was given.
    const clientId = clientIdOf(read.value.claims);
    const { aud, jti } = read.value.claims;
    const audiences = (Array.isArray(aud) ? aud : [aud]).filter((one) => typeof one === 'string');
    if (clientId === null || typeof jti !== 'string') return null;
    return { clientId, audiences, jti, expiresAt: verdict.expiresAt, claims: read.value.claims };
  }
}
