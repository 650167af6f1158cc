import type { Clock } from './clock.ts';
import { TokenAnswerError, type TokenRefusedError, TokenUnavailableError } from './errors.ts';
import type { AccessToken, AskForToken, Fetch, Replaced, TokenReply } from './request-token.ts';
import { sitOut } from './sit-out.ts';
import { type Evidence, evidenceOf, isSameEvidence, type TokenRequest } from './token-request.ts';

/** What a call needs of a token. */
export type TokenNeed = {
  /** Milliseconds of life that it must have left; a long poll needs as many as it may last. */
  readonly minimumLife?: number;
  /** Milliseconds that the call is ready to wait for one. */
  readonly patience?: number;
  readonly signal?: AbortSignal;
};

export type RenewalSettings = {
  /** Whom to ask: the issuer, or somebody on this host who does. */
  readonly ask: AskForToken;
  readonly fetch: Fetch;
  readonly clock: Clock;
  /** From 0 to 1, as `Math.random`. */
  readonly random: () => number;
  /** Milliseconds for one request. */
  readonly timeout: number;
  /** Milliseconds that a call waits where it does not say. */
  readonly patience: number;
};

/** A token is renewed when 75 to 85 % of its life are over: jittered, so that a fleet that started together does not stay together. */
const RENEWED_AT = { from: 0.75, width: 0.1 };
/** A call without needs of its own gets no token that could expire on its way. */
const LEAST_LIFE = 3_000;
/** No need is larger than half a life: a token that lives 20 s serves a poll of 30 s as well as a token of 20 s can. */
const LARGEST_NEED = 0.5;
const FIRST_WAIT = 500;
const LONGEST_WAIT = 30_000;
/** Two tokens that the API refuses within this time are refused for a reason that a third would not cure. */
const REPLACEMENT_PAUSE = 30_000;
/** A clock this wrong makes assertions worthless. */
const TELLING_SKEW = 20_000;
/** A refusal is final until what was refused changes; and looked at again after so long, for it may be the issuer's records that change. */
const LATCH = 5 * 60_000;
/** A secret that is another one each time it is looked at would be asked about for ever. */
const MOST_OVERTAKEN = 3;

/** What became of the last attempt, and from when on there may be another. */
type Failure =
  /** No sooner than `until`, unless the evidence has become another; calls are told at once. */
  | { readonly kind: 'refused'; readonly error: TokenRefusedError; readonly evidence: Evidence; readonly until: number }
  /** Calls that have the patience wait until then. */
  | { readonly kind: 'passing'; readonly error: Passing; readonly until: number; readonly attempts: number };

type Passing = TokenUnavailableError | TokenAnswerError;

/**
 * One token, kept fresh: however many ask, one request is under way. The old token serves while a new one is fetched; a
 * refusal is final until the secret changes; whatever passes is waited for, with growing pauses or as long as the issuer says.
 */
export class RenewedToken {
  readonly #request: TokenRequest;
  readonly #settings: RenewalSettings;
  #current: { readonly token: AccessToken; readonly boundTo: string | undefined; readonly renewAt: number } | undefined;
  #renewal: Promise<void> | undefined;
  #failure: Failure | undefined;
  #skew = 0;
  /** How many refusals in a row came after what they refused was replaced. */
  #overtaken = 0;
  #rejected: Replaced | undefined;
  #replaced = Number.NEGATIVE_INFINITY;

  constructor(request: TokenRequest, settings: RenewalSettings) {
    this.#request = request;
    this.#settings = settings;
  }

  /**
   * A token for a call that starts now.
   *
   * @throws TokenRefusedError at once, and so for every later call until what was refused changes (or five minutes are over)
   * @throws TokenUnavailableError when patience ends, or at once where the next request comes later than that
   * @throws TokenAnswerError at once where what answers is no token endpoint
   */
  async get(need: TokenNeed = {}): Promise<AccessToken> {
    need.signal?.throwIfAborted();
    await this.#dropIfBoundElsewhere();
    return this.#serving(need) ?? this.#wait(need);
  }

