import { encode, type Forge, type HostileToken, keys, signText } from '../forge.ts';

const M = 'TOKEN_MALFORMED';
const bytes = (...parts: readonly (string | readonly number[])[]): Uint8Array =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));
/** A member before all others. */
const first = (member: string) => (good: string) => good.replace('{', `{${member},`);
const last = (member: string) => (good: string) => good.replace(/\}$/, `,${member}}`);
/** Bytes inside the name of somebody. */
const inName = (inner: readonly number[]) => (good: string) => {
  const [before = '', after = ''] = good.split('somebody');
  return bytes(before, inner, after);
};

/** The neighbour of a base64url character that differs only in bits beyond the last byte. */
function stray(part: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return part.slice(0, -1) + alphabet.charAt(alphabet.indexOf(part.charAt(part.length - 1)) + 1);
}

/** A header whose last character has bits to spare. */
function spareHeader(): string {
  return (
    ['', ' ', '  ']
      .map((space) => encode(`{"alg":"RS256","kid":"rsa"}${space}`))
      .find((text) => text.length % 4 === 3) ?? ''
  );
}

const whole = ({ parts }: Forge) => parts.join('.');

export const SHAPES: readonly HostileToken[] = [
  ['RFC 6750 2.1: nothing after Bearer', M, () => ''],
  ['RFC 6750 2.1: a word', M, () => 'garbage'],
  ['RFC 6750 2.1: two tokens with a comma between them', M, (f) => `${whole(f)},${whole(f)}`],
  ['RFC 6750 2.1: two tokens with a space between them', M, (f) => `${whole(f)} ${whole(f)}`],
  ['RFC 6750 2.1: in quotation marks', M, (f) => `"${whole(f)}"`],
  ['RFC 6750 2.1: the scheme twice', M, (f) => `Bearer ${whole(f)}`],
  ['RFC 6750 2.1: as a parameter', M, (f) => `token=${whole(f)}`],
  ['RFC 6750 2.1: another space before it', M, (f) => ` ${whole(f)}`],
  ['RFC 6750 2.1: a tab in it', M, (f) => f.parts.join('.\t')],
  ['RFC 6750 2.1: bytes beyond ASCII in it', M, (f) => `${whole(f)}\xe9`],
  ['RFC 7515 7.1: one dot', M, () => '.'],
  ['RFC 7515 7.1: two dots', M, () => '..'],
  ['RFC 7515 7.1: two parts', M, ({ parts: [h, p] }) => `${h}.${p}`],
  ['RFC 7515 7.1: four parts', M, (f) => `${whole(f)}.${f.parts[2]}`],
  ['RFC 7515 7.1: seven thousand dots', M, () => '.'.repeat(7000)],
  ['RFC 7515 7.1: a dot before it', M, (f) => `.${whole(f)}`],
  ['RFC 7515 7.1: a dot after it', M, (f) => `${whole(f)}.`],
  ['RFC 7515 7.1: no header', M, ({ parts: [, p, s] }) => `.${p}.${s}`],
  ['RFC 7515 7.1: no payload', M, ({ parts: [h, , s] }) => `${h}..${s}`],
  ['RFC 7515 7.1: no signature', M, ({ parts: [h, p] }) => `${h}.${p}.`],
  ['RFC 7515 appendix F: detached payload', M, ({ parts: [h, , s] }) => `${h}..${s}`],
  ['RFC 7515 2: padding after the signature', M, (f) => `${whole(f)}==`],
  ['RFC 7515 2: padding after the header', M, ({ parts: [h, p, s] }) => `${h}==.${p}.${s}`],
  ['RFC 7515 2: padding after the payload', M, ({ parts: [h, p, s] }) => `${h}.${p}=.${s}`],
  ['RFC 4648 3.5: stray bits at the end of the signature', M, ({ parts: [h, p, s] }) => `${h}.${p}.${stray(s)}`],
  [
    'RFC 4648 3.5: stray bits at the end of the header',
    M,
    ({ parts: [, p, s] }) => `${stray(spareHeader())}.${p}.${s}`,
  ],
  [
    'RFC 4648 5: base64 in place of base64url',
    M,
    ({ parts: [h, p, s] }) => `${h}.${p}.${Buffer.from(s, 'base64url').toString('base64')}`,
  ],
  ['RFC 4648 5: a lone character at the end', M, ({ parts: [h, p] }) => `${h}.${p}.AAAAA`],
  ['RFC 3986 2.1: percent-encoded dots', M, ({ parts }) => parts.join('%2E')],
  [
    'RFC 7515 7.2.2: flattened JSON serialization',
    M,
    ({ parts: [h, p, s] }) => JSON.stringify({ protected: h, payload: p, signature: s }),
  ],
  [
    'RFC 7515 7.2.1: general JSON serialization',
    M,
    ({ parts: [h, p, s] }) => JSON.stringify({ payload: p, signatures: [{ protected: h, signature: s }] }),
  ],
  [
    'RFC 7515 7.2.2: JSON serialization in base64url',
    M,
    ({ parts: [h, p, s] }) => encode(JSON.stringify({ protected: h, payload: p, signature: s })),
  ],
  ['RFC 7516 7.1: a JWE of five parts', M, () => `${encode('{"alg":"RSA-OAEP","enc":"A256GCM"}')}.AAAA.AAAA.AAAA.AAAA`],
  [
    'RFC 7516 7.1: a JWE with dir and no encrypted key',
    M,
    () => `${encode('{"alg":"dir","enc":"A256GCM"}')}..AAAA.AAAA.AAAA`,
  ],
  [
    'RFC 7516 7.1: a JWE around a good token',
    M,
    (f) => `${encode('{"alg":"RSA-OAEP","enc":"A256GCM","cty":"JWT"}')}.AAAA.AAAA.${encode(whole(f))}.AAAA`,
  ],
  ['RFC 7516 9: a JWS that says it is encrypted', 'TOKEN_TYPE_REFUSED', (f) => f.under({ enc: 'A256GCM' })],
  [
    'RFC 7519 5.2: a nested token',
    M,
    (f) => signText('{"alg":"RS256","kid":"rsa","cty":"JWT"}', whole(f), keys.rsa, 'RS256'),
  ],
  ['RFC 7519 7.2: claims under the header of a nested token', 'TOKEN_TYPE_REFUSED', (f) => f.under({ cty: 'JWT' })],
  [
    'RFC 7519 7.2: claims under the header of a nested token in small letters',
    'TOKEN_TYPE_REFUSED',
    (f) => f.under({ cty: 'jwt' }),
  ],
];

