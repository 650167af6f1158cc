import type { RefusalCode } from '@stagedoor/access';
import type { Forge, HostileToken, Json } from '../forge.ts';

/** Good but for these claims, and signed by the issuer: each row is a paragraph, what is wrong, and the claims. */
type Row = readonly [name: string, claims: (forge: Forge) => Json];

const all = (code: RefusalCode, rows: readonly Row[]): HostileToken[] =>
  rows.map(([name, claims]) => [name, code, (forge) => forge.with(claims(forge))]);

export const ISSUERS: readonly HostileToken[] = all('TOKEN_ISSUER_UNKNOWN', [
  ['RFC 7519 4.1.1: no issuer', () => ({ iss: undefined })],
  ['RFC 7519 4.1.1: an issuer of null', () => ({ iss: null })],
  ['RFC 7519 4.1.1: a list of issuers with ours in it', ({ issuer }) => ({ iss: [issuer] })],
  ['RFC 7519 4.1.1: an object as issuer', ({ issuer }) => ({ iss: { [issuer]: true } })],
  ['RFC 7519 4.1.1: a number as issuer', () => ({ iss: 1 })],
  ['RFC 8725 3.8: another issuer', () => ({ iss: 'https://issuer.example' })],
  ['RFC 8725 3.8: our issuer with a slash after it', ({ issuer }) => ({ iss: `${issuer}/` })],
  ['RFC 8725 3.8: our issuer in capitals', ({ issuer }) => ({ iss: issuer.toUpperCase() })],
  ['RFC 8725 3.8: our issuer with a space after it', ({ issuer }) => ({ iss: `${issuer} ` })],
  ['RFC 8725 3.8: our issuer with a NUL after it', ({ issuer }) => ({ iss: `${issuer}\0` })],
  ['RFC 8725 3.8: our issuer as the user of another', ({ issuer }) => ({ iss: `${issuer}@issuer.example` })],
  ['RFC 8725 3.8: our issuer by its other name', ({ issuer }) => ({ iss: issuer.replace('127.0.0.1', 'localhost') })],
  ['RFC 8725 3.8: our issuer with a fragment', ({ issuer }) => ({ iss: `${issuer}#` })],
  ['RFC 8725 3.8: the name that every object has', () => ({ iss: '__proto__' })],
]);

export const TIMES: readonly HostileToken[] = [
  ...all('TOKEN_LIFETIME_MISSING', [
    ['RFC 7519 4.1.4: no exp', () => ({ exp: undefined })],
    ['RFC 7519 4.1.4: an exp of null', () => ({ exp: null })],
  ]),
  ...all('TOKEN_MALFORMED', [
    ['RFC 7519 2: an exp that is a text', ({ now }) => ({ exp: String(now + 900) })],
    ['RFC 7519 2: an exp that is true', () => ({ exp: true })],
    ['RFC 7519 2: an exp that is a list', ({ now }) => ({ exp: [now + 900] })],
    ['RFC 7519 2: an exp beyond all time', () => ({ exp: 1e300 })],
    ['RFC 7519 2: an exp of twenty digits', () => ({ exp: 1e19 })],
    ['RFC 7519 2: a negative exp', () => ({ iat: undefined, exp: -1 })],
    ['RFC 7519 2: an nbf that is a text', ({ now }) => ({ nbf: String(now) })],
    ['RFC 7519 2: an nbf of null', () => ({ nbf: null })],
    ['RFC 7519 2: an nbf beyond all time', () => ({ nbf: 1e300 })],
    ['RFC 7519 2: an iat that is a text', () => ({ iat: 'now' })],
    ['RFC 7519 2: an iat that is an object', () => ({ iat: {} })],
    ['RFC 7519 4.1.6: expires before it was issued', ({ now }) => ({ iat: now + 1000 })],
  ]),
  [
    'RFC 8259 6: an exp of ten to the 999th',
    'TOKEN_MALFORMED',
    (f) => f.payload((good) => good.replace(/"exp":\d+/, '"exp":1e999')),
  ],
  ...all('TOKEN_EXPIRED', [
    ['RFC 7519 4.1.4: expired a minute ago and longer', ({ now }) => ({ iat: now - 900, exp: now - 61 })],
    ['RFC 7519 4.1.4: expired a year ago', ({ now }) => ({ iat: now - 4e7, exp: now - 3.2e7 })],
    ['RFC 7519 4.1.4: expired at the epoch', () => ({ iat: undefined, exp: 0 })],
    ['RFC 7519 4.1.4: expired a fraction of a second after the epoch', () => ({ iat: undefined, exp: 1e-9 })],
  ]),
  ...all('TOKEN_NOT_YET_VALID', [
    ['RFC 7519 4.1.5: valid in ten minutes', ({ now }) => ({ nbf: now + 600 })],
    ['RFC 7519 4.1.5: valid in a thousand years', ({ now }) => ({ nbf: now + 3.2e10 })],
  ]),
];

