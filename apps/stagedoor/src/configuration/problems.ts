import { type Origin, originText, printable } from './property.ts';

/** Everything that is wrong, one sentence each: the key, where it came from, the rule, the fix. Never a value. */
export class Problems {
  readonly #sentences = new Set<string>();
  readonly #keys = new Set<string>();

  /** A key whose value cannot be used. What follows from it is not said again. */
  add(key: string, origin: Origin | null, rule: string): void {
    this.#keys.add(key);
    this.#sentences.add(sentence(key, origin, rule));
  }

  /** Something that only shows when keys are seen together; silent where one of them is wrong by itself. */
  addUnless(wrong: readonly string[], key: string, origin: Origin | null, rule: string): void {
    if (wrong.some((one) => this.#keys.has(one)) || this.#keys.has(key)) return;
    this.#sentences.add(sentence(key, origin, rule));
  }

  /** A sentence that is about no key, such as a file that cannot be read. */
  addSentence(text: string): void {
    this.#sentences.add(text);
  }

  get sorted(): string[] {
    return [...this.#sentences].sort();
  }
}

export function sentence(key: string, origin: Origin | null, rule: string): string {
  const from = origin && origin.kind !== 'default' ? ` (${originText(origin)})` : '';
  return `${printable(key)}${from} ${rule}`;
}
