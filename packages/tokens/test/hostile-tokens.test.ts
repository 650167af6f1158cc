import type { RefusalCode, TokenVerdict } from '@stagedoor/access';
import { beforeAll, describe, expect, it } from 'vitest';
import { createTokenVerifier, type IssuerPolicy } from '../src/index.ts';
import {
  ecKey,
  edKey,
  foreignPolicy,
  ISSUER,
  jwkOf,
  movableClock,
  mutableKeys,
  rsaKey,
  sign,
  signRaw,
} from './foreign-issuer.ts';

const clock = movableClock();
const seconds = Math.floor(clock.now() / 1000);
const rsa = rsaKey('rsa');
const other = rsaKey('other');
const ec = ecKey('ec');
const ed = edKey('ed');
const keys = mutableKeys();

beforeAll(() => keys.publish(jwkOf(rsa, { alg: 'RS256' }), jwkOf(ec), jwkOf(ed), jwkOf(other, { use: 'enc' })));

const good = {
  iss: ISSUER,
  sub: 'somebody',
  client_id: 'reader',
  aud: 'orchestration-api',
  iat: seconds,
  exp: seconds + 300,
};
const without = (name: keyof typeof good) => Object.fromEntries(Object.entries(good).filter(([key]) => key !== name));

function verify(token: string, more: Partial<IssuerPolicy> = {}, certificate?: Uint8Array): Promise<TokenVerdict> {
  const verifier = createTokenVerifier({ policies: [foreignPolicy(keys, more)], clock });
  const presented = { token, api: 'orchestration', method: 'GET', url: '/v2/topology' } as const;
  return Promise.resolve(verifier.verify(certificate === undefined ? presented : { ...presented, certificate }));
}

const header = JSON.stringify({ alg: 'RS256', kid: 'rsa' });
const payload = JSON.stringify(good);
const signed = sign(good, rsa);
const [head = '', body = '', signature = ''] = signed.split('.');
const encode = (text: string) => Buffer.from(text).toString('base64url');

describe('a token that is accepted', () => {
  const accepted: readonly (readonly [string, () => string])[] = [
    ['is signed with RS256', () => signed],
    ['is signed with ES256', () => sign(good, ec, { alg: 'ES256' })],
    ['is signed with EdDSA (RFC 8037)', () => sign(good, ed, { alg: 'EdDSA' })],
    ['has no kid: any key that fits the algorithm (RFC 7515 4.1.4)', () => sign(good, rsa, { kid: undefined })],
    ['has no typ', () => sign(good, rsa, { typ: undefined })],
    ['has the typ JWT', () => sign(good, rsa, { typ: 'JWT' })],
    ['has the typ jwt in small letters', () => sign(good, rsa, { typ: 'jwt' })],
    ['has the typ at+jwt (RFC 9068 2.1)', () => sign(good, rsa, { typ: 'at+jwt' })],
    ['has the typ application/at+jwt', () => sign(good, rsa, { typ: 'application/AT+JWT' })],
    ['expired 59 seconds ago', () => sign({ ...good, iat: seconds - 400, exp: seconds - 59 }, rsa)],
    ['is valid in 60 seconds', () => sign({ ...good, nbf: seconds + 60 }, rsa)],
    ['was issued by a clock that is ahead', () => sign({ ...good, iat: seconds + 200 }, rsa)],
    ['has a list of audiences with ours in it', () => sign({ ...good, aud: ['account', 'orchestration-api'] }, rsa)],
    [
      'brings a jwk, jku and x5u along, which nobody looks at',
      () => sign(good, rsa, { jwk: jwkOf(other), jku: 'http://127.0.0.1:1/', x5u: 'http://127.0.0.1:1/' }),
    ],
  ];
  it.each(accepted)('%s', async (_name, token) => {
    expect(await verify(token())).toMatchObject({
      kind: 'verified',
      issuer: ISSUER,
      subject: { subject: { kind: 'client', clientId: 'reader' } },
    });
  });
});

