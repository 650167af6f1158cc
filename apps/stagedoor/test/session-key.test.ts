import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { OperatorError } from '../src/operator-error.ts';
import { sessionKey } from '../src/session-key.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const randomness = { bytes: (length: number) => randomBytes(length) };

describe('the session key', () => {
  it('is 32 random bytes, created once, for its owner alone', () => {
    const file = join(temporaryDirectory(), 'session.key');
    const key = sessionKey(file, randomness);
    expect(key).toHaveLength(32);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(Buffer.from(sessionKey(file, randomness)).equals(key)).toBe(true);
  });

  it('is created whole though an earlier attempt broke off', () => {
    const directory = temporaryDirectory();
    const file = join(directory, 'session.key');
    writeFileSync(`${file}.new`, 'half');
    const key = sessionKey(file, randomness);
    expect(readFileSync(file).equals(key)).toBe(true);
    expect(readdirSync(directory)).toEqual(['session.key']);
  });

  it.each([0, 31, 33])('of another length is refused and left as it is (%i bytes)', (length) => {
    const file = join(temporaryDirectory(), 'session.key');
    writeFileSync(file, Buffer.alloc(length));
    expect(() => sessionKey(file, randomness)).toThrow(OperatorError);
    expect(readFileSync(file)).toHaveLength(length);
  });
});
