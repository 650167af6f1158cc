import { type HostileToken, jwkOf, keys } from '../forge.ts';

const HEADER = 'TOKEN_HEADER_REFUSED';
const TYPE = 'TOKEN_TYPE_REFUSED';
const UNKNOWN = 'TOKEN_KEY_UNKNOWN';
const SIGNATURE = 'TOKEN_SIGNATURE_INVALID';

export const CRITICAL: readonly HostileToken[] = [
  ['RFC 7515 4.1.11: something critical that nobody knows', HEADER, (f) => f.under({ crit: ['x'], x: 1 })],
  ['RFC 7515 4.1.11: an empty crit', HEADER, (f) => f.under({ crit: [] })],
  ['RFC 7515 4.1.11: a crit that is a text', HEADER, (f) => f.under({ crit: 'exp' })],
  ['RFC 7515 4.1.11: a crit that is null', HEADER, (f) => f.under({ crit: null })],
  ['RFC 7515 4.1.11: crit names what every header has', HEADER, (f) => f.under({ crit: ['alg'] })],
  ['RFC 7515 4.1.11: crit names what is not there', HEADER, (f) => f.under({ crit: ['exp'] })],
  ['RFC 7515 4.1.11: crit names one thing twice', HEADER, (f) => f.under({ crit: ['x', 'x'], x: 1 })],
  ['RFC 7797 7: b64 false', HEADER, (f) => f.under({ b64: false, crit: ['b64'] })],
  ['RFC 7797 6: b64 false without crit', HEADER, (f) => f.under({ b64: false })],
  ['RFC 7797 7: b64 true', HEADER, (f) => f.under({ b64: true, crit: ['b64'] })],
  ['RFC 7797 7: b64 true without crit', HEADER, (f) => f.under({ b64: true })],
];

/** Types of tokens that are none for an API, and what is no type. */
const TYPES: readonly (readonly [paragraph: string, what: string, typ: unknown])[] = [
  ['OpenID Connect Core 2', 'an ID token', 'id+jwt'],
  ['OpenID Connect Back-Channel Logout 2.4', 'a logout token', 'logout+jwt'],
  ['RFC 9449 4.2', 'a DPoP proof', 'dpop+jwt'],
  ['RFC 8417 2.3', 'a security event', 'secevent+jwt'],
  ['RFC 9101 10.8', 'an authorization request', 'oauth-authz-req+jwt'],
  ['RFC 9701 5', 'an answer of introspection', 'token-introspection+jwt'],
  ['RFC 8725 3.11', 'a refresh token', 'rt+jwt'],
  ['RFC 8725 3.11', 'a client assertion', 'client-authentication+jwt'],
  ['RFC 7516 4.1.11', 'JWE', 'JWE'],
  ['RFC 7515 4.1.9', 'JOSE', 'JOSE'],
  ['RFC 7515 4.1.9', 'an empty text', ''],
  ['RFC 7515 4.1.9', 'a number', 1],
  ['RFC 7515 4.1.9', 'a list', ['at+jwt']],
  ['RFC 9068 4', 'a parameter after at+jwt', 'at+jwt; charset=utf-8'],
  ['RFC 9068 4', 'a space after at+jwt', 'at+jwt '],
  ['RFC 9068 4', 'a letter that looks like one of at+jwt', '\u0430t+jwt'],
];

/** Names that no key has. */
const KIDS: readonly (readonly [what: string, kid: string])[] = [
  ['nobody published', 'unpublished'],
  ['is empty', ''],
  ['is the known one in capitals', 'RSA'],
  ['is the known one with a space', 'rsa '],
  ['is the known one with a NUL', 'rsa\0'],
  ['looks like the known one', 'r\u0455a'],
  ['is a path', '../../../../../../dev/null'],
  ['is an absolute path', '/proc/sys/kernel/randomize_va_space'],
  ['is a statement of SQL', "x' UNION SELECT 'AAAA' --"],
  ['is a command', '|| touch /tmp/stagedoor-was-here'],
  ['is a template', '$' + '{jndi:ldap://127.0.0.1:1/x}'],
  ['is an address', 'http://127.0.0.1:1/key'],
  ['is __proto__', '__proto__'],
  ['is constructor', 'constructor'],
  ['has a line feed for the log', 'x\n{"level":"error"}'],
  ['has an escape for the terminal', '\u001b[2J'],
  ['is four kilobytes long', 'k'.repeat(4096)],
  ['is a pattern', '.*'],
];

