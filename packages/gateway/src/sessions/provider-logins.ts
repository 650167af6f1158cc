import type { Clock, TokenSubject, Username } from '@stagedoor/access';

/** What an identity provider said about somebody who logged in there. */
export type ProviderLogin = {
  /** Of the configured provider. */
  readonly provider: string;
  readonly username: Username;
  /** Whose rights every request of the session has, as with a token that says the same. */
  readonly subject: TokenSubject;
  /** As the ID token has them: what a logout token names the session by. */
  readonly issuer: string;
  readonly sub: string;
  readonly sid: string | null;
  /** The ID token, which the provider is shown when the session ends. */
  readonly idToken: string;
  /** Asked on every request; false where the provider runs here and the login is over. */
  readonly stands: () => boolean;
};

/** What a logout token names (OpenID Connect Back-Channel Logout 1.0 section 2.4): a session, a person, or both. */
export type EndedAtProvider = {
  readonly issuer: string;
  readonly sub: string | null;
  readonly sid: string | null;
  /** Milliseconds. What began later is not meant, so a token that is sent again ends nothing new. */
  readonly at: number;
};

type Kept = { readonly login: ProviderLogin; readonly begunAt: number; endsAt: number };

const MOST_KEPT = 10_000;
/** Without a word from the provider, somebody it does not know any more would stay for as long as he goes on. */
const LONGEST_MILLIS = 12 * 60 * 60_000;

/**
 * The sessions of people who logged in at an identity provider, in this process alone: a restart ends them, as it does in the
 * original, and whoever is still logged in at the provider is back without typing. When there are too many, the one that has
 * been idle longest ends.
 */
export class ProviderLogins {
  readonly #kept = new Map<string, Kept>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `endsAt`: milliseconds, moved on by `prolong`. */
  begin(id: string, login: ProviderLogin, endsAt: number): void {
    this.#dropOver();
    const [longestIdle] = this.#kept.keys();
    if (this.#kept.size >= MOST_KEPT && longestIdle !== undefined) this.#kept.delete(longestIdle);
    this.#kept.set(id, { login, begunAt: this.#clock.now(), endsAt });
  }

  find(id: string): ProviderLogin | null {
    const kept = this.#kept.get(id);
    return kept !== undefined && !this.#isOver(kept) && kept.login.stands() ? kept.login : null;
  }

  /** Also puts it behind all others, so that those in front are idle longest. */
  prolong(id: string, endsAt: number): void {
    const kept = this.#kept.get(id);
    if (kept === undefined) return;
    this.#kept.delete(id);
    this.#kept.set(id, { ...kept, endsAt });
  }

  end(id: string): void {
    this.#kept.delete(id);
  }

  /** Ends whatever the provider says is over, and tells whose it was. */
  endAtProvider({ issuer, sub, sid, at }: EndedAtProvider): readonly ProviderLogin[] {
    const ended: ProviderLogin[] = [];
    for (const [id, { login, begunAt }] of this.#kept) {
      if (login.issuer !== issuer || begunAt > at) continue;
      if (sub !== null && login.sub !== sub) continue;
      // A session that the ID token had no name for is the person's, or nobody's.
      if (sid !== null && login.sid !== sid && (login.sid !== null || sub === null)) continue;
      this.#kept.delete(id);
      ended.push(login);
    }
    return ended;
  }

  #dropOver(): void {
    for (const [id, kept] of this.#kept) if (this.#isOver(kept)) this.#kept.delete(id);
  }

  #isOver({ begunAt, endsAt }: Kept): boolean {
    const now = this.#clock.now();
    return now >= endsAt || now >= begunAt + LONGEST_MILLIS;
  }
}