export const TEXTS: readonly HostileToken[] = [
  ['RFC 7515 5.2: a header that is not JSON', M, (f) => f.header('{alg:RS256,kid:rsa}')],
  ['RFC 7515 5.2: a header in single quotes', M, (f) => f.header("{'alg':'RS256','kid':'rsa'}")],
  ['RFC 7515 5.2: a header that is a list', M, (f) => f.header('[{"alg":"RS256","kid":"rsa"}]')],
  ['RFC 7515 5.2: a header that is null', M, (f) => f.header('null')],
  ['RFC 7515 5.2: two headers', M, (f) => f.header('{"alg":"RS256","kid":"rsa"}{"alg":"none"}')],
  ['RFC 7515 5.2: a header with a NUL after it', M, (f) => f.header('{"alg":"RS256","kid":"rsa"}\0')],
  ['RFC 8259 8.1: a header after a byte order mark', M, (f) => f.header('\ufeff{"alg":"RS256","kid":"rsa"}')],
  ['RFC 8259 8.1: a header in UTF-16', M, (f) => f.header(Buffer.from('{"alg":"RS256","kid":"rsa"}', 'utf16le'))],
  ['RFC 7519 7.2: a payload that is a text', M, (f) => f.payload(() => '"text"')],
  ['RFC 7519 7.2: a payload that is a list of claims', M, (f) => f.payload((good) => `[${good}]`)],
  ['RFC 7519 7.2: a payload that is null', M, (f) => f.payload(() => 'null')],
  ['RFC 7519 7.2: a payload that is a number', M, (f) => f.payload(() => '1')],
  ['RFC 7519 7.2: two payloads', M, (f) => f.payload((good) => `${good}${good}`)],
  ['RFC 7519 7.2: a payload in the middle of text', M, (f) => f.payload((good) => `x${good}x`)],
  ['RFC 8259 2: a payload with a NUL after it', M, (f) => f.payload((good) => `${good}\0`)],
  ['RFC 8259 2: a payload with a comment', M, (f) => f.payload((good) => good.replace('{', '{/**/'))],
  ['RFC 8259 4: a payload with a comma at its end', M, (f) => f.payload((good) => good.replace(/\}$/, ',}'))],
  ['RFC 8259 6: NaN', M, (f) => f.payload(last('"x":NaN'))],
  ['RFC 8259 6: an exp with a zero before it', M, (f) => f.payload((good) => good.replace('"exp":', '"exp":0'))],
  ['RFC 8259 7: a line feed in a text', M, (f) => f.payload((good) => good.replace('somebody', 'some\nbody'))],
  ['RFC 8259 8.1: a payload after a byte order mark', M, (f) => f.payload((good) => `\ufeff${good}`)],
  ['RFC 8259 8.1: a payload in UTF-16', M, (f) => f.payload((good) => Buffer.from(good, 'utf16le'))],
  ['RFC 3629 3: a payload in Latin-1', M, (f) => f.payload(inName([0xe9]))],
  ['RFC 3629 3: an overlong slash', M, (f) => f.payload(inName([0xc0, 0xaf]))],
  ['RFC 3629 3: half a surrogate pair', M, (f) => f.payload(inName([0xed, 0xa0, 0x80]))],
  ['RFC 3629 3: a character cut off', M, (f) => f.payload(inName([0xf0, 0x9f, 0x98]))],
  ['RFC 3629 3: a character beyond Unicode', M, (f) => f.payload(inName([0xf4, 0x90, 0x80, 0x80]))],
  ['RFC 7515 4: alg twice', M, (f) => f.header('{"alg":"none","kid":"rsa","alg":"RS256"}')],
  ['RFC 7515 4: kid twice', M, (f) => f.header('{"alg":"RS256","kid":"attacker","kid":"rsa"}')],
  ['RFC 7515 4: typ twice', M, (f) => f.header('{"alg":"RS256","kid":"rsa","typ":"id+jwt","typ":"JWT"}')],
  ['RFC 7515 4: alg twice, once in escapes', M, (f) => f.header('{"\\u0061lg":"none","kid":"rsa","alg":"RS256"}')],
  ['RFC 7519 4: iss twice', M, (f) => f.payload(first('"iss":"http://127.0.0.1"'))],
  ['RFC 7519 4: aud twice', M, (f) => f.payload(first('"aud":"hostile-api"'))],
  ['RFC 7519 4: exp twice', M, (f) => f.payload(first('"exp":1'))],
  ['RFC 7519 4: client_id twice', M, (f) => f.payload(last('"client_id":"admin"'))],
  ['RFC 7519 4: sub twice, once in escapes', M, (f) => f.payload(last('"s\\u0075b":"admin"'))],
  ['RFC 7519 4: a member of an inner object twice', M, (f) => f.payload(last('"x":[{"a":1,"a":2}]'))],
  ['RFC 8259 9: a hundred lists in one another', M, (f) => f.payload(last(`"x":${'['.repeat(100)}${']'.repeat(100)}`))],
  [
    'RFC 8259 9: a thousand objects in one another',
    M,
    (f) => f.payload(last(`"x":${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}`)),
  ],
];