export const NAMES: readonly HostileToken[] = [
  ...TYPES.map(
    ([paragraph, what, typ]): HostileToken => [`${paragraph}: typ is ${what}`, TYPE, (f) => f.under({ typ })],
  ),
  ...KIDS.map(([what, kid]): HostileToken => [`RFC 8725 3.10: a kid that ${what}`, UNKNOWN, (f) => f.under({ kid })]),
  ['RFC 7515 4.1.4: a kid that is a number', 'TOKEN_MALFORMED', (f) => f.under({ kid: 0 })],
  ['RFC 7515 4.1.4: a kid that is null', 'TOKEN_MALFORMED', (f) => f.under({ kid: null })],
  ['RFC 7515 4.1.4: a kid that is a list', 'TOKEN_MALFORMED', (f) => f.under({ kid: ['rsa'] })],
  ['RFC 7515 4.1.4: a kid that is an object', 'TOKEN_MALFORMED', (f) => f.under({ kid: { $ne: null } })],
];

const spki = keys.attacker.publicKey.export({ format: 'der', type: 'spki' }).toString('base64');

/** Keys that a token brings along, and addresses of keys: each with the attacker's signature. */
export const BROUGHT_ALONG: readonly HostileToken[] = [
  [
    'RFC 7515 4.1.3: a jwk under a known kid',
    SIGNATURE,
    (f) => f.under({ kid: 'rsa', jwk: jwkOf(keys.attacker) }, keys.attacker),
  ],
  [
    'RFC 7515 4.1.3: a jwk that has the known kid',
    SIGNATURE,
    (f) => f.under({ kid: 'rsa', jwk: jwkOf(keys.attacker, { kid: 'rsa' }) }, keys.attacker),
  ],
  [
    'RFC 7515 4.1.3: a jwk without kid',
    SIGNATURE,
    (f) => f.under({ kid: undefined, jwk: jwkOf(keys.attacker) }, keys.attacker),
  ],
  ['RFC 7515 4.1.3: a jwk under its own kid', UNKNOWN, (f) => f.under({ jwk: jwkOf(keys.attacker) }, keys.attacker)],
  [
    'RFC 7515 4.1.2: a jku at the issuer itself',
    SIGNATURE,
    (f) => f.under({ kid: 'rsa', jku: `${f.issuer}/attacker` }, keys.attacker),
  ],
  ['RFC 7515 4.1.2: a jku under its own kid', UNKNOWN, (f) => f.under({ jku: `${f.issuer}/attacker` }, keys.attacker)],
  [
    'RFC 7515 4.1.2: a jku that looks like the issuer’s',
    UNKNOWN,
    (f) => f.under({ jku: `${f.issuer}@127.0.0.1:1/attacker` }, keys.attacker),
  ],
  ['RFC 7515 4.1.2: a jku that is a file', UNKNOWN, (f) => f.under({ jku: 'file:///etc/passwd' }, keys.attacker)],
  ['RFC 7515 4.1.5: an x5u', SIGNATURE, (f) => f.under({ kid: 'rsa', x5u: `${f.issuer}/attacker` }, keys.attacker)],
  ['RFC 7515 4.1.5: an x5u under its own kid', UNKNOWN, (f) => f.under({ x5u: `${f.issuer}/attacker` }, keys.attacker)],
  ['RFC 7515 4.1.6: an x5c', SIGNATURE, (f) => f.under({ kid: 'rsa', x5c: [spki] }, keys.attacker)],
  ['RFC 7515 4.1.6: an x5c without kid', SIGNATURE, (f) => f.under({ kid: undefined, x5c: [spki] }, keys.attacker)],
  [
    'RFC 7515 4.1.8: an x5t#S256 without kid',
    SIGNATURE,
    (f) => f.under({ kid: undefined, 'x5t#S256': 'A'.repeat(43) }, keys.attacker),
  ],
];
