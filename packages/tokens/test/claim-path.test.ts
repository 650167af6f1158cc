import { describe, expect, it } from 'vitest';
import { isClaimPath, readClaim } from '../src/index.ts';

const claims = {
  sub: 's',
  'https://claims.example/name': 'n',
  'a.b': 'plain',
  a: { b: 'inner', list: ['x', 'y'] },
  empty: [],
  nothing: null,
};

describe('reading a claim', () => {
  it.each([
    ['sub', 's'],
    ['https://claims.example/name', 'n'],
    ['a.b', 'plain'],
    ['$.sub', 's'],
    ['$.a.b', 'inner'],
    ["$['a.b']", 'plain'],
    ['$.a.list', ['x', 'y']],
    ['$.a.list[*]', ['x', 'y']],
    ['$.a.list[1]', 'y'],
    ['nothing', null],
  ])('%s gives %j', (path, value) => {
    expect(readClaim(claims, path)).toEqual(value);
  });

  it.each([
    'missing',
    '$.missing',
    '$.a.list[*].missing',
    '$.empty[*]',
    '$..[',
    'constructor',
    '__proto__',
    '$.__proto__',
  ])('%s gives nothing', (path) => {
    expect(readClaim(claims, path)).toBeUndefined();
  });

  it('tells a path that cannot be read', () => {
    expect(['sub', '$.a.b', "$['a']"].map(isClaimPath)).toEqual([true, true, true]);
    expect(['', '$..[', '$.a b', '$[', '$a'].map(isClaimPath)).toEqual([false, false, false, false, false]);
  });
});
