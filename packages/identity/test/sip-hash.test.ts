import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SipHash } from '../src/passwords/sip-hash.ts';

const KEY = Uint8Array.from({ length: 16 }, (_, index) => index);
const inHex = (digest: string) => Buffer.from(digest, 'utf16le').toString('hex');

/** The reference implementation's `vectors_sip128`, as far as their messages are whole code units. */
const REFERENCE = [
  ['', 'a3817f04ba25a8e66df67214c7550293'],
  ['\u0100', '8177228da4a45dc7fca38bdef60affe4'],
] as const;

/** What OpenSSL 3 says (`openssl mac -macopt size:16 SIPHASH`) of these texts in UTF-16LE, under the same key. */
const OPENSSL = [
  ['\u273f', '3df243b5e256e6fdf3d0392d081aa7dd'],
  ['s\u18b9', '3a32042320c92c27c58bad0df83f2cac'],
  ['j\u16a1U', '390559e12a304b4e99f7ae462e6ab258'],
  ["\u8db2'<\u9687", '83f01443ef9f86cf8e0aa22c8cd5de0b'],
  ['&\u22b8Ui-', 'cafb61417b0f1385b1c4a817bfaee4d0'],
  ['\u93ae\u7f60\u7387ma\u2789U', 'f54fd68b0fcb0fa98a5b215f53c637e8'],
  ['\u9352\ub29f\u7fc7(B\ubbce\u9495\ub815', 'f0e251d91c26b7d926fa1fcbb3c58e55'],
  ['\u9acf\\\u77ec]\u1ac9\u4468x\u87dc2c\u43795', '4ba5e668bf292bd3092f80247c706ed7'],
  ['@"a\u1bd6\u7f59`=zS0\ube4bW\uaaed\uac49\u3ea2%\u4580\u4404\u8cae', '508e9f8f895eb3c9cc79e63f2d9145b6'],
] as const;
const OPENSSL_OF_MANY = [
  [64, '341766c7dd21b15f80e3424d5153dd8e'],
  [127, '5877c4a9671b4506cb76b11ea4f8c6a3'],
  [128, '6d2cb7f7fada7e8b8d20a55925a562f2'],
  [129, 'b8700ae58c2716011e7fb937733bed05'],
  [1000, '79bfd755a276ebb4bec5d40e1b0a5d3a'],
] as const;

describe('SipHash', () => {
  it.each(REFERENCE)('is that of the reference implementation: %j', (text, digest) => {
    expect(inHex(new SipHash(KEY).of(text))).toBe(digest);
  });

  it.each(OPENSSL)('is that of another implementation: %j', (text, digest) => {
    expect(inHex(new SipHash(KEY).of(text))).toBe(digest);
  });

  it.each(OPENSSL_OF_MANY)('does not cut a text of %i characters', (length, digest) => {
    expect(inHex(new SipHash(KEY).of('€'.repeat(length)))).toBe(digest);
  });

  it('keeps nothing of one text for the next', () => {
    const one = new SipHash(KEY);
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        expect(one.of(text)).toBe(new SipHash(KEY).of(text));
      }),
    );
  });

  it('is another one under a key that differs in any one byte', () => {
    const digests = Array.from(KEY, (_, at) => new SipHash(KEY.with(at, 0xff)).of('demo'));
    expect(new Set([...digests, new SipHash(KEY).of('demo')]).size).toBe(17);
  });

  it('reads a key where it lies in a larger buffer', () => {
    const larger = new Uint8Array(40).fill(9);
    larger.set(KEY, 8);
    expect(new SipHash(larger.subarray(8, 24)).of('demo')).toBe(new SipHash(KEY).of('demo'));
  });

  it.each([0, 15, 17, 32])('refuses a key of %i bytes', (length) => {
    expect(() => new SipHash(new Uint8Array(length))).toThrow(TypeError);
  });
});
