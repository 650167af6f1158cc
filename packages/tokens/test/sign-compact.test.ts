import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sideBySide, signWith } from '../src/sign-compact.ts';
import type { SigningAlgorithm } from '../src/stored-key.ts';

const curve = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve }).privateKey;
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const p256 = curve('P-256');
const ed25519 = generateKeyPairSync('ed25519').privateKey;

/** As the program has it: read from its JWK. */
const read = (key: KeyObject) => createPrivateKey({ key: key.export({ format: 'jwk' }), format: 'jwk' });

describe('a signature', () => {
  it('by ES256 is R and S of 32 octets each, however short the two happen to be', async () => {
    const sign = signWith(read(p256), 'ES256');
    const key = { key: createPublicKey(p256), dsaEncoding: 'ieee-p1363' } as const;
    const begunByZero = [false, false];
    // One in 256 has a zero at its beginning, which DER leaves out.
    for (let count = 0; begunByZero.includes(false); count += 1) {
      const signature = await sign(`text ${count}`);
      expect(signature).toHaveLength(64);
      expect(verify('sha256', Buffer.from(`text ${count}`), key, signature)).toBe(true);
      begunByZero[0] ||= signature[0] === 0;
      begunByZero[1] ||= signature[32] === 0;
    }
  });

  it.each([
    ['one octet', '3006020101020102', `${'0'.repeat(63)}1${'0'.repeat(63)}2`],
    ['31 octets', `3042021f${'11'.repeat(31)}021f${'22'.repeat(31)}`, `00${'11'.repeat(31)}00${'22'.repeat(31)}`],
    [
      'a first bit that is set',
      `3046022100${'f1'.repeat(32)}022100${'f2'.repeat(32)}`,
      'f1'.repeat(32) + 'f2'.repeat(32),
    ],
    ['one of each', `3027022100${'f1'.repeat(32)}020105`, `${'f1'.repeat(32)}${'0'.repeat(63)}5`],
  ])('by ES256 has both at their places for integers of %s', (_, der, expected) => {
    expect(sideBySide(Buffer.from(der, 'hex')).toString('hex')).toBe(expected);
  });

  it('by RS256 is made by PKCS #1 v1.5 with SHA-256', async () => {
    const signature = await signWith(read(rsa), 'RS256')('text');
    expect(verify('RSA-SHA256', Buffer.from('text'), createPublicKey(rsa), signature)).toBe(true);
  });

  it.each<[string, KeyObject, SigningAlgorithm]>([
    ['a curve', p256, 'RS256'],
    ['RSA', rsa, 'ES256'],
    ['P-384', curve('P-384'), 'ES256'],
    ['secp256k1', curve('secp256k1'), 'ES256'],
    ['Ed25519', ed25519, 'ES256'],
    ['P-256', p256, 'EdDSA'],
    ['Ed448', generateKeyPairSync('ed448').privateKey, 'EdDSA'],
    ['RSA that is for PSS', generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey, 'RS256'],
  ])('is not made with a key of %s by %s', (_, key, algorithm) => {
    expect(() => signWith(key, algorithm)).toThrow(TypeError);
  });
});
