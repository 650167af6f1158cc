import { resolve } from 'node:path';
import { UnusableCredentialsError } from '../errors.ts';
import { Secret, type SecretSource } from '../secret.ts';
import { type Complain, KeptFiles } from './kept-files.ts';

/** A secret, password or token in a file, without the line break at its end. It is read again when the file changes. */
export class SecretFile implements SecretSource {
  readonly #path: string;
  readonly #kept: KeptFiles<Secret>;

  constructor(path: string, complain: Complain) {
    this.#path = resolve(path);
    this.#kept = new KeptFiles([path], ([content]) => secretIn(path, content), complain);
  }

  /** @throws UnusableCredentialsError where the file never held one */
  read(anew = false): Promise<Secret> {
    return this.#kept.current(anew);
  }

  isSameAs(other: SecretSource): boolean {
    return other instanceof SecretFile && other.#path === this.#path;
  }
}

function secretIn(path: string, content: Buffer | undefined): Secret {
  const text = (content ?? Buffer.alloc(0)).toString('utf8').replace(/\r?\n$/, '');
  if (text === '' || text.includes('\n'))
    throw new UnusableCredentialsError(`${path} does not hold one line with a secret`);
  return new Secret(text);
}
