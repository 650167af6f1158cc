import type { Authorization, Authorizer } from '../authorizer.ts';
import { refuseClearText } from '../clear-text.ts';
import { type Clock, systemClock } from '../clock.ts';
import { LoginRefusedError, LoginUnavailableError } from '../errors.ts';
import { networkCause } from '../network-cause.ts';
import type { Fetch } from '../request-token.ts';
import { retryAfterOf } from '../retry-after.ts';
import type { Secret, SecretSource } from '../secret.ts';

export type LoginSettings = {
  /** `…/login` since 8.8, `…/api/login` of 8.6 and 8.7. */
  readonly address: URL;
  readonly username: string;
  readonly password: SecretSource;
  readonly fetch?: Fetch;
  readonly clock?: Clock;
  /** Hosts that may be sent the password over http. */
  readonly clearTextHosts?: readonly string[];
};

type Session = { readonly headers: Readonly<Record<string, string>> };

const TIMEOUT = 10_000;
/** Two sessions that the API refuses within this time are refused for a reason that a third would not cure. */
const REPLACEMENT_PAUSE = 30_000;
const REFUSED_FOR = 5 * 60_000;
/** At least, after a login that got no answer to go by. */
const PAUSE = 1_000;
const CSRF = 'x-csrf-token';

/**
 * A cookie session: begun when the first call needs it, by one login for all who wait, and again when it has ended. What came
 * with the login is carried: its cookies, and the CSRF token, which unsafe calls of 8.8 need.
 *
 * @throws UnusableCredentialsError where the login would send the password in the clear over a network
 */
export function cookieSession(settings: LoginSettings): Authorizer {
  refuseClearText(settings.address, 'the login', settings.clearTextHosts);
  const session = new RenewedSession(settings);
  return { authorize: () => session.authorize() };
}

class RenewedSession {
  readonly #settings: LoginSettings;
  readonly #clock: Clock;
  #current: Session | undefined;
  #login: Promise<Session> | undefined;
  #refused: { readonly error: LoginRefusedError; readonly password: Secret; readonly until: number } | undefined;
  /** Until then nobody logs in, and all are told why. */
  #paused: { readonly error: LoginUnavailableError; readonly until: number } | undefined;
  #replaced = Number.NEGATIVE_INFINITY;

  constructor(settings: LoginSettings) {
    this.#settings = settings;
    this.#clock = settings.clock ?? systemClock;
  }

  /** @throws LoginRefusedError @throws LoginUnavailableError */
  async authorize(): Promise<Authorization> {
    const session = this.#current ?? (await this.#begin());
    return { headers: session.headers, rejected: () => this.#reject(session) };
  }

  #reject(session: Session): boolean {
    if (this.#current !== session) return true;
    const now = this.#clock.monotonic();
    if (now - this.#replaced < REPLACEMENT_PAUSE) return false;
    this.#replaced = now;
    this.#current = undefined;
    return true;
  }

  #begin(): Promise<Session> {
    this.#login ??= this.#logIn().finally(() => {
      this.#login = undefined;
    });
    return this.#login;
  }

  async #logIn(): Promise<Session> {
    const password = await this.#settings.password.read();
    const refused = this.#refused;
    const standing = refused?.password.equals(password) && this.#clock.monotonic() < refused.until;
    if (refused !== undefined && standing) throw refused.error;
    this.#throwWhilePaused();
    try {
      return await this.#logInWith(password);
    } catch (error) {
      if (error instanceof LoginUnavailableError) {
        const pause = Math.max(error.retryAfter ?? 0, PAUSE);
        this.#paused = { error, until: this.#clock.monotonic() + pause };
      }
      throw error;
    }
  }

  #throwWhilePaused(): void {
    if (this.#paused === undefined) return;
    const { error, until } = this.#paused;
    const retryAfter = until - this.#clock.monotonic();
    if (retryAfter > 0) throw new LoginUnavailableError(error.message, { retryAfter, cause: error });
  }

  async #logInWith(password: Secret): Promise<Session> {
    const response = await this.#send(password);
    await response.body?.cancel();
    const { origin } = this.#settings.address;
    if (response.ok) {
      this.#current = sessionOf(response, origin);
      return this.#current;
    }
    if (response.status === 401 || response.status === 403) {
      const error = new LoginRefusedError(
        `${origin} does not let \`${this.#settings.username}\` in (${response.status})`,
      );
      this.#refused = { error, password, until: this.#clock.monotonic() + REFUSED_FOR };
      throw error;
    }
    const retryAfter = retryAfterOf(response.headers, this.#clock.wall());
    throw new LoginUnavailableError(`${this.#settings.address.href} answered ${response.status}`, { retryAfter });
  }

  async #send(password: Secret): Promise<Response> {
    const { address, username, fetch = globalThis.fetch } = this.#settings;
    const giveUp = new AbortController();
    const calledOff = this.#clock.after(TIMEOUT, () => giveUp.abort());
    try {
      return await fetch(address, {
        method: 'POST',
        body: new URLSearchParams({ username, password: password.reveal() }),
        redirect: 'manual',
        signal: giveUp.signal,
      });
    } catch (error) {
      throw new LoginUnavailableError(`${address.href} cannot be reached`, { cause: networkCause(error) });
    } finally {
      calledOff();
    }
  }
}

function sessionOf(response: Response, origin: string): Session {
  const cookies = response.headers.getSetCookie().flatMap((line) => {
    const [pair = ''] = line.split(';', 1);
    const [name, value] = [pair.slice(0, pair.indexOf('=')).trim(), pair.slice(pair.indexOf('=') + 1).trim()];
    return name === '' || value === '' ? [] : [`${name}=${value}`];
  });
  if (cookies.length === 0) throw new LoginUnavailableError(`${origin} took the login and gave no cookie`);
  const csrf = response.headers.get(CSRF);
  return { headers: { cookie: cookies.join('; '), ...(csrf === null ? {} : { [CSRF]: csrf }) } };
}
