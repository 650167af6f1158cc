import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readFileSync, statSync } from 'node:fs';
import { UnusableCredentialsError } from '../errors.ts';

/** Larger than any bundle of CAs that people use. */
const MOST_BYTES = 4 * 1_024 * 1_024;

/** Told what is wrong with files that changed, while what they held before is still used. */
export type Complain = (problem: UnusableCredentialsError) => void;

/**
 * What some files hold, read again when one of them changes. At first they must be good; later on, what cannot be used leaves
 * everything as it was: files that belong together are seldom replaced in one instant.
 */
export class KeptFiles<T> {
  readonly #paths: readonly string[];
  readonly #parse: (contents: readonly Buffer[]) => T | Promise<T>;
  readonly #complain: Complain;
  #kept: { readonly value: T; readonly seen: string; readonly digest: string } | undefined;
  /** One reading for all who ask meanwhile. */
  #reading: { readonly value: Promise<T>; readonly seen: string } | undefined;

  /** @param parse given the contents in the order of the paths; it throws an UnusableCredentialsError that names the file */
  constructor(paths: readonly string[], parse: (contents: readonly Buffer[]) => T | Promise<T>, complain: Complain) {
    this.#paths = paths;
    this.#parse = parse;
    this.#complain = complain;
  }

  /**
   * @param anew where they are read although they look unchanged, for file systems do not always tell at once
   * @throws UnusableCredentialsError where they never were good
   */
  async current(anew = false): Promise<T> {
    // Before the reading: what changes meanwhile is seen the next time.
    const seen = this.#paths.map(markOf).join(' ');
    if (!anew && this.#kept?.seen === seen) return this.#kept.value;
    if (anew || this.#reading?.seen !== seen) this.#reading = { seen, value: this.#read(seen) };
    return this.#reading.value;
  }

  async #read(seen: string): Promise<T> {
    const before = this.#kept;
    try {
      const contents = this.#paths.map(contentOf);
      const digest = digestOf(contents);
      // What is written again unchanged is the same: nobody has to connect or ask anew for it.
      const value = before?.digest === digest ? before.value : await this.#parse(contents);
      this.#kept = { value, seen, digest };
      return value;
    } catch (error) {
      this.#reading = undefined;
      if (before === undefined || !(error instanceof UnusableCredentialsError)) throw error;
      this.#kept = { ...before, seen };
      this.#complain(error);
      return before.value;
    }
  }
}

function digestOf(contents: readonly Buffer[]): string {
  const each = contents.map((content) => createHash('sha256').update(content).digest('base64url'));
  return each.join(' ');
}

/** What tells one state of a file from another without reading it. */
function markOf(path: string): string {
  try {
    const { ino, size, mtimeMs, ctimeMs } = statSync(path);
    return [ino, size, mtimeMs, ctimeMs].join(':');
  } catch {
    return 'missing';
  }
}

function contentOf(path: string): Buffer {
  let file: number;
  try {
    // A pipe would keep the caller waiting for its other end.
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    throw new UnusableCredentialsError(`${path} cannot be read (${codeOf(error)})`, { cause: error });
  }
  try {
    const found = fstatSync(file);
    if (!found.isFile() || found.size > MOST_BYTES)
      throw new UnusableCredentialsError(`${path} is no file of at most ${MOST_BYTES} bytes`);
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN';
}
