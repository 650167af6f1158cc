import { createReadStream } from 'node:fs';
import { text } from 'node:stream/consumers';
import { readAssertionKeys, writeAssertionKeys } from '@stagedoor/tokens';
import { OperatorError } from '../operator-error.ts';

/** Beyond the longest file of keys, so that what is longer is seen to be; a device has no end at all. */
const LAST_BYTE = 300_000;

/**
 * The public keys of a file (PEM, JWK or JWK set), as a JWK set of their public members. Throws an OperatorError, also
 * for a file with a private key: nothing of it is repeated.
 */
export async function publicKeysOf(file: string): Promise<string> {
  let found: string;
  try {
    found = await text(createReadStream(file, { end: LAST_BYTE }));
  } catch (cause) {
    throw new OperatorError(
      'KEY_FILE_UNREADABLE',
      `the key file ${file} cannot be read: check the path and who may read it`,
      { cause },
    );
  }
  const read = await readAssertionKeys(found);
  if (!read.ok) throw new OperatorError('KEY_FILE_REFUSED', `the key file ${file} ${read.problem}`);
  return writeAssertionKeys(read.value);
}