describe('a token that is refused', () => {
  const refused: readonly (readonly [string, RefusalCode, () => string])[] = [
    // Reading (RFC 7515 5.2, RFC 7519 7.2)
    ['is empty', 'TOKEN_MALFORMED', () => ''],
    ['is a word', 'TOKEN_MALFORMED', () => 'garbage'],
    ['has two parts', 'TOKEN_MALFORMED', () => `${head}.${body}`],
    ['has an empty signature', 'TOKEN_MALFORMED', () => `${head}.${body}.`],
    ['has four parts', 'TOKEN_MALFORMED', () => `${signed}.${signature}`],
    [
      'is a JWE of five parts (RFC 7516)',
      'TOKEN_MALFORMED',
      () => `${encode('{"alg":"RSA-OAEP","enc":"A256GCM"}')}.a.b.c.d`,
    ],
    [
      'is a JWS in JSON serialization',
      'TOKEN_MALFORMED',
      () => JSON.stringify({ payload: body, protected: head, signature }),
    ],
    ['has a trailing =', 'TOKEN_MALFORMED', () => `${signed}=`],
    ['has a padded header', 'TOKEN_MALFORMED', () => `${head}==.${body}.${signature}`],
    [
      'has stray bits at the end of its signature',
      'TOKEN_MALFORMED',
      () => signed.slice(0, -1) + strayTwin(signed.charAt(signed.length - 1)),
    ],
    [
      'is spelled in base64 instead of base64url',
      'TOKEN_MALFORMED',
      () => `${head}.${body}.${Buffer.from(signature, 'base64url').toString('base64')}`,
    ],
    ['has a line feed in it', 'TOKEN_MALFORMED', () => `${head}.\n${body}.${signature}`],
    ['has a header that is not JSON', 'TOKEN_MALFORMED', () => signRaw('{alg:RS256}', payload, rsa, 'RS256')],
    ['has a header that is a list', 'TOKEN_MALFORMED', () => signRaw('[]', payload, rsa, 'RS256')],
    ['has a payload that is a text', 'TOKEN_MALFORMED', () => signRaw(header, '"text"', rsa, 'RS256')],
    ['has a payload that is null', 'TOKEN_MALFORMED', () => signRaw(header, 'null', rsa, 'RS256')],
    [
      'has a payload that is not UTF-8',
      'TOKEN_MALFORMED',
      () => signRaw(header, Buffer.from(payload.replace('somebody', 'ÿÿ'), 'latin1'), rsa, 'RS256'),
    ],
    [
      'begins its payload with a byte order mark',
      'TOKEN_MALFORMED',
      () => signRaw(header, `\ufeff${payload}`, rsa, 'RS256'),
    ],
    [
      'names alg twice',
      'TOKEN_MALFORMED',
      () => signRaw('{"alg":"none","kid":"rsa","alg":"RS256"}', payload, rsa, 'RS256'),
    ],
    [
      'names aud twice (RFC 7519 4)',
      'TOKEN_MALFORMED',
      () => signRaw(header, payload.replace('{', '{"aud":"x",'), rsa, 'RS256'),
    ],
    [
      'names a member twice with an escape in it',
      'TOKEN_MALFORMED',
      () => signRaw(header, payload.replace('{', '{"\\u0061ud":"x",'), rsa, 'RS256'),
    ],
    [
      'names a member of an inner object twice',
      'TOKEN_MALFORMED',
      () => signRaw(header, payload.replace('{', '{"x":[{"a":1,"a":1}],'), rsa, 'RS256'),
    ],
    [
      'is nested a hundred deep',
      'TOKEN_MALFORMED',
      () => signRaw(header, payload.replace('{', `{"x":${'['.repeat(100)}${']'.repeat(100)},`), rsa, 'RS256'),
    ],
    ['is 17 kB long', 'TOKEN_TOO_LARGE', () => sign({ ...good, filler: 'x'.repeat(17_000) }, rsa)],
    ['is 1 MB long', 'TOKEN_TOO_LARGE', () => 'x'.repeat(1_000_000)],
    // Algorithm (RFC 8725 3.1)
    ['says none and has no signature', 'TOKEN_MALFORMED', () => sign(good, rsa, { alg: 'none' })],
    [
      'says none and has a signature',
      'TOKEN_ALGORITHM_REFUSED',
      () => `${encode('{"alg":"none","kid":"rsa"}')}.${body}.${signature}`,
    ],
    ['says NONE', 'TOKEN_ALGORITHM_REFUSED', () => `${encode('{"alg":"NONE"}')}.${body}.${signature}`],
    ['has no alg', 'TOKEN_ALGORITHM_REFUSED', () => `${encode('{"kid":"rsa"}')}.${body}.${signature}`],
    [
      'has an alg that is a list',
      'TOKEN_ALGORITHM_REFUSED',
      () => `${encode('{"alg":["RS256"],"kid":"rsa"}')}.${body}.${signature}`,
    ],
    [
      'is signed with HS256 and the public key as the secret',
      'TOKEN_ALGORITHM_REFUSED',
      () => sign(good, rsa, { alg: 'HS256' }),
    ],
    ['is signed with PS256', 'TOKEN_ALGORITHM_REFUSED', () => sign(good, rsa, { alg: 'PS256' })],
    [
      'is signed with RS512, which the policy does not list',
      'TOKEN_ALGORITHM_REFUSED',
      () => sign(good, rsa, { alg: 'RS512' }),
    ],
    ['says ES256 and names an RSA key', 'TOKEN_ALGORITHM_REFUSED', () => sign(good, ec, { alg: 'ES256', kid: 'rsa' })],
    ['says RS256 and names an EC key', 'TOKEN_ALGORITHM_REFUSED', () => sign(good, rsa, { kid: 'ec' })],
    [
      'says EdDSA and has an RSA signature',
      'TOKEN_SIGNATURE_INVALID',
      () => `${encode('{"alg":"EdDSA","kid":"ed"}')}.${body}.${signature}`,
    ],
    [
      'has an ES256 signature of zeros (the "psychic" signature)',
      'TOKEN_SIGNATURE_INVALID',
      () => `${encode('{"alg":"ES256","kid":"ec"}')}.${body}.${Buffer.alloc(64).toString('base64url')}`,
    ],
    // Header (RFC 7515 4.1, RFC 8725 3.10 and 3.11)
    ['has a crit that nobody understands', 'TOKEN_HEADER_REFUSED', () => sign(good, rsa, { crit: ['x'], x: 1 })],
    ['has an empty crit', 'TOKEN_HEADER_REFUSED', () => sign(good, rsa, { crit: [] })],
    ['has b64 (RFC 7797 7)', 'TOKEN_HEADER_REFUSED', () => sign(good, rsa, { b64: false, crit: ['b64'] })],
    ['has b64 without crit', 'TOKEN_HEADER_REFUSED', () => sign(good, rsa, { b64: true })],
    ['is an ID token by its typ', 'TOKEN_TYPE_REFUSED', () => sign(good, rsa, { typ: 'id+jwt' })],
    ['is a logout token by its typ', 'TOKEN_TYPE_REFUSED', () => sign(good, rsa, { typ: 'logout+jwt' })],
    ['is a DPoP proof by its typ', 'TOKEN_TYPE_REFUSED', () => sign(good, rsa, { typ: 'dpop+jwt' })],
    ['says that it is encrypted (RFC 7516 9)', 'TOKEN_TYPE_REFUSED', () => sign(good, rsa, { enc: 'A256GCM' })],
    ['says that a token is nested in it (RFC 7519 7.2)', 'TOKEN_TYPE_REFUSED', () => sign(good, rsa, { cty: 'JWT' })],
    ['is an ID token of Keycloak by its claims', 'TOKEN_TYPE_REFUSED', () => sign({ ...good, typ: 'ID' }, rsa)],
    [
      'is a refresh token of Keycloak by its claims',
      'TOKEN_TYPE_REFUSED',
      () => sign({ ...good, typ: 'Refresh' }, rsa),
    ],
    ['is an ID token of Cognito by its claims', 'TOKEN_TYPE_REFUSED', () => sign({ ...good, token_use: 'id' }, rsa)],
    ['is an ID token by its at_hash', 'TOKEN_TYPE_REFUSED', () => sign({ ...good, at_hash: 'x' }, rsa)],
    ['is a logout token by its events', 'TOKEN_TYPE_REFUSED', () => sign({ ...good, events: {} }, rsa)],
    ['has a typ that is a number', 'TOKEN_TYPE_REFUSED', () => sign(good, rsa, { typ: 1 })],
    ['has a kid that is a number', 'TOKEN_MALFORMED', () => sign(good, rsa, { kid: 1 })],
    ['has a kid that nobody published', 'TOKEN_KEY_UNKNOWN', () => sign(good, rsa, { kid: 'unpublished' })],
    ['has a kid that is a path', 'TOKEN_KEY_UNKNOWN', () => sign(good, rsa, { kid: '../../dev/null' })],
    ['has a kid that is a member of every object', 'TOKEN_KEY_UNKNOWN', () => sign(good, rsa, { kid: '__proto__' })],
    ['is signed with a key that is for encryption', 'TOKEN_KEY_UNKNOWN', () => sign(good, other)],
    [
      'is signed with the key of its own jwk header',
      'TOKEN_SIGNATURE_INVALID',
      () => sign(good, other, { kid: 'rsa', jwk: jwkOf(other) }),
    ],
    [
      'is signed with another key and has no kid',
      'TOKEN_SIGNATURE_INVALID',
      () => sign(good, other, { kid: undefined }),
    ],
    [
      'has a signature of another payload',
      'TOKEN_SIGNATURE_INVALID',
      () => `${head}.${encode(JSON.stringify({ ...good, client_id: 'admin' }))}.${signature}`,
    ],
    [
      'has a header that was changed',
      'TOKEN_SIGNATURE_INVALID',
      () => `${encode('{"alg":"RS256","kid":"rsa","typ":"JWT"}')}.${body}.${signature}`,
    ],
    // Claims (RFC 7519 4.1)
    ['has another issuer', 'TOKEN_ISSUER_UNKNOWN', () => sign({ ...good, iss: 'https://evil.example' }, rsa)],
    ['has our issuer with a slash after it', 'TOKEN_ISSUER_UNKNOWN', () => sign({ ...good, iss: `${ISSUER}/` }, rsa)],
    ['has our issuer in capitals', 'TOKEN_ISSUER_UNKNOWN', () => sign({ ...good, iss: ISSUER.toUpperCase() }, rsa)],
    ['has a list of issuers with ours in it', 'TOKEN_ISSUER_UNKNOWN', () => sign({ ...good, iss: [ISSUER] }, rsa)],
    ['has no issuer', 'TOKEN_ISSUER_UNKNOWN', () => sign(without('iss'), rsa)],
    ['has no exp', 'TOKEN_LIFETIME_MISSING', () => sign(without('exp'), rsa)],
    ['has an exp of null', 'TOKEN_LIFETIME_MISSING', () => sign({ ...good, exp: null }, rsa)],
    ['has an exp that is a text', 'TOKEN_MALFORMED', () => sign({ ...good, exp: String(good.exp) }, rsa)],
    ['has an exp beyond all time', 'TOKEN_MALFORMED', () => sign({ ...good, exp: 1e300 }, rsa)],
    ['has a negative exp', 'TOKEN_MALFORMED', () => sign({ ...without('iat'), exp: -1 }, rsa)],
    ['expires before it was issued', 'TOKEN_MALFORMED', () => sign({ ...good, iat: seconds + 300 }, rsa)],
    ['has an iat that is a text', 'TOKEN_MALFORMED', () => sign({ ...good, iat: 'now' }, rsa)],
    ['has an nbf that is null', 'TOKEN_MALFORMED', () => sign({ ...good, nbf: null }, rsa)],
    ['expired at the epoch', 'TOKEN_EXPIRED', () => sign({ ...without('iat'), exp: 0 }, rsa)],
    ['expired 60 seconds ago', 'TOKEN_EXPIRED', () => sign({ ...good, iat: seconds - 400, exp: seconds - 60 }, rsa)],
    ['expired 61 seconds ago', 'TOKEN_EXPIRED', () => sign({ ...good, iat: seconds - 400, exp: seconds - 61 }, rsa)],
    ['is valid in 61 seconds', 'TOKEN_NOT_YET_VALID', () => sign({ ...good, nbf: seconds + 61 }, rsa)],
    ['is meant for another API', 'TOKEN_AUDIENCE_REFUSED', () => sign({ ...good, aud: 'operate-api' }, rsa)],
    ['has no audience', 'TOKEN_AUDIENCE_REFUSED', () => sign(without('aud'), rsa)],
    ['has an empty list of audiences', 'TOKEN_AUDIENCE_REFUSED', () => sign({ ...good, aud: [] }, rsa)],
    [
      'has an audience that only contains ours',
      'TOKEN_AUDIENCE_REFUSED',
      () => sign({ ...good, aud: 'orchestration-api-2' }, rsa),
    ],
    [
      'has audiences in one text',
      'TOKEN_AUDIENCE_REFUSED',
      () => sign({ ...good, aud: 'orchestration-api operate-api' }, rsa),
    ],
    [
      'has an audience that is an object',
      'TOKEN_MALFORMED',
      () => sign({ ...good, aud: { 'orchestration-api': true } }, rsa),
    ],
    [
      'has a number among its audiences',
      'TOKEN_MALFORMED',
      () => sign({ ...good, aud: ['orchestration-api', 1] }, rsa),
    ],
    ['names nobody', 'TOKEN_SUBJECT_MISSING', () => sign({ ...without('client_id'), sub: undefined }, rsa)],
    [
      'has a client id that is a number, and a sub beside it',
      'TOKEN_SUBJECT_MISSING',
      () => sign({ ...good, client_id: 7 }, rsa),
    ],
    [
      'has an empty client id, and a sub beside it',
      'TOKEN_SUBJECT_MISSING',
      () => sign({ ...good, client_id: '' }, rsa),
    ],
    ['has a client id with a line feed', 'TOKEN_SUBJECT_MISSING', () => sign({ ...good, client_id: 'a\nb' }, rsa)],
    [
      'is bound to a certificate that nobody shows (RFC 8705 3)',
      'TOKEN_BINDING_REFUSED',
      () => sign({ ...good, cnf: { 'x5t#S256': 'x'.repeat(43) } }, rsa),
    ],
    [
      'is bound to a DPoP key (RFC 9449)',
      'TOKEN_BINDING_REFUSED',
      () => sign({ ...good, cnf: { jkt: 'x'.repeat(43) } }, rsa),
    ],
    ['is bound to something unknown', 'TOKEN_BINDING_REFUSED', () => sign({ ...good, cnf: {} }, rsa)],
    ['has a cnf that is null', 'TOKEN_BINDING_REFUSED', () => sign({ ...good, cnf: null }, rsa)],
  ];

  it.each(refused)('%s: %s', async (_name, code, token) => {
    const verdict = await verify(token());
    expect(verdict).toMatchObject({ kind: 'refused', code });
    // The operator's face has no claim value and no part of the token in it.
    expect(verdict.kind === 'refused' && verdict.operator).not.toMatch(/reader|somebody|evil|admin|unpublished|eyJ/);
  });
});

