import type { AccessSnapshot, Clock, Randomness, Username, UserRecord } from '@stagedoor/access';
import { CSRF_NAME, readCookie, SESSION_COOKIES, type SessionForm, setCookie } from './cookies.ts';
import { CsrfTokens } from './csrf-token.ts';
import type { EndedAtProvider, ProviderLogin, ProviderLogins } from './provider-logins.ts';
import { Seal } from './seal.ts';

/** Sessions that were ended before their time. Their ids are the only thing about sessions that is a record. */
export type EndedSessions = { has(id: string): boolean; end(id: string, until: number): Promise<void> };

export type Session = {
  readonly id: string;
  readonly form: SessionForm;
  readonly username: Username;
  /** Of the user's password when the session began: a changed password ends it. Null where a provider logged him in. */
  readonly credentialVersion: string | null;
  /** What the identity provider said who logged him in; null where he showed a password here. */
  readonly login: ProviderLogin | null;
  /** Milliseconds since the epoch; moved on by use. */
  readonly expiresAt: number;
};

export type SessionSettings = {
  /** 32 random bytes that survive a restart. */
  readonly secret: Uint8Array;
  /** Idle lifetime; `session.max-inactive-interval`, 30 minutes by default. */
  readonly lifetimeMs: number;
  /** `camunda.security.csrf.enabled`: unsafe requests of a `/login` session need the CSRF header. */
  readonly csrf: boolean;
  /** `camunda.operate.csrfPreventionEnabled`: those of an `/api/login` session need header and cookie. */
  readonly operateCsrf: boolean;
  readonly secure: boolean;
};

export type SessionParts = {
  readonly settings: SessionSettings;
  readonly snapshot: () => AccessSnapshot;
  readonly ended: EndedSessions;
  /** Where identity providers log people in: then no other session counts. Null where passwords do. */
  readonly logins: ProviderLogins | null;
  readonly clock: Clock;
  readonly randomness: Randomness;
};

const FORMS = Object.keys(SESSION_COOKIES) as readonly SessionForm[];

