import { hash as bcryptHash } from '@node-rs/bcrypt';
import { describe, expect, it } from 'vitest';
import { createPasswordHashing } from '../src/index.ts';
import { randomness, realHashing } from './identity-under-test.ts';

const hashing = realHashing();
const CHEAP = { cost: 4 };

describe('password hashing', () => {
  it('verifies what it hashed and nothing else', async () => {
    const hash = await hashing.hash('sécret: 😀\0');
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await hashing.verify(hash, 'sécret: 😀\0')).toBe(true);
    for (const wrong of ['', 'sécret: 😀', 'Sécret: 😀\0', 'sécret: 😀\0 '])
      expect(await hashing.verify(hash, wrong)).toBe(false);
  });

  it('salts: the same password has another hash each time', async () => {
    expect(await hashing.hash('demo')).not.toBe(await hashing.hash('demo'));
  });

  it.each(['2a', '2b', '2y'] as const)(
    'verifies bcrypt $%s$, with the label of Spring Security and without',
    async (version) => {
      const hash = await bcryptHash('demo', { ...CHEAP, version });
      expect(hash.startsWith(`$${version}$`)).toBe(true);
      for (const stored of [hash, `{bcrypt}${hash}`]) {
        expect(await hashing.verify(stored, 'demo')).toBe(true);
        expect(await hashing.verify(stored, 'Demo')).toBe(false);
      }
    },
  );

  it.each([
    '',
    'demo',
    '{noop}demo',
    '{bcrypt}demo',
    '$2x$04$abc',
    '$5$salt$hash',
    '$argon2id$demo',
    '{bcrypt}{bcrypt}$2b$04$',
  ])('refuses every password for %j, which is no hash it knows', async (stored) => {
    expect(await hashing.verify(stored, 'demo')).toBe(false);
  });

  it('wants a hash of its own for everything but its own', async () => {
    expect(hashing.needsRehash(await hashing.hash('demo'), 'demo')).toBe(false);
    expect(hashing.needsRehash('{bcrypt}$2a$10$abc', 'demo')).toBe(true);
    expect(hashing.needsRehash('$argon2id$v=19$m=4096,t=1,p=1$abc$def', 'demo')).toBe(true);
    expect(hashing.needsRehash('$argon2i$v=19$m=19456,t=2,p=1$abc$def', 'demo')).toBe(true);
  });

  it('leaves a bcrypt hash alone where the password is longer than bcrypt reads', async () => {
    const long = 'ü'.repeat(36);
    const stored = await bcryptHash(long, CHEAP);
    expect(await hashing.verify(stored, `${long}!`)).toBe(true);
    expect(hashing.needsRehash(stored, long)).toBe(true);
    expect(hashing.needsRehash(stored, `${long}!`)).toBe(false);
  });

  it('has one dummy for each cost, which is made like a hash of that cost and has no password', async () => {
    const ours = hashing.dummy(await hashing.hash('demo'));
    expect(ours).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(hashing.dummy('$argon2id$v=19$m=19456,t=2,p=1$other$one')).toBe(ours);
    expect(hashing.dummy('nonsense')).toBe(ours);
    const bcrypt = hashing.dummy(await bcryptHash('demo', CHEAP));
    expect(bcrypt).toMatch(/^\$2b\$04\$[./A-Za-z0-9]{53}$/);
    expect(hashing.dummy('{bcrypt}$2a$04$another')).toBe(bcrypt);
    expect(hashing.dummy('$2a$10$another')).not.toBe(bcrypt);
    for (const dummy of [ours, bcrypt]) expect(await hashing.verify(dummy, 'demo')).toBe(false);
  });

  it('throws where a stored hash is damaged: somebody has to look at it', async () => {
    await expect(hashing.verify('$argon2id$v=19$m=19456,t=2,p=1$!$!', 'demo')).rejects.toThrow();
  });

  it('has dummies that no other process knows', () => {
    const other = createPasswordHashing({ concurrency: 1, randomness });
    expect(other.dummy('$2b$10$x')).not.toBe(hashing.dummy('$2b$10$x'));
  });
});