export const AUDIENCES: readonly HostileToken[] = [
  ...all('TOKEN_AUDIENCE_REFUSED', [
    ['RFC 7519 4.1.3: no audience', () => ({ aud: undefined })],
    ['RFC 7519 4.1.3: no audience in the list', () => ({ aud: [] })],
    ['RFC 7519 4.1.3: an empty audience', () => ({ aud: '' })],
    ['RFC 8725 3.9: another audience', () => ({ aud: 'another-api' })],
    ['RFC 8725 3.9: the client as the audience, as ID tokens have it', () => ({ aud: 'reader' })],
    ['RFC 8725 3.9: the issuer as the audience, as refresh tokens have it', ({ issuer }) => ({ aud: issuer })],
    ['RFC 8725 3.9: an audience that begins with ours', () => ({ aud: 'hostile-api-2' })],
    ['RFC 8725 3.9: an audience that ends with ours', () => ({ aud: 'https://hostile-api' })],
    ['RFC 8725 3.9: ours in capitals', () => ({ aud: 'HOSTILE-API' })],
    ['RFC 8725 3.9: ours with a space after it', () => ({ aud: 'hostile-api ' })],
    ['RFC 8725 3.9: several in one text', () => ({ aud: 'hostile-api another-api' })],
    ['RFC 8725 3.9: a letter that looks like one of ours', () => ({ aud: 'host\u0456le-api' })],
    ['RFC 8725 3.9: the wildcard', () => ({ aud: '*' })],
  ]),
  ...all('TOKEN_MALFORMED', [
    ['RFC 7519 4.1.3: an audience of null', () => ({ aud: null })],
    ['RFC 7519 4.1.3: an audience that is an object', () => ({ aud: { 'hostile-api': true } })],
    ['RFC 7519 4.1.3: an audience that is true', () => ({ aud: true })],
    ['RFC 7519 4.1.3: a number beside ours', () => ({ aud: ['hostile-api', 1] })],
    ['RFC 7519 4.1.3: ours in a list in the list', () => ({ aud: [['hostile-api']] })],
  ]),
  ...all('TOKEN_PIN_REFUSED', [
    ['RFC 8725 3.8: without the pinned tenant', () => ({ tid: undefined })],
    ['RFC 8725 3.8: of another tenant', () => ({ tid: 'theirs' })],
    ['RFC 8725 3.8: of a list of tenants', () => ({ tid: ['ours'] })],
    ['RFC 8725 3.8: of our tenant in capitals', () => ({ tid: 'OURS' })],
  ]),
];

