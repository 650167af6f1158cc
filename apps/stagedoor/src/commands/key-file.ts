import { readFile } from 'node:fs/promises';
import { readAssertionKeys, writeAssertionKeys } from '@stagedoor/tokens';
import { OperatorError } from '../operator-error.ts';

/**
 * The public keys of a file (PEM, JWK or JWK set), as a JWK set of their public members. Throws an OperatorError, also
 * for a file with a private key: nothing of it is repeated.
 */
export async function publicKeysOf(file: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new OperatorError(
      'KEY_FILE_UNREADABLE',
      `the key file ${file} cannot be read: check the path and who may read it`,
      { cause },
    );
  }
  const read = await readAssertionKeys(text);
  if (!read.ok) throw new OperatorError('KEY_FILE_REFUSED', `the key file ${file} ${read.problem}`);
  return writeAssertionKeys(read.value);
}
