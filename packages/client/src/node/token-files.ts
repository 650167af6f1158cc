import { createHash, randomUUID } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { UnusableCredentialsError } from '../errors.ts';
import type { AccessToken, AskForToken } from '../request-token.ts';
import { Secret } from '../secret.ts';
import { type Evidence, evidenceOf, type TokenRequest, tokenKey } from '../token-request.ts';
import { distrusted } from './distrusted.ts';
import type { Complain } from './kept-files.ts';

/** A token is a kilobyte or two. */
const LONGEST_ENTRY = 64 * 1_024;
/** What lies longer is nobody's any more, in milliseconds. */
const SWEPT_AFTER = 24 * 3_600_000;
const LEAST_LIFE = 3_000;

/**
 * Keeps tokens in a directory, for processes that live shorter than their token does. An entry is found by everything that
 * makes a token and by what the client showed for it, so that a wrong secret finds nothing. What cannot be read or written is
 * told and done without.
 */
export function keptInFiles(ask: AskForToken, directory: string, complain: Complain): AskForToken {
  const files = new TokenFiles(directory, complain);
  return async (request, asking, replaced) => {
    const name = nameOf(request, await evidenceOf(request));
    const found = files.read(name, asking.clock);
    if (found !== undefined && found.value === replaced?.token.value) {
      if (replaced.rejected) files.remove(name);
    } else if (found !== undefined && found.expires - asking.clock.monotonic() > leastLife(replaced?.token)) {
      return { outcome: { kind: 'token', token: found }, skew: undefined };
    }
    const reply = await ask(request, asking, replaced);
    if (reply.outcome.kind === 'token') files.write(name, reply.outcome.token, asking.clock);
    return reply;
  };
}

/** One that replaces another has to be younger by a good part. */
function leastLife(replaced: AccessToken | undefined): number {
  return replaced === undefined ? LEAST_LIFE : (replaced.expires - replaced.obtained) / 2;
}

function nameOf(request: TokenRequest, { by, thumbprint = '' }: Evidence): string {
  const shown = by instanceof Secret ? by.reveal() : JSON.stringify(by?.known ?? {});
  return createHash('sha256')
    .update(JSON.stringify([tokenKey(request), shown, thumbprint]))
    .digest('hex');
}

type Entry = {
  readonly name: string;
  readonly value: string;
  readonly obtained: number;
  readonly life: number;
  readonly scope?: string;
};

class TokenFiles {
  readonly #directory: string;
  readonly #complain: Complain;

  constructor(directory: string, complain: Complain) {
    this.#directory = directory;
    this.#complain = complain;
  }

  /** Undefined for what is not there, is not whole, is another's, or was written in a future that this machine's clock knows nothing of. */
  read(name: string, clock: Clock): AccessToken | undefined {
    const entry = this.#entry(name);
    if (entry === undefined || entry.name !== name) return undefined;
    const age = clock.wall() - entry.obtained;
    if (age < 0 || age >= entry.life) return undefined;
    const obtained = clock.monotonic() - age;
    return { value: entry.value, obtained, expires: obtained + entry.life, scope: entry.scope };
  }

  /** Whole or not at all, and readable by nobody else at any time. */
  write(name: string, { value, obtained, expires, scope }: AccessToken, clock: Clock): void {
    const written = clock.wall() - (clock.monotonic() - obtained);
    const entry: Entry = {
      name,
      value,
      obtained: written,
      life: expires - obtained,
      ...(scope === undefined ? {} : { scope }),
    };
    try {
      mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
      const why = distrusted(this.#directory);
      if (why !== undefined) throw new UnusableCredentialsError(why);
      this.#replace(name, JSON.stringify(entry));
      this.#sweep(clock.wall());
    } catch (error) {
      this.#complain(
        new UnusableCredentialsError(`no token is kept in ${this.#directory}: ${reasonOf(error)}`, { cause: error }),
      );
    }
  }

  remove(name: string): void {
    try {
      rmSync(this.#path(name), { force: true });
    } catch {
      // What cannot be removed is written over, or found out by its age.
    }
  }

  #replace(name: string, text: string): void {
    const temporary = join(this.#directory, `.${randomUUID()}`);
    try {
      writeFileSync(temporary, text, { mode: 0o600, flag: 'wx' });
      renameSync(temporary, this.#path(name));
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  }

  #path(name: string): string {
    return join(this.#directory, `${name}.json`);
  }

  #entry(name: string): Entry | undefined {
    const path = this.#path(name);
    try {
      // Whoever can write there could have another file there by the time it is read.
      if (distrusted(this.#directory) !== undefined) return undefined;
      const found = lstatSync(path);
      const open = process.getuid !== undefined && (found.uid !== process.getuid() || (found.mode & 0o077) !== 0);
      if (!found.isFile() || found.size > LONGEST_ENTRY || open) return undefined;
      const { value, obtained, life, scope, name: written } = JSON.parse(readFileSync(path, 'utf8'));
      const whole = [value, written].every((one) => typeof one === 'string') && [obtained, life].every(Number.isFinite);
      return whole
        ? { name: written, value, obtained, life, ...(typeof scope === 'string' ? { scope } : {}) }
        : undefined;
    } catch {
      // Not there, or not whole: it will be written anew.
      return undefined;
    }
  }

  #sweep(now: number): void {
    for (const file of readdirSync(this.#directory)) {
      const path = join(this.#directory, file);
      if (/^(?:[0-9a-f]{64}\.json|\.[0-9a-f-]{36})$/.test(file) && now - statSync(path).mtimeMs > SWEPT_AFTER)
        rmSync(path, { force: true });
    }
  }
}

function reasonOf(error: unknown): string {
  return error instanceof UnusableCredentialsError
    ? error.message
    : error instanceof Error && 'code' in error
      ? String(error.code)
      : 'unknown';
}
