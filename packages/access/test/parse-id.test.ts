import { describe, expect, it } from 'vitest';
import { DEFAULT_TENANT, parseForeignId, parseId } from '../src/index.ts';

describe('parseId', () => {
  it.each(['demo', 'a', 'orchestration-cluster', 'jane.doe+test@example.com', '~x_1', 'A'.repeat(256)])(
    'accepts %s as a user name',
    (text) => {
      expect(parseId('username', text)).toEqual({ ok: true, value: text });
    },
  );

  it.each([
    ['', 'No username provided'],
    [undefined, 'No username provided'],
    [null, 'No username provided'],
    [42, 'No username provided'],
    [['demo'], 'No username provided'],
    ['x'.repeat(257), 'The provided username exceeds the limit of 256 characters'],
  ])('refuses %j', (text, problem) => {
    expect(parseId('username', text)).toEqual({ ok: false, problem });
  });

  it.each([
    'two words',
    'demo\n',
    '\ndemo',
    'a/b',
    "o'brien",
    '$(id)',
    'a\0b',
    'a:b',
    'é',
    '*',
    '<default>',
    'a\u202eb',
  ])('refuses %j by its characters, and names the pattern but not the text', (text) => {
    const parsed = parseId('username', text);
    expect(parsed).toEqual({
      ok: false,
      problem: "The provided username contains illegal characters. It must match the pattern '^[a-zA-Z0-9_~@.+-]+$'",
    });
  });

  it('names the field that was asked for', () => {
    expect(parseId('groupId', '')).toEqual({ ok: false, problem: 'No groupId provided' });
  });

  it('takes another pattern where one is configured', () => {
    expect(parseId('clientId', 'a/b', /^[a-z/]+$/).ok).toBe(true);
    expect(parseId('clientId', 'A', /^[a-z/]+$/).ok).toBe(false);
  });

  it.each(['a\0b', 'a\u001bb', 'a\u0085b'])(
    'refuses control characters whatever the pattern lets through: %j',
    (text) => {
      expect(parseId('clientId', text, /^[\s\S]+$/).ok).toBe(false);
    },
  );

  it.each([DEFAULT_TENANT, 'tenant_a', 'a.b-c', 't'.repeat(31)])('accepts %s as a tenant', (text) => {
    expect(parseId('tenantId', text)).toEqual({ ok: true, value: text });
  });

  it.each(['t'.repeat(32), '<other>', '<default>x', 'a b', 'a@b', ''])('refuses %j as a tenant', (text) => {
    expect(parseId('tenantId', text).ok).toBe(false);
  });

  it('does not let a configured pattern widen the ids of tenants', () => {
    expect(parseId('tenantId', 'a/b', /^.+$/).ok).toBe(false);
  });
});

describe('parseForeignId', () => {
  it.each(['auth0|5f7c8ec7c33c6c004bbafe82', '/path/of/a group', 'Zoë', 'x'.repeat(256)])(
    'accepts %s from an issuer',
    (text) => {
      expect(parseForeignId('username', text)).toEqual({ ok: true, value: text });
    },
  );

  it.each(['', undefined, 7, ['demo'], { name: 'demo' }, 'x'.repeat(257), 'a\0b', 'a\r\nb', 'a\u007fb', 'a\u009bb'])(
    'refuses %j from an issuer',
    (text) => {
      expect(parseForeignId('username', text).ok).toBe(false);
    },
  );
});
