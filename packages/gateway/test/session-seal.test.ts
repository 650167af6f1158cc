import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clearCookie, readCookie, setCookie } from '../src/sessions/cookies.ts';
import { CsrfTokens } from '../src/sessions/csrf-token.ts';
import { Seal } from '../src/sessions/seal.ts';

const randomness = { bytes: (length: number) => randomBytes(length) };
const secret = randomBytes(32);
const seal = new Seal(secret, 'session', randomness);

describe('a seal', () => {
  it('refuses a secret that is too short', () => {
    expect(() => new Seal(randomBytes(31), 'session', randomness)).toThrow(TypeError);
  });

  it('opens nothing in which one bit was changed', () => {
    const bytes = Buffer.from(seal.close('the session'), 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const forged = Buffer.from(bytes);
      forged[bit >> 3] = (forged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(seal.open(forged.toString('base64url'))).toBeNull();
    }
  });

  it('opens nothing that was cut, at either end', () => {
    const sealed = seal.close('the session');
    for (let length = 0; length < sealed.length; length++) {
      expect(seal.open(sealed.slice(0, length))).toBeNull();
      expect(seal.open(sealed.slice(sealed.length - length))).toBeNull();
    }
  });

  it('opens nothing to which something was added, and no other writing of the same bytes', () => {
    const sealed = seal.close('the session!');
    expect(Buffer.from(sealed, 'base64url').length % 3).not.toBe(0);
    for (const other of [
      `${sealed}A`,
      `A${sealed}`,
      `${sealed}=`,
      `${sealed} `,
      ` ${sealed}`,
      `${sealed.slice(0, 5)} ${sealed.slice(5)}`,
    ]) {
      expect(seal.open(other)).toBeNull();
    }
    const last = sealed.at(-1) ?? '';
    for (const letter of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_') {
      if (letter !== last) expect(seal.open(sealed.slice(0, -1) + letter)).toBeNull();
    }
  });

  it('opens nothing of another key, and nothing that was closed for another purpose with the same one', () => {
    expect(new Seal(randomBytes(32), 'session', randomness).open(seal.close('x'))).toBeNull();
    expect(new Seal(secret, 'another purpose', randomness).open(seal.close('x'))).toBeNull();
  });

  it('opens nothing that it did not close', () => {
    const bytes = fc.uint8Array({ maxLength: 100 }).map((some) => Buffer.from(some).toString('base64url'));
    fc.assert(
      fc.property(fc.oneof(fc.string(), bytes), (text) => {
        expect(seal.open(text)).toBeNull();
      }),
    );
  });

  it('closes the same text differently each time, shows nothing of it, and opens what it closed', () => {
    expect(seal.close('demo')).not.toBe(seal.close('demo'));
    fc.assert(
      fc.property(fc.string({ minLength: 8, unit: 'grapheme' }), (text) => {
        const sealed = seal.close(text);
        expect(sealed).toMatch(/^[\w-]+$/);
        expect(Buffer.from(sealed, 'base64url').includes(Buffer.from(text))).toBe(false);
        expect(seal.open(sealed)).toBe(text);
      }),
    );
  });
});

describe('a CSRF token', () => {
  const tokens = new CsrfTokens(secret, randomness);

  it('is worth nothing to another session, to another key, cut, longer, changed or missing', () => {
    const token = tokens.issue('the session');
    expect(tokens.matches('another session', token)).toBe(false);
    expect(new CsrfTokens(randomBytes(32), randomness).matches('the session', token)).toBe(false);
    for (const other of [
      undefined,
      '',
      token.slice(0, -1),
      token.slice(1),
      `${token}AA`,
      `${token}, ${token}`,
      'A'.repeat(86),
      'x'.repeat(1000),
    ]) {
      expect(tokens.matches('the session', other)).toBe(false);
    }
    const bytes = Buffer.from(token, 'base64url');
    for (let index = 0; index < bytes.length; index++) {
      const forged = Buffer.from(bytes);
      forged[index] = (forged[index] ?? 0) ^ 1;
      expect(tokens.matches('the session', forged.toString('base64url'))).toBe(false);
    }
  });

  it('looks different each time and is worth the same', () => {
    const [first, second] = [tokens.issue('the session'), tokens.issue('the session')];
    expect(first).not.toBe(second);
    expect(first.slice(43)).not.toBe(second.slice(43));
    expect(tokens.matches('the session', first)).toBe(true);
    expect(tokens.matches('the session', second)).toBe(true);
  });
});

describe('a Cookie header', () => {
  it.each([
    ['no header', undefined],
    ['an empty one', ''],
    ['another cookie', 'OTHER=1'],
    ['a name that ends with it', 'MY-OPERATE-SESSION=1'],
    ['a name that begins with it', 'OPERATE-SESSION-2=1'],
    ['other letters', 'operate-session=1'],
    ['two of them', 'OPERATE-SESSION=1; OPERATE-SESSION=2'],
    ['two that are alike', 'OPERATE-SESSION=1;OPERATE-SESSION=1'],
    ['two apart', 'OPERATE-SESSION=1; a=b; OPERATE-SESSION=2'],
    ['no value', 'OPERATE-SESSION'],
    ['it in the value of another', 'a="OPERATE-SESSION=1"'],
  ])('has no such cookie: %s', (_what, header) => {
    expect(readCookie(header, 'OPERATE-SESSION')).toBeNull();
  });

  it.each(['OPERATE-SESSION=1', 'a=b; OPERATE-SESSION=1', ' OPERATE-SESSION=1 ; a=b', 'a=b;OPERATE-SESSION=1;c'])(
    'has one: %j',
    (header) => {
      expect(readCookie(header, 'OPERATE-SESSION')).toBe('1');
    },
  );

  it('is answered with cookies that no script of a page reads and no other site sends', () => {
    expect(setCookie('a', 'b', { httpOnly: true, secure: false })).toBe('a=b; Path=/; HttpOnly; SameSite=Lax');
    expect(setCookie('a', 'b', { httpOnly: false, secure: true })).toBe('a=b; Path=/; SameSite=Lax; Secure');
    expect(clearCookie('a')).toBe('a=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:10 GMT; Path=/; SameSite=Lax');
  });
});
