import { inspect } from 'node:util';

/** What stands where a secret would: Camunda's own six stars. */
export const HIDDEN = '******';

/** A text that never shows itself by accident: printing, JSON, `String()` and inspection give stars; `reveal()` gives the text. */
export class SecretText {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}