/** The neighbour of a base64url character that differs only in bits beyond the last byte. */
function strayTwin(character: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return alphabet.charAt(alphabet.indexOf(character) + 1);
}

describe('what a policy adds', () => {
  it('takes only at+jwt from the embedded issuer', async () => {
    expect(await verify(sign(good, rsa, { typ: 'AT+JWT' }), { types: ['at+jwt'] })).toMatchObject({ kind: 'verified' });
    for (const typ of [undefined, 'JWT', 'application/at+jwt']) {
      expect(await verify(sign(good, rsa, { typ }), { types: ['at+jwt'] })).toMatchObject({
        code: 'TOKEN_TYPE_REFUSED',
      });
    }
  });

  it('refuses a token without the pinned organization, or with another, or with one in a list', async () => {
    const pins = [{ claim: 'org', oneOf: ['ours'] as const }];
    expect(await verify(sign({ ...good, org: 'ours' }, rsa), { pins })).toMatchObject({ kind: 'verified' });
    for (const org of [undefined, 'theirs', ['ours'], 'OURS', null]) {
      expect(await verify(sign({ ...good, org }, rsa), { pins })).toMatchObject({ code: 'TOKEN_PIN_REFUSED' });
    }
  });

  it('takes any of several pinned values, and asks for every pin', async () => {
    const pins = [
      { claim: 'org', oneOf: ['ours', 'also ours'] as const },
      { claim: 'cluster', oneOf: ['c1'] as const },
    ];
    expect(await verify(sign({ ...good, org: 'also ours', cluster: 'c1' }, rsa), { pins })).toMatchObject({
      kind: 'verified',
    });
    expect(await verify(sign({ ...good, org: 'ours' }, rsa), { pins })).toMatchObject({ code: 'TOKEN_PIN_REFUSED' });
  });

  it('asks for the pin where the audience is unchecked', async () => {
    const policy = {
      audiences: { ...foreignPolicy(keys).audiences, orchestration: 'unchecked' },
      pins: [{ claim: 'token_use', oneOf: ['access'] }],
    } as const;
    expect(await verify(sign({ ...without('aud'), token_use: 'access' }, rsa), policy)).toMatchObject({
      kind: 'verified',
    });
    expect(await verify(sign({ ...without('aud'), token_use: 'id' }, rsa), policy)).toMatchObject({
      code: 'TOKEN_PIN_REFUSED',
    });
  });

  it('accepts a bound token only with its own certificate', async () => {
    const certificate = Buffer.from('the DER of a certificate');
    const cnf = { 'x5t#S256': await sha256(certificate) };
    const bound = sign({ ...good, cnf }, rsa);
    expect(await verify(bound, {}, certificate)).toMatchObject({ kind: 'verified' });
    expect(await verify(bound, {}, Buffer.from('another certificate'))).toMatchObject({
      code: 'TOKEN_BINDING_REFUSED',
    });
    expect(await verify(sign({ ...good, cnf: { ...cnf, jkt: 'x' } }, rsa), {}, certificate)).toMatchObject({
      code: 'TOKEN_BINDING_REFUSED',
    });
  });

  it('keeps the skew of the policy', async () => {
    const expired = sign({ ...good, iat: seconds - 400, exp: seconds - 1 }, rsa);
    expect(await verify(expired, { clockSkewSeconds: 0 })).toMatchObject({ code: 'TOKEN_EXPIRED' });
    expect(await verify(expired, { clockSkewSeconds: 2 })).toMatchObject({ kind: 'verified' });
  });
});

async function sha256(bytes: Uint8Array): Promise<string> {
  return Buffer.from(await crypto.subtle.digest('SHA-256', Uint8Array.from(bytes))).toString('base64url');
}
