import type { Clock } from '../clock.ts';
import type { DiscoveredIssuer } from '../discover-endpoint.ts';
import { TokenAnswerError, TokenUnavailableError } from '../errors.ts';
import type { TokenNeed } from '../renewed-token.ts';
import { sitOut } from '../sit-out.ts';

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;
/** Of a call that does not say how long it waits, in milliseconds. */
const PATIENCE = 60_000;

type Failure = {
  readonly error: TokenUnavailableError | TokenAnswerError;
  readonly until: number;
  readonly pause: number;
};

/**
 * The metadata of an issuer: asked for once by all who wait, and, as for a token, patiently. A worker that starts before its
 * issuer does waits for it; who answers something else is not asked again at once.
 */
export class IssuerMetadata {
  readonly #discover: () => Promise<DiscoveredIssuer>;
  readonly #clock: Clock;
  #asked: Promise<DiscoveredIssuer> | undefined;
  #failure: Failure | undefined;

  constructor(discover: () => Promise<DiscoveredIssuer>, clock: Clock) {
    this.#discover = discover;
    this.#clock = clock;
  }

  /** @throws TokenUnavailableError when patience ends @throws TokenAnswerError at once */
  async get({ patience = PATIENCE, signal }: TokenNeed = {}): Promise<DiscoveredIssuer> {
    const deadline = this.#clock.monotonic() + patience;
    for (;;) {
      await this.#sitOut(deadline, signal);
      signal?.throwIfAborted();
      try {
        return await this.#ask();
      } catch (error) {
        if (!(error instanceof TokenUnavailableError)) throw error;
      }
    }
  }

  async #sitOut(deadline: number, signal: AbortSignal | undefined): Promise<void> {
    if (this.#asked !== undefined || this.#failure === undefined) return;
    const { error, until } = this.#failure;
    const pause = until - this.#clock.monotonic();
    if (pause <= 0) return;
    if (error instanceof TokenAnswerError) throw error;
    if (until > deadline) throw new TokenUnavailableError(error.message, { retryAfter: pause, cause: error });
    await sitOut(pause, this.#clock, signal);
  }

  #ask(): Promise<DiscoveredIssuer> {
    this.#asked ??= this.#discover().catch((error: unknown) => {
      this.#asked = undefined;
      if (error instanceof TokenUnavailableError || error instanceof TokenAnswerError) this.#failed(error);
      throw error;
    });
    return this.#asked;
  }

  #failed(error: Failure['error']): void {
    const pause = Math.min((this.#failure?.pause ?? FIRST_PAUSE / 2) * 2, LONGEST_PAUSE);
    const asked = error instanceof TokenUnavailableError ? (error.retryAfter ?? 0) : 0;
    this.#failure = { error, until: this.#clock.monotonic() + Math.max(pause, asked), pause };
  }
}
