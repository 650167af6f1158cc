import { hash, timingSafeEqual } from 'node:crypto';
import type { Clock, Randomness } from '@stagedoor/access';
import type { ChangeRecords } from '../spent-ids.ts';
import type { IssuerDatabase } from '../tables.ts';
import { type Login, readLogin } from './login.ts';

export type LoginParts = {
  readonly db: IssuerDatabase;
  readonly change: ChangeRecords;
  readonly clock: Clock;
  readonly randomness: Randomness;
};

export type FoundLogin =
  | { readonly kind: 'good'; readonly login: Login }
  | { readonly kind: 'unknown' }
  /** The token was replaced before: somebody has a copy of it. */
  | { readonly kind: 'reused'; readonly login: Login };

/** A login as it is kept: its refresh token is `handle.secret`, and only digests of both are kept. */
type Kept = {
  readonly login: Login;
  readonly handle: string;
  secret: string;
  /** Milliseconds; each new refresh token moves it on. */
  idleUntil: number;
  ended: boolean;
};

/** Without a new refresh token in this time a login is over, and after the other one in any case: half an hour and ten hours. */
export const IDLE_MILLIS = 30 * 60_000;
export const LOGIN_MILLIS = 10 * 3_600_000;
/** More than one person has browsers and devices; the oldest makes room. */
const MAX_OF_USER = 50;
const HANDLE_LENGTH = 22;
const TOKEN = /^[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}$/;

/**
 * The logins of people that are not over. They are looked up in memory, also on every API request with a token of a user's,
 * and recorded before anybody hears of them. A refresh token is good once (RFC 9700 section 4.14.2): what comes instead of
 * it proves by its handle that it once was one, which ends the login for whoever has it.
 */
export class Logins {
  readonly #parts: LoginParts;
  readonly #bySid = new Map<string, Kept>();
  readonly #byHandle = new Map<string, Kept>();

  private constructor(parts: LoginParts) {
    this.#parts = parts;
  }

  /** Throws where the records are damaged. */
  static async load(parts: LoginParts): Promise<Logins> {
    const logins = new Logins(parts);
    for (const row of await parts.db.selectFrom('issuer_logins').selectAll().execute()) {
      const login = readLogin(row.login);
      if (!login.ok) throw new TypeError(`a login ${login.problem}`);
      const { handle, refresh_digest: secret } = row;
      logins.#keep({ login: login.value, handle, secret, idleUntil: Number(row.ends), ended: false });
    }
    return logins;
  }

  find(sid: string): Login | null {
    const kept = this.#bySid.get(sid);
    return kept !== undefined && this.#lives(kept) ? kept.login : null;
  }

  /** Whose refresh token this is. Not changed by it: it is spent by `renew`. */
  findByRefreshToken(token: string): FoundLogin {
    const kept = TOKEN.test(token) ? this.#byHandle.get(digestOf(handleOf(token))) : undefined;
    if (kept === undefined || (!kept.ended && !this.#lives(kept))) return { kind: 'unknown' };
    return !kept.ended && isSecretOf(kept, token)
      ? { kind: 'good', login: kept.login }
      : { kind: 'reused', login: kept.login };
  }

  /** The first refresh token of a new login. */
  async begin(login: Login): Promise<string> {
    const own = [...this.#bySid.values()].filter((kept) => kept.login.username === login.username);
    const [oldest] = own;
    if (own.length >= MAX_OF_USER && oldest !== undefined) await this.end(oldest.login.sid);
    const handle = this.#random(16);
    const secret = this.#random(32);
    const idleUntil = this.#idleFrom(login);
    const kept = { login, handle: digestOf(handle), secret: digestOf(secret), idleUntil, ended: false };
    await this.#parts.change(async (tx) => {
      await tx.deleteFrom('issuer_logins').where('ends', '<=', this.#parts.clock.now()).execute();
      await tx
        .insertInto('issuer_logins')
        .values({
          sid: login.sid,
          login: JSON.stringify(login),
          handle: kept.handle,
          refresh_digest: kept.secret,
          ends: idleUntil,
        })
        .execute();
    });
    this.#forgetEnded();
    this.#keep(kept);
    return `${handle}.${secret}`;
  }

  /** The token that takes the place of this one; null where it is spent, of two at the same time for one of them. */
  async renew(token: string): Promise<string | null> {
    const kept = this.#byHandle.get(digestOf(handleOf(token)));
    if (kept === undefined || !this.#lives(kept) || !isSecretOf(kept, token)) return null;
    const before = { secret: kept.secret, idleUntil: kept.idleUntil };
    const secret = this.#random(32);
    kept.secret = digestOf(secret);
    kept.idleUntil = this.#idleFrom(kept.login);
    const after = { refresh_digest: kept.secret, ends: kept.idleUntil };
    try {
      await this.#parts.change((tx) =>
        tx.updateTable('issuer_logins').set(after).where('sid', '=', kept.login.sid).execute(),
      );
    } catch (error) {
      // Nobody got the new one: the old one is still what its owner has.
      Object.assign(kept, before);
      throw error;
    }
    return `${handleOf(token)}.${secret}`;
  }

  /** Its tokens are refused at once. Where that cannot be recorded this rejects, and the next attempt records it. */
  async end(sid: string): Promise<void> {
    const kept = this.#bySid.get(sid);
    if (kept === undefined) return;
    kept.ended = true;
    await this.#parts.change((tx) => tx.deleteFrom('issuer_logins').where('sid', '=', sid).execute());
    this.#forget(kept);
  }

  #lives(kept: Kept): boolean {
    return !kept.ended && kept.idleUntil > this.#parts.clock.now();
  }

  #idleFrom({ endsAt }: Login): number {
    return Math.min(endsAt, this.#parts.clock.now() + IDLE_MILLIS);
  }

  #keep(kept: Kept): void {
    this.#bySid.set(kept.login.sid, kept);
    this.#byHandle.set(kept.handle, kept);
  }

  #forget({ login, handle }: Kept): void {
    this.#bySid.delete(login.sid);
    this.#byHandle.delete(handle);
  }

  #forgetEnded(): void {
    for (const kept of this.#bySid.values()) if (!kept.ended && !this.#lives(kept)) this.#forget(kept);
  }

  #random(bytes: number): string {
    return Buffer.from(this.#parts.randomness.bytes(bytes)).toString('base64url');
  }
}

function handleOf(token: string): string {
  return token.slice(0, HANDLE_LENGTH);
}

function isSecretOf({ secret }: Kept, token: string): boolean {
  return timingSafeEqual(Buffer.from(digestOf(token.slice(HANDLE_LENGTH + 1))), Buffer.from(secret));
}

function digestOf(text: string): string {
  return hash('sha256', text, 'base64url');
}
