import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A secret that stands nowhere else in the world. */
export function canary(what: string): string {
  return `canary-${what}-${randomBytes(12).toString('hex')}`;
}

/** In which shapes a text could lie about without looking like itself. */
function shapesOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  // Base64 of a text in the middle of another depends on where it begins: the part that does not is looked for.
  const shifted = ['', 'x', 'xx'].map((before) =>
    Buffer.from(before + secret)
      .toString('base64')
      .slice(4, -4),
  );
  return [secret, encodeURIComponent(secret), bytes.toString('hex'), ...shifted, [...secret].reverse().join('')];
}

/** Where what a program and its commands showed is kept, and the secrets that may not be among it. */
export class Observer {
  readonly #secrets = new Map<string, string>();
  readonly #seen: { readonly where: string; readonly text: string }[] = [];

  secret(what: string, value = canary(what)): string {
    if (value.length < 20) throw new TypeError(`what is so short as ${what} stands everywhere`);
    this.#secrets.set(value, what);
    return value;
  }

  /** Keeps what was seen; the secrets that this one place is there to show are taken out first. */
  saw(where: string, text: string, shown: readonly string[] = []): void {
    this.#seen.push({ where, text: shown.reduce((rest, secret) => rest.replaceAll(secret, ''), text) });
  }

  /** Where which secret was found. */
  get leaks(): readonly string[] {
    return [...this.#secrets].flatMap(([secret, what]) => {
      const shapes = shapesOf(secret);
      return this.#seen
        .filter(({ text }) => shapes.some((shape) => text.includes(shape)))
        .map(({ where }) => `${what} in ${where}`);
    });
  }

  get size(): number {
    return this.#seen.length;
  }

  files(directory: string): void {
    for (const entry of readdirSync(directory, { withFileTypes: true, recursive: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile()) this.saw(path, readFileSync(path, 'latin1'));
    }
  }
}