export const KINDS: readonly HostileToken[] = [
  ...all('TOKEN_TYPE_REFUSED', [
    ['RFC 8725 3.12: an ID token of Keycloak', () => ({ typ: 'ID' })],
    ['RFC 8725 3.12: a refresh token of Keycloak', () => ({ typ: 'Refresh' })],
    ['RFC 8725 3.12: an offline token of Keycloak', () => ({ typ: 'Offline' })],
    ['RFC 8725 3.12: a logout token of Keycloak', () => ({ typ: 'Logout' })],
    ['RFC 8725 3.12: an ID token of Cognito', () => ({ token_use: 'id' })],
    ['RFC 8725 3.12: a token of Cognito for nothing that is known', () => ({ token_use: ['access'] })],
    ['OpenID Connect Core 3.1.3.6: a hash of an access token', () => ({ at_hash: 'A'.repeat(22) })],
    ['OpenID Connect Core 3.3.2.11: a hash of a code', () => ({ c_hash: 'A'.repeat(22) })],
    [
      'OpenID Connect Back-Channel Logout 2.4: a logout event',
      () => ({ events: { 'http://schemas.openid.net/event/backchannel-logout': {} } }),
    ],
    ['RFC 8417 2.2: a security event', () => ({ events: { 'urn:example:event': {} } })],
  ]),
];

export const SUBJECTS: readonly HostileToken[] = [
  ...all('TOKEN_SUBJECT_MISSING', [
    ['RFC 7519 4.1.2: nobody', () => ({ client_id: undefined, sub: undefined })],
    ['RFC 9068 2.2: a client id that is a number, beside a sub', () => ({ client_id: 7 })],
    ['RFC 9068 2.2: an empty client id, beside a sub', () => ({ client_id: '' })],
    ['RFC 9068 2.2: a client id that is a list', () => ({ client_id: ['reader'] })],
    ['RFC 9068 2.2: a client id that is an object', () => ({ client_id: { reader: true } })],
    ['RFC 9068 2.2: a client id with a line feed', () => ({ client_id: 'a\nb' })],
    ['RFC 9068 2.2: a client id with an escape', () => ({ client_id: 'a\u001b[2J' })],
    ['RFC 7519 4.1.2: a sub that is an object', () => ({ client_id: undefined, sub: {} })],
    ['RFC 7519 4.1.2: a sub with a NUL', () => ({ client_id: undefined, sub: 'admin\0' })],
    ['RFC 7519 4.1.2: a sub of five thousand letters', () => ({ client_id: undefined, sub: 's'.repeat(5000) })],
    ['RFC 9068 2.2.3.1: groups that are numbers', () => ({ groups: [1] })],
    ['RFC 9068 2.2.3.1: groups that are an object', () => ({ groups: { admin: true } })],
  ]),
  ...all('TOKEN_BINDING_REFUSED', [
    ['RFC 8705 3: bound to a certificate that nobody shows', () => ({ cnf: { 'x5t#S256': 'A'.repeat(43) } })],
    ['RFC 8705 3: bound to an empty thumbprint', () => ({ cnf: { 'x5t#S256': '' } })],
    ['RFC 8705 3: bound to a list of thumbprints', () => ({ cnf: { 'x5t#S256': ['A'.repeat(43)] } })],
    ['RFC 9449 6: bound to a key, used as a bearer token', () => ({ cnf: { jkt: 'A'.repeat(43) } })],
    ['RFC 7800 3.1: bound to both', () => ({ cnf: { 'x5t#S256': 'A'.repeat(43), jkt: 'A'.repeat(43) } })],
    ['RFC 7800 3.1: bound to nothing', () => ({ cnf: {} })],
    ['RFC 7800 3.1: a binding of null', () => ({ cnf: null })],
    ['RFC 7800 3.1: a binding that is a text', () => ({ cnf: 'x5t#S256' })],
    ['RFC 7800 3.2: bound to a jwk', () => ({ cnf: { jwk: { kty: 'OKP' } } })],
    ['RFC 7800 3.5: bound to a key elsewhere', ({ issuer }) => ({ cnf: { jku: `${issuer}/attacker` } })],
  ]),
];
