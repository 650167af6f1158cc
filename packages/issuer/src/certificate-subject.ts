import type { X509Certificate } from 'node:crypto';
import type { Parsed } from '@stagedoor/access';

/**
 * The attributes that a subject may be registered with: those of RFC 4514 section 3, and what certificates have besides. Left,
 * how people write them, in lower case; right, how OpenSSL does.
 */
const ATTRIBUTES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    cn: 'CN',
    l: 'L',
    st: 'ST',
    o: 'O',
    ou: 'OU',
    c: 'C',
    street: 'street',
    dc: 'DC',
    uid: 'UID',
    serialnumber: 'serialNumber',
    emailaddress: 'emailAddress',
  }),
);

/** One relative name: usually one attribute, seldom several at once. */
type RelativeName = readonly { readonly type: string; readonly value: string }[];

const NO_NAME =
  'is no distinguished name such as CN=reader,O=Stage,C=DE: write it as openssl x509 -subject -nameopt RFC2253 prints it';

/** From the widest to the narrowest, as X.500 directories are built; the components of domains stand beside, in an order of their own. */
const WIDTHS: ReadonlyMap<string, number> = new Map(
  Object.entries({ c: 0, dc: 0, st: 1, l: 2, street: 2, o: 3, ou: 4, cn: 5, uid: 5, serialnumber: 5, emailaddress: 5 }),
);

const MAX_LENGTH = 1_024;
const HEX = /^[\da-f]{2}$/i;
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * A distinguished name as RFC 4514 writes it (`CN=reader,O=Stage`), in the form that names are compared in here. Values are
 * compared as they are, with regard to case: what RFC 5280 would call the same and is written otherwise is another subject.
 * `problem` completes "the subject …".
 */
export function parseSubject(text: string): Parsed<string> {
  if (text.length > MAX_LENGTH) return { ok: false, problem: `is longer than ${MAX_LENGTH} characters` };
  const names = splitUnescaped(text, ',').map((name) => relativeName(name, '+'));
  const known: RelativeName[] = [];
  for (const name of names) {
    if (name === null) return { ok: false, problem: NO_NAME };
    const spelled = name.map(({ type, value }) => ({ type: ATTRIBUTES.get(type.toLowerCase()), value }));
    const attributes = spelled.flatMap(({ type, value }) => (type === undefined ? [] : [{ type, value }]));
    if (attributes.length < spelled.length)
      return {
        ok: false,
        problem: `has an attribute other than ${[...ATTRIBUTES.values()].join(', ')}: register the certificate itself`,
      };
    known.push(attributes);
  }
  // RFC 4514 section 2.1 begins with the last one.
  return { ok: true, value: canonical(known.toReversed()) };
}

/** The subject of a certificate in the same form; null where it has none, or one that cannot be read. */
export function subjectOf(certificate: X509Certificate): string | null {
  // A line for each relative name, with what RFC 2253 escapes escaped, and control characters too. Its type does not say that
  // an empty subject is undefined.
  const written: string | undefined = certificate.subject;
  if (written === undefined) return null;
  const names = written.split('\n').map((line) => relativeName(line, ' + '));
  const read = names.flatMap((name) => (name === null ? [] : [name]));
  return read.length < names.length ? null : canonical(read);
}

/**
 * The subject of a certificate as RFC 4514 writes it: what `parseSubject` reads as `subjectOf` does. `problem` completes "the
 * subject …".
 */
export function writtenSubjectOf(certificate: X509Certificate): Parsed<string> {
  const found = subjectOf(certificate);
  if (found === null) return { ok: false, problem: 'is empty or cannot be read: register the certificate itself' };
  const names = certificate.subject.split('\n').map((line) => splitUnescaped(line, ' + ').join('+'));
  const written = names.toReversed().join(',');
  const parsed = parseSubject(written);
  if (!parsed.ok) return parsed;
  if (parsed.value !== found) throw new TypeError('a subject was written as another one');
  return { ok: true, value: written };
}

/**
 * A subject with its names turned round, where it begins with the wider one: OpenSSL prints subjects so, in the order of the
 * certificate, which is the reverse of RFC 4514's. Null where nothing speaks for that. A guess: there are certificates whose order
 * is unusual, so it is for whoever writes a subject, and not for comparing any.
 */
export function turnedRound(text: string): string | null {
  const names = splitUnescaped(text, ',').map((name) => name.trimStart().replace(/^([^=]*?) *= */, '$1='));
  const widths = names.map((name) => WIDTHS.get(name.slice(0, Math.max(name.indexOf('='), 0)).toLowerCase()));
  const [first, last] = [widths[0], widths.at(-1)];
  return first !== undefined && last !== undefined && first < last ? names.toReversed().join(',') : null;
}

function canonical(names: readonly RelativeName[]): string {
  return JSON.stringify(names.map((name) => name.map(({ type, value }) => `${type}=${value}`).toSorted()));
}

function relativeName(text: string, between: string): RelativeName | null {
  const attributes = splitUnescaped(text, between).map(attribute);
  const read = attributes.flatMap((one) => (one === null ? [] : [one]));
  return read.length < attributes.length ? null : read;
}

function attribute(text: string): RelativeName[number] | null {
  const equals = text.indexOf('=');
  const type = text.slice(0, Math.max(equals, 0)).trim();
  if (!/^(?:[A-Za-z][A-Za-z\d-]*|\d+(?:\.\d+)+)$/.test(type)) return null;
  const written = text.slice(equals + 1);
  // RFC 4514 section 2.4: an encoding in hexadecimal, which nobody writes by hand, and spaces that would have to be escaped.
  if (/^[ #]/.test(written) || /(?<!\\) $/.test(written)) return null;
  const value = unescaped(written);
  return value === null || value === '' ? null : { type, value };
}

/** Splits where the separator is not escaped by a backslash. */
function splitUnescaped(text: string, separator: string): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text.startsWith(separator, at)) {
      parts.push(text.slice(start, at));
      start = at + separator.length;
      at = start - 1;
    }
  }
  return [...parts, text.slice(start)];
}

/** RFC 4514 section 3: a backslash before a special character or before two hexadecimal digits of a byte. */
function unescaped(text: string): string | null {
  const bytes: number[] = [];
  for (let at = 0; at < text.length; ) {
    const next = text.slice(at + 1, at + 3);
    const point = String.fromCodePoint(text.codePointAt(at) ?? 0);
    if (point !== '\\') {
      if (/["<>;\0]/.test(point)) return null;
      bytes.push(...Buffer.from(point));
      at += point.length;
    } else if (HEX.test(next)) {
      bytes.push(Number.parseInt(next, 16));
      at += 3;
    } else if (/^[ "#+,;<=>\\]/.test(next)) {
      bytes.push(next.charCodeAt(0));
      at += 2;
    } else return null;
  }
  try {
    return UTF8.decode(Uint8Array.from(bytes));
  } catch {
    // Escaped bytes that are no UTF-8.
    return null;
  }
}
