import { expect, it } from 'vitest';
import { parseSubject } from '../src/certificate-subject.ts';

const canonical = (text: string) => {
  const parsed = parseSubject(text);
  return parsed.ok ? parsed.value : parsed.problem;
};

it.each([
  ['one relative name of two attributes, and two relative names', 'CN=reader+O=Stage', 'O=Stage,CN=reader'],
  ['a value with a separator in it, and two relative names', 'O=Stage\\,CN\\=reader', 'O=Stage,CN=reader'],
  ['a value with a plus in it, and two attributes', 'CN=reader\\+O\\=Stage', 'CN=reader+O=Stage'],
  ['a value with quotation marks in it, and two attributes', 'CN=a\\",\\"O\\=b', 'CN=a,O=b'],
  ['the same relative names the other way round', 'CN=reader,O=Stage', 'O=Stage,CN=reader'],
  ['a space at the end', 'CN=reader\\ ', 'CN=reader'],
])('%s are two subjects', (_, one, other) => {
  expect(canonical(one)).not.toBe(canonical(other));
});

it('the attributes of one relative name have no order (RFC 5280 section 4.1.2.4)', () => {
  expect(canonical('CN=reader+O=Stage')).toBe(canonical('O=Stage+CN=reader'));
});