  /** The token that is there, where it serves a call that starts now and no file has to be looked at first. */
  atHand(need: TokenNeed = {}): AccessToken | undefined {
    return this.#request.certificate === undefined ? this.#serving(need) : undefined;
  }

  /**
   * The API did not take this token. It is dropped; true where another attempt would carry another one. A replacement that is
   * refused as well stays for a while, or a wrong audience would cost a token request per call.
   */
  reject(token: AccessToken): boolean {
    if (this.#current?.token !== token) return true;
    const now = this.#settings.clock.monotonic();
    if (now - this.#replaced < REPLACEMENT_PAUSE) return false;
    this.#replaced = now;
    this.#current = undefined;
    this.#rejected = { token, rejected: true };
    return true;
  }

  /** A token that is bound to a certificate is worth nothing once connections show another one (RFC 8705 section 3). */
  async #dropIfBoundElsewhere(): Promise<void> {
    const { certificate } = this.#request;
    if (certificate === undefined) return;
    const shown = await certificate.thumbprint();
    if (this.#current !== undefined && this.#current.boundTo !== shown) this.#current = undefined;
  }

  #serving(need: TokenNeed): AccessToken | undefined {
    const current = this.#current;
    if (current === undefined) return undefined;
    const now = this.#settings.clock.monotonic();
    if (!isEnough(current.token, need, now)) return undefined;
    if (now >= current.renewAt) this.#renewAhead();
    return current.token;
  }

  async #wait(need: TokenNeed): Promise<AccessToken> {
    const { clock, patience } = this.#settings;
    const deadline = clock.monotonic() + (need.patience ?? patience);
    let had: AccessToken | undefined;
    for (;;) {
      const failure = this.#failure;
      if (failure?.kind === 'refused') await this.#rearm(failure);
      if (failure?.kind === 'passing' && this.#renewal === undefined)
        await this.#sitOut(failure, deadline, need.signal);
      // Files may have been read meanwhile; nobody is asked for a caller who has gone.
      need.signal?.throwIfAborted();
      await this.#within(this.#renew(), deadline, need.signal);
      const token = this.#current?.token;
      const left = token === undefined ? 0 : leftOf(token, clock);
      // One that somebody on this host had already may be too old for this call: it is replaced once. Then it is all there is.
      if (token !== undefined && left > 0 && (had !== undefined || isEnough(token, need, clock.monotonic())))
        return token;
      had = token;
    }
  }

  /** A refusal stands for a while, or until what was refused is another. */
  async #rearm(failure: Failure & { kind: 'refused' }): Promise<void> {
    const over = this.#settings.clock.monotonic() >= failure.until;
    if (!over && isSameEvidence(await evidenceOf(this.#request), failure.evidence)) throw failure.error;
    if (this.#failure === failure) this.#failure = undefined;
  }

  /** What is no token endpoint is told at once: waiting seldom makes it one. */
  async #sitOut(
    failure: Failure & { kind: 'passing' },
    deadline: number,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { clock } = this.#settings;
    const pause = failure.until - clock.monotonic();
    if (pause <= 0) return;
    if (failure.error instanceof TokenAnswerError) throw failure.error;
    if (clock.monotonic() + pause > deadline) throw this.#tooLate();
    await sitOut(pause, clock, signal);
  }

  #tooLate(): TokenUnavailableError {
    const { clock } = this.#settings;
    const failure = this.#failure;
    if (failure === undefined) return new TokenUnavailableError(`${this.#request.endpoint.href} has not answered yet`);
    const retryAfter = Math.max(failure.until - clock.monotonic(), 0);
    return new TokenUnavailableError(failure.error.message, { retryAfter, cause: failure.error });
  }

  /** While the old token serves nobody waits, and nobody is told of a failure: they will be when it has expired. */
  #renewAhead(): void {
    const { clock } = this.#settings;
    if (this.#renewal !== undefined || (this.#failure?.until ?? 0) > clock.monotonic()) return;
    this.#renew().catch(() => undefined);
  }

  #renew(): Promise<void> {
    this.#renewal ??= this.#fetchOnce().finally(() => {
      this.#renewal = undefined;
    });
    return this.#renewal;
  }

  /** Keeps the new token, or what failed. Only what will not pass by itself is thrown to those who wait. */
  async #fetchOnce(): Promise<void> {
    const { clock } = this.#settings;
    const evidence = await evidenceOf(this.#request);
    const outcome = await this.#ask();
    switch (outcome.kind) {
      case 'token':
        if (leftOf(outcome.token, clock) > 0) return this.#keep(outcome.token, evidence.thumbprint);
        this.#failure = this.#passing(new TokenUnavailableError('the token had expired when it arrived'));
        return;
      case 'unavailable':
        this.#failure = this.#passing(outcome.error);
        return;
      case 'unreadable':
        this.#failure = this.#passing(outcome.error);
        throw outcome.error;
      case 'refused':
        // What was refused may have been replaced while it was on its way, or before anybody saw it: the next round shows the new one.
        if (!isSameEvidence(await evidenceOf(this.#request, true), evidence) && this.#overtaken < MOST_OVERTAKEN) {
          this.#overtaken += 1;
          return;
        }
        this.#overtaken = 0;
        this.#failure = { kind: 'refused', error: outcome.error, evidence, until: clock.monotonic() + LATCH };
        throw outcome.error;
    }
  }

  #keep(token: AccessToken, boundTo: string | undefined): void {
    const { from, width } = RENEWED_AT;
    const share = from + width * this.#settings.random();
    this.#current = { token, boundTo, renewAt: token.obtained + (token.expires - token.obtained) * share };
    this.#failure = undefined;
    this.#rejected = undefined;
    this.#overtaken = 0;
  }

  /** An assertion that was signed by a wrong clock is signed once more, by the issuer's. */
  async #ask(): Promise<TokenReply['outcome']> {
    const { ask, fetch, clock, timeout } = this.#settings;
    const current = this.#current?.token;
    const replaced = this.#rejected ?? (current === undefined ? undefined : { token: current, rejected: false });
    const signedBy = this.#skew;
    const first = await ask(this.#request, { fetch, clock, timeout, skew: signedBy }, replaced);
    this.#skew = first.skew ?? signedBy;
    const byClock = this.#request.authentication.kind === 'assertion' && first.outcome.kind === 'refused';
    if (!byClock || Math.abs(this.#skew - signedBy) < TELLING_SKEW) return first.outcome;
    return (await ask(this.#request, { fetch, clock, timeout, skew: this.#skew }, replaced)).outcome;
  }

  #passing(error: Passing): Failure {
    const attempts = this.#failure?.kind === 'passing' ? this.#failure.attempts + 1 : 1;
    const longest = Math.min(FIRST_WAIT * 2 ** (attempts - 1), LONGEST_WAIT);
    // Half of it at least: a pause of nothing is none.
    const backOff = longest * (0.5 + 0.5 * this.#settings.random());
    const asked = error instanceof TokenUnavailableError ? error.retryAfter : undefined;
    // Who asks for no pause at all would be asked as fast as it answers.
    const wait = asked === undefined ? backOff : Math.max(asked, FIRST_WAIT);
    return { kind: 'passing', error, until: this.#settings.clock.monotonic() + wait, attempts };
  }

  /** Waits for what is under way, without ending it: others wait for it, too. */
  #within(under: Promise<void>, deadline: number, signal: AbortSignal | undefined): Promise<void> {
    const { clock } = this.#settings;
    return new Promise((resolve, reject) => {
      const aborted = (): void => reject(signal?.reason);
      const calledOff = clock.after(Math.max(deadline - clock.monotonic(), 0), () => reject(this.#tooLate()));
      signal?.addEventListener('abort', aborted, { once: true });
      under.then(resolve, reject).finally(() => {
        calledOff();
        signal?.removeEventListener('abort', aborted);
      });
    });
  }
}

function isEnough(token: AccessToken, need: TokenNeed, now: number): boolean {
  const largest = (token.expires - token.obtained) * LARGEST_NEED;
  // What is no number needs nothing.
  const least = Math.min(Math.max(need.minimumLife || 0, LEAST_LIFE), largest);
  return token.expires - now >= least;
}

function leftOf(token: AccessToken, clock: Clock): number {
  return token.expires - clock.monotonic();
}
