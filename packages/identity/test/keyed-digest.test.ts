import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyedDigest } from '../src/passwords/keyed-digest.ts';

const hmac = (key: Uint8Array, text: string) => createHmac('sha256', key).update(text).digest('binary');

describe('a keyed digest', () => {
  it('is the HMAC of RFC 4231, test case 2', () => {
    const digest = new KeyedDigest(Buffer.from('Jefe')).of('what do ya want for nothing?');
    expect(Buffer.from(digest, 'latin1').toString('hex')).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
  });

  it('is the HMAC of any text under any key, one after the other', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 64 }),
        fc.array(fc.string({ unit: 'binary', maxLength: 300 })),
        (key, texts) => {
          const digest = new KeyedDigest(key);
          for (const text of texts) expect(digest.of(text)).toBe(hmac(key, text));
        },
      ),
      { numRuns: 100 },
    );
  });

  it.each([2729, 2730, 2731, 2732, 8191, 8192, 8193, 50_000])('does not cut a text of %i characters', (length) => {
    const key = Buffer.alloc(32, 7);
    const text = '€'.repeat(length);
    expect(new KeyedDigest(key).of(text)).toBe(hmac(key, text));
  });

  it('refuses a key that does not fit into a block', () => {
    expect(() => new KeyedDigest(Buffer.alloc(65))).toThrow(TypeError);
  });
});
