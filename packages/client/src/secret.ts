const HIDDEN = '[secret]';

/** A text that does not show itself: not when printed, not as JSON, not in an error. Only {@link reveal} gives it. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  equals(other: Secret): boolean {
    return this.#text === other.#text;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return HIDDEN;
  }
}

/** Where a secret is had from whenever it is needed: one in a file may have changed meanwhile. */
export type SecretSource = {
  /** @param anew where what was given before has been refused: nothing that is kept will do */
  readonly read: (anew?: boolean) => Secret | Promise<Secret>;
  /** True where both always give the same, so that whoever has one may have what the other was good for. */
  readonly isSameAs: (other: SecretSource) => boolean;
};

class FixedSecret implements SecretSource {
  readonly #secret: Secret;

  constructor(text: string) {
    this.#secret = new Secret(text);
  }

  read(): Secret {
    return this.#secret;
  }

  isSameAs(other: SecretSource): boolean {
    return other instanceof FixedSecret && other.#secret.equals(this.#secret);
  }
}

export function fixedSecret(text: string): SecretSource {
  return new FixedSecret(text);
}
