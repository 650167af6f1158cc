import { createHmac, generateKeyPairSync } from 'node:crypto';
import { calculateJwkThumbprint } from 'jose/jwk/thumbprint';
import { describe, expect, it } from 'vitest';
import { type ProvedRequest, verifyProof } from '../src/dpop-proof.ts';
import { ACCESS_TOKEN, type Change, hashOf, key, proofAt, publicJwk, REQUEST, TARGET } from './dpop-proofs.ts';
import { ecKey, edKey, rsaKey, signRaw } from './foreign-issuer.ts';

const NOW = Date.UTC(2026, 10, 25, 12);
const SECONDS = NOW / 1000;
const rsa = rsaKey('rsa');
const other = ecKey('other');

const verify = (proofs: string | readonly string[], request: Partial<ProvedRequest> = {}, now = NOW) =>
  verifyProof([proofs].flat(), { ...REQUEST, ...request }, now);
const verifyChanged = (change: Change, request: Partial<ProvedRequest> = {}) => verify(proofAt(NOW, change), request);
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a proof that is good', () => {
  it.each([
    ['ES256', key],
    ['RS256', rsa],
    ['PS256', rsa],
    ['EdDSA', edKey('ed')],
    ['Ed25519', edKey('ed')],
  ])('is taken with %s, and tells the thumbprint of its key', async (alg, by) => {
    const verified = await verifyChanged({ header: { alg }, by, claims: { jti: 'once' } });
    const thumbprint = await calculateJwkThumbprint(by.publicKey.export({ format: 'jwk' }) as Record<string, string>);
    expect(verified).toEqual({ ok: true, value: { thumbprint, jti: 'once', endsAt: NOW + 60_000 } });
  });

  it('is taken with the key that the token is bound to', async () => {
    const thumbprint = await calculateJwkThumbprint(publicJwk(key) as Record<string, string>);
    expect(await verifyChanged({}, { thumbprint })).toMatchObject({ ok: true });
  });

  it('needs no hash of a token where none goes along', async () => {
    const without = { claims: { ath: undefined } };
    expect(await verifyChanged(without, { accessTokenHash: null })).toMatchObject({ ok: true });
  });

  it.each(['DPOP+JWT', 'application/dpop+jwt'])('may call its type %s', async (typ) => {
    expect(await verifyChanged({ header: { typ } })).toMatchObject({ ok: true });
  });

  it('may have members that nobody knows, and a key with a name', async () => {
    const jwk = { ...publicJwk(key), kid: 'mine', use: 'sig', alg: 'ES256' };
    expect(await verifyChanged({ header: { jwk, kid: 'mine' }, claims: { nonce: 'x', more: 1 } })).toMatchObject({
      ok: true,
    });
  });

  it.each([
    ['in capitals', 'HTTPS://API.EXAMPLE/v2/topology'],
    ['with its default port', 'https://api.example:443/v2/topology'],
    ['with a query and a fragment', `${TARGET}?page=1#here`],
    ['with dot segments', 'https://api.example/v1/../v2/./topology'],
    ['with needless encoding', 'https://api.example/v2/%74opology'],
  ])('names its address %s', async (_how, htu) => {
    expect(await verifyChanged({ claims: { htu } })).toMatchObject({ ok: true });
  });

  it('may write an encoding in other letters than the request', async () => {
    const target = 'https://api.example/v2/users/a%2fb%C3%A4';
    expect(await verifyChanged({ claims: { htu: target.toLowerCase() } }, { target })).toMatchObject({ ok: true });
  });

  it('holds for a minute after its time, and a minute before it', async () => {
    const proof = proofAt(NOW);
    expect(await verify(proof, {}, NOW + 59_999)).toMatchObject({ ok: true });
    expect(await verify(proof, {}, NOW - 60_000)).toMatchObject({ ok: true });
    expect(await verify(proof, {}, NOW + 60_000)).toEqual({
      ok: false,
      problem: 'is older than a minute, or has expired',
    });
    expect(await verify(proof, {}, NOW - 60_001)).toMatchObject({ ok: false });
  });
});

