import { X509Certificate } from 'node:crypto';
import { expect, it } from 'vitest';
import { parseSubject, subjectOf, turnedRound, writtenSubjectOf } from '../src/certificate-subject.ts';
import { NAMELESS, READER } from './client-certificates.ts';

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

it('the subject of a certificate is written so that it is registered as what the certificate shows', () => {
  const certificate = new X509Certificate(READER);
  const written = writtenSubjectOf(certificate);
  expect(written).toEqual({ ok: true, value: 'CN=reader \\"x\\" ü,OU=Doors+O=Stage\\, Ltd,C=DE' });
  expect(written.ok && canonical(written.value)).toBe(subjectOf(certificate));
});

it('a certificate without a subject has none to be registered by', () => {
  expect(writtenSubjectOf(new X509Certificate(NAMELESS))).toMatchObject({ ok: false });
});

it.each([
  ['C=DE,O=Stage,CN=reader', 'CN=reader,O=Stage,C=DE'],
  ['C = DE, O = Stage, CN = reader', 'CN=reader,O=Stage,C=DE'],
  ['c=DE,cn=reader', 'cn=reader,c=DE'],
  ['O=Stage\\, Ltd,CN=reader', 'CN=reader,O=Stage\\, Ltd'],
  ['O=Stage,OU=Doors', 'OU=Doors,O=Stage'],
  ['DC=com,DC=example,CN=reader', 'CN=reader,DC=example,DC=com'],
])('%s is in the order of the certificate, most likely, and would be %s', (text, turned) => {
  expect(turnedRound(text)).toBe(turned);
});

it.each([
  'CN=reader',
  'CN=reader,O=Stage,C=DE',
  'CN=C\\=DE,O=Stage',
  'OU=Doors,O=Stage',
  'CN=reader,DC=example,DC=com',
  'emailAddress=a@example.com,CN=reader',
  'CN=O\\,CN\\=x,O=Stage',
  '1.2.3=a,CN=b',
  'nothing',
  '',
])('nothing speaks against the order of %j', (text) => {
  expect(turnedRound(text)).toBeNull();
});