/** Sealed session cookies: opened, checked and renewed without a store. */
export class Sessions {
  readonly #parts: SessionParts;
  readonly #seal: Seal;
  readonly #csrf: CsrfTokens;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#seal = new Seal(parts.settings.secret, 'stagedoor session', parts.randomness);
    this.#csrf = new CsrfTokens(parts.settings.secret, parts.randomness);
  }

  /** Always a new session: an id that came with the request is never taken over (session fixation). */
  begin({ username, credentialVersion }: UserRecord, form: SessionForm): Session {
    return { ...this.#fresh(), form, username, credentialVersion, login: null };
  }

  /** The same after a login at an identity provider. */
  beginAtProvider(login: ProviderLogin): Session {
    const fresh = this.#fresh();
    this.#parts.logins?.begin(fresh.id, login, fresh.expiresAt);
    return { ...fresh, form: 'camunda', username: login.username, credentialVersion: null, login };
  }

  /** Ends the sessions that an identity provider says are over, and tells whose they were. */
  endAtProvider(ended: EndedAtProvider): readonly ProviderLogin[] {
    return this.#parts.logins?.endAtProvider(ended) ?? [];
  }

  /** The live session of a request; null where it has none, or one that is not worth anything any more. */
  read(cookieHeader: string | undefined): Session | null {
    if (cookieHeader === undefined) return null;
    return this.#readForm(cookieHeader, 'camunda') ?? this.#readForm(cookieHeader, 'operate');
  }

  /** All live sessions of a request: one of each form may stand beside the other. */
  readAll(cookieHeader: string | undefined): readonly Session[] {
    if (cookieHeader === undefined) return [];
    return FORMS.map((form) => this.#readForm(cookieHeader, form)).filter((session) => session !== null);
  }

  /** True where the request carries a session cookie, good or not. */
  carried(cookieHeader: string | undefined): boolean {
    return (
      cookieHeader !== undefined && Object.values(SESSION_COOKIES).some((name) => cookieHeader.includes(`${name}=`))
    );
  }

  async end(session: Session): Promise<void> {
    if (session.login !== null) {
      this.#parts.logins?.end(session.id);
      return;
    }
    // Any cookie of this session that is still about was sealed before now and ends within one lifetime.
    await this.#parts.ended.end(session.id, this.#parts.clock.now() + this.#parts.settings.lifetimeMs);
  }

  /** Cookies of a new session, the session's own first: clients of 8.6 take the first they see. */
  cookies(session: Session): readonly string[] {
    const { secure } = this.#parts.settings;
    const own = this.#cookie(session);
    if (session.form === 'camunda')
      return this.#parts.settings.csrf
        ? [own, setCookie(CSRF_NAME, this.csrfToken(session), { httpOnly: false, secure })]
        : [own];
    return this.#parts.settings.operateCsrf
      ? [own, setCookie(CSRF_NAME, this.csrfToken(session), { httpOnly: true, secure })]
      : [own];
  }

  csrfToken(session: Session): string {
    return this.#csrf.issue(session.id);
  }

  /** Whether unsafe requests of this session carry a CSRF token. */
  wantsCsrf(session: Session): boolean {
    return session.form === 'camunda' ? this.#parts.settings.csrf : this.#parts.settings.operateCsrf;
  }

  csrfHolds(session: Session, header: string | undefined, cookieHeader: string | undefined): boolean {
    if (!this.#csrf.matches(session.id, header)) return false;
    // In 8.6 cookie and header are both required (recorded).
    return (
      session.form === 'camunda' || this.#csrf.matches(session.id, readCookie(cookieHeader, CSRF_NAME) ?? undefined)
    );
  }

  /** The cookie of a session that more than half of its idle time has passed of; null where it is fresh, or has ended. */
  renewal(session: Session): string | null {
    // It may have ended while its request was served: a cookie made now would outlive the record of that end.
    if (this.#parts.ended.has(session.id)) return null;
    const now = this.#parts.clock.now();
    if (session.expiresAt - now > this.#parts.settings.lifetimeMs / 2) return null;
    const expiresAt = now + this.#parts.settings.lifetimeMs;
    this.#parts.logins?.prolong(session.id, expiresAt);
    return this.#cookie({ ...session, expiresAt });
  }

  #fresh(): Pick<Session, 'id' | 'expiresAt'> {
    const id = Buffer.from(this.#parts.randomness.bytes(18)).toString('base64url');
    return { id, expiresAt: this.#parts.clock.now() + this.#parts.settings.lifetimeMs };
  }

  #cookie(session: Session): string {
    const { id, form, username, credentialVersion, expiresAt } = session;
    const value = this.#seal.close(JSON.stringify([id, form, username, credentialVersion, expiresAt]));
    return setCookie(SESSION_COOKIES[form], value, { httpOnly: true, secure: this.#parts.settings.secure });
  }

  #readForm(cookieHeader: string, form: SessionForm): Session | null {
    const value = readCookie(cookieHeader, SESSION_COOKIES[form]);
    const text = value === null || value.length > 2048 ? null : this.#seal.open(value);
    const sealed = text === null ? null : parseSession(text);
    if (sealed === null || sealed.form !== form) return null;
    if (sealed.expiresAt <= this.#parts.clock.now() || this.#parts.ended.has(sealed.id)) return null;
    return this.#standing(sealed);
  }

  /** One kind of session each way of logging in: what began under another method is worth nothing under this one. */
  #standing(sealed: SealedSession): Session | null {
    const { logins, snapshot } = this.#parts;
    if (logins !== null) {
      const login = sealed.credentialVersion === null ? logins.find(sealed.id) : null;
      return login === null ? null : { ...sealed, login };
    }
    const user = snapshot().user(sealed.username);
    const stands = user !== undefined && user.credentialVersion === sealed.credentialVersion;
    return stands ? { ...sealed, login: null } : null;
  }
}

type SealedSession = Omit<Session, 'login'>;

/** What this seal closed was written by `#cookie`, perhaps of an older version. */
function parseSession(text: string): SealedSession | null {
  const value: unknown = JSON.parse(text);
  if (!Array.isArray(value) || value.length !== 5) return null;
  const [id, form, username, credentialVersion, expiresAt]: unknown[] = value;
  if (
    typeof id !== 'string' ||
    typeof username !== 'string' ||
    (typeof credentialVersion !== 'string' && credentialVersion !== null) ||
    typeof expiresAt !== 'number'
  )
    return null;
  if (form !== 'operate' && form !== 'camunda') return null;
  return { id, form, username: username as Username, credentialVersion, expiresAt };
}