type Case = readonly [what: string, problem: RegExp, change: Change, request?: Partial<ProvedRequest>];
/** The checks are those of RFC 9449 section 4.3. */
const CASES: readonly Case[] = [
  // RFC 9449 section 4.3, check 3
  ['has no jti', /no jti/, { claims: { jti: undefined } }],
  ['has an empty jti', /no jti/, { claims: { jti: '' } }],
  ['has a jti that is a number', /no jti/, { claims: { jti: 1 } }],
  ['has a jti that is too long to be kept', /no jti/, { claims: { jti: 'x'.repeat(257) } }],
  ['has no htm', /another method/, { claims: { htm: undefined } }],
  ['has no htu', /another address/, { claims: { htu: undefined } }],
  ['has a list of addresses', /another address/, { claims: { htu: [TARGET] } }],
  ['has no iat', /no iat/, { claims: { iat: undefined } }],
  ['has an iat that is a text', /NumericDate/, { claims: { iat: String(SECONDS), exp: SECONDS + 60 } }],
  ['has an iat that is a text, and nothing else to date it', /no iat/, { claims: { iat: String(SECONDS) } }],
  // check 4
  ['has no typ', /another type/, { header: { typ: undefined } }],
  ['is a JWT of another type', /another type/, { header: { typ: 'JWT' } }],
  ['is an access token', /another type/, { header: { typ: 'at+jwt' } }],
  ['has a typ with something behind it', /another type/, { header: { typ: 'dpop+jwt+x' } }],
  // check 5
  ['is signed with PS384, which is not offered', /algorithm/, { header: { alg: 'PS384' }, by: rsa }],
  ['is signed with ES384, which is not offered', /algorithm/, { header: { alg: 'ES384' }, by: ecKey('p', 'P-384') }],
  ['has a list of algs', /algorithm/, { header: { alg: ['ES256'] } }],
  ['has another alg than its key is for', /not for its algorithm/, { header: { alg: 'RS256' } }],
  [
    'has a key that is for another algorithm by its own word',
    /not for its/,
    { header: { jwk: { ...publicJwk(rsa), alg: 'PS256' }, alg: 'RS256' }, by: rsa },
  ],
  // RFC 7515 section 4.1.11, RFC 7797
  ['has a crit header', /crit/, { header: { crit: ['exp'] } }],
  ['has a b64 header', /crit or b64/, { header: { b64: true } }],
  // check 6 and RFC 7517
  [
    'calls an EC key one of Ed25519',
    /not for its algorithm/,
    { header: { alg: 'Ed25519', jwk: publicJwk(key) }, by: edKey('ed') },
  ],
  ['has no jwk', /no jwk/, { header: { jwk: undefined } }],
  ['has a jwk that is a text', /no jwk/, { header: { jwk: JSON.stringify(publicJwk(key)) } }],
  ['has a list of keys', /no jwk/, { header: { jwk: [publicJwk(key)] } }],
  ['has an empty jwk', /not for its algorithm/, { header: { jwk: {} } }],
  ['has a key that is for encryption', /not for its algorithm/, { header: { jwk: { ...publicJwk(key), use: 'enc' } } }],
  [
    'has a point that is not on its curve',
    /not for its algorithm/,
    { header: { jwk: { ...publicJwk(key), y: publicJwk(other).y } } },
  ],
  ['has a key on another curve', /not for its algorithm/, { header: { jwk: publicJwk(ecKey('p', 'P-384')) } }],
  ['points to its key elsewhere', /no jwk/, { header: { jwk: undefined, jku: 'https://evil.example/jwks' } }],
  ['is signed with another key than its own', /signature/, { header: { jwk: publicJwk(other) } }],
  // check 7
  ['has its private key in it', /private or secret/, { header: { jwk: key.privateKey.export({ format: 'jwk' }) } }],
  ['has a secret as its key', /private or secret/, { header: { jwk: { kty: 'oct', k: 'c2VjcmV0' } } }],
  // check 8
  ['is for another method', /another method/, { claims: { htm: 'POST' } }],
  ['writes its method in other letters', /another method/, { claims: { htm: 'get' } }],
  // check 9
  ['is for another path', /another address/, { claims: { htu: 'https://api.example/v2/license' } }],
  ['is for another host', /another address/, { claims: { htu: 'https://evil.example/v2/topology' } }],
  ['is for another port', /another address/, { claims: { htu: 'https://api.example:8443/v2/topology' } }],
  ['is for another scheme', /another address/, { claims: { htu: 'http://api.example/v2/topology' } }],
  [
    'names a user in its address',
    /another address/,
    { claims: { htu: 'https://api.example@api.example/v2/topology' } },
  ],
  ['has a path alone', /another address/, { claims: { htu: '/v2/topology' } }],
  ['has no slashes before its host', /another address/, { claims: { htu: 'https:api.example/v2/topology' } }],
  ['has other slashes', /another address/, { claims: { htu: 'https://api.example\\v2\\topology' } }],
  ['has white space in its address', /another address/, { claims: { htu: ' https://api.example/v2/topo\tlogy' } }],
  ['has no address at all', /another address/, { claims: { htu: '' } }],
  ['has a slash at the end', /another address/, { claims: { htu: `${TARGET}/` } }],
  ['takes an encoded slash for a slash', /another address/, { claims: { htu: 'https://api.example/v2%2Ftopology' } }],
  // check 11
  ['is older than a minute', /older/, { claims: { iat: SECONDS - 60 } }],
  ['is of the next hour', /from now/, { claims: { iat: SECONDS + 3600 } }],
  ['is from the beginning of time', /older/, { claims: { iat: 0 } }],
  ['has expired by its own word', /expired/, { claims: { iat: SECONDS - 30, exp: SECONDS - 1 } }],
  ['has an exp that is no time', /NumericDate/, { claims: { exp: 'never' } }],
  // check 12
  ['has no hash of the token', /another token/, { claims: { ath: undefined } }],
  ['is for another token', /another token/, { claims: { ath: hashOf('another.access.token') } }],
  ['has the token itself in place of its hash', /another token/, { claims: { ath: ACCESS_TOKEN } }],
  [
    'has the hash in hexadecimal',
    /another token/,
    { claims: { ath: Buffer.from(hashOf(ACCESS_TOKEN), 'base64url').toString('hex') } },
  ],
  [
    'is made with another key than the token’s',
    /another key/,
    {},
    { thumbprint: 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs' },
  ],
];

describe('a proof is refused that', () => {
  it.each(CASES.map(([what, problem, change, request = {}]) => ({ what, problem, change, request })))(
    '$what',
    async ({ problem, change, request }) => {
      expect(await verifyChanged(change, request)).toEqual({ ok: false, problem: expect.stringMatching(problem) });
    },
  );

  it('is missing', async () => {
    expect(await verify([])).toEqual({ ok: false, problem: 'is missing' });
  });

  it('is there twice, also where both are one (check 1)', async () => {
    const proof = proofAt(NOW);
    expect(await verify([proof, proof])).toMatchObject({ problem: 'is there more than once' });
    expect(await verify(`${proof}, ${proof}`)).toMatchObject({ ok: false });
  });

  it.each([
    ['is empty', ''],
    ['is no JWT', 'proof'],
    ['has four parts', `${proofAt(NOW)}.x`],
    ['is encrypted', 'a.b.c.d.e'],
    ['has padding', `${proofAt(NOW)}=`],
    ['is longer than any proof', proofAt(NOW, { claims: { more: 'x'.repeat(6000) } })],
  ])('%s (check 2)', async (_what, proof) => {
    expect(await verify(proof)).toMatchObject({ ok: false });
  });

  it('was changed after it was signed', async () => {
    const [header = '', claims = '', signature = ''] = proofAt(NOW).split('.');
    const changed = { ...JSON.parse(Buffer.from(claims, 'base64url').toString()), jti: 'another' };
    expect(await verify(`${header}.${encode(changed)}.${signature}`)).toMatchObject({ problem: /signature/ });
  });

  it('is not signed: none is no algorithm (check 5)', async () => {
    const [, claims = ''] = proofAt(NOW).split('.');
    const header = encode({ typ: 'dpop+jwt', alg: 'none', jwk: publicJwk(key) });
    for (const proof of [`${header}.${claims}.`, `${header}.${claims}.AAAA`])
      expect(await verify(proof)).toMatchObject({ ok: false });
  });

  it('is signed with its public key as a secret (RFC 8725 section 2.1)', async () => {
    const [, claims = ''] = proofAt(NOW).split('.');
    const input = `${encode({ typ: 'dpop+jwt', alg: 'HS256', jwk: publicJwk(rsa) })}.${claims}`;
    const mac = createHmac('sha256', rsa.publicKey.export({ format: 'pem', type: 'spki' }));
    expect(await verify(`${input}.${mac.update(input).digest('base64url')}`)).toMatchObject({ problem: /algorithm/ });
  });

  it('has an RSA key that anybody could factor', async () => {
    const weak = { kid: 'weak', ...generateKeyPairSync('rsa', { modulusLength: 1024 }) };
    expect(await verifyChanged({ header: { alg: 'RS256' }, by: weak })).toMatchObject({ problem: /not for its/ });
  });

  it('names a claim twice', async () => {
    const header = JSON.stringify({ typ: 'dpop+jwt', alg: 'ES256', jwk: publicJwk(key) });
    const claims = { htm: 'GET', htu: TARGET, iat: SECONDS, ath: hashOf(ACCESS_TOKEN) };
    const twice = JSON.stringify(claims).replace('{', '{"jti":"one","jti":"other",');
    expect(await verify(signRaw(header, twice, key, 'ES256'))).toMatchObject({ problem: /twice/ });
  });
});
