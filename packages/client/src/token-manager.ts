import { refuseClearText } from './clear-text.ts';
import { systemClock } from './clock.ts';
import { type RenewalSettings, RenewedToken } from './renewed-token.ts';
import { requestToken } from './request-token.ts';
import { showsTheSame, type TokenRequest, tokenKey } from './token-request.ts';

/** Kept at once; the one that was not asked for longest gives way. A process has a handful. */
const MOST_TOKENS = 100;

type Kept = { readonly key: string; readonly request: TokenRequest; readonly token: RenewedToken };

/**
 * The tokens of a process: one {@link RenewedToken} for everything that makes a token what it is, so that two that differ in
 * anything never share one, and two that do not differ never ask twice.
 */
export class TokenManager {
  readonly #settings: RenewalSettings;
  readonly #clearTextHosts: readonly string[];
  /** In the order in which they were asked for last. */
  #kept: readonly Kept[] = [];

  /** @param clearTextHosts hosts that may be sent secrets over http */
  constructor(settings: Partial<RenewalSettings> = {}, clearTextHosts: readonly string[] = []) {
    this.#clearTextHosts = clearTextHosts;
    this.#settings = {
      ask: requestToken,
      fetch: (input, init) => globalThis.fetch(input, init),
      clock: systemClock,
      random: Math.random,
      timeout: 10_000,
      patience: 60_000,
      ...settings,
    };
  }

  /** @throws UnusableCredentialsError where the request would send a secret in the clear over a network */
  tokenFor(request: TokenRequest): RenewedToken {
    refuseClearText(request.endpoint, 'the token endpoint', this.#clearTextHosts);
    const key = tokenKey(request);
    const known = this.#kept.find((kept) => kept.key === key && showsTheSame(kept.request, request));
    const found = known ?? { key, request, token: new RenewedToken(request, this.#settings) };
    this.#kept = [...this.#kept.filter((kept) => kept !== found), found].slice(-MOST_TOKENS);
    return found.token;
  }
}
