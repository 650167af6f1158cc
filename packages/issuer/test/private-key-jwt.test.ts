import { generateKeyPairSync, hash, type KeyObject, randomUUID, sign } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { INTROSPECTION, KEYCLOAK, type OpenedIssuer, openIssuer, REVOCATION, SAAS } from './opened-issuer.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed = generateKeyPairSync('ed25519');
const TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const ORIGIN = 'http://localhost:18080';
const pem = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString();
/** Self-signed, EC P-256; its private key was thrown away. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBdjCCARugAwIBAgIUL8mq8NdfVefE8SHvVOvShaJDvYMwCgYIKoZIzj0EAwIw
EDEOMAwGA1UEAwwFcm9ib3QwHhcNMjYxMTI1MDQyNDQ3WhcNMjYxMTI2MDQyNDQ3
WjAQMQ4wDAYDVQQDDAVyb2JvdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABGoS
pMfNk0kAwhyTmyzRGuogDaM/LCVJHa6toQfyB7uMnxnFQ2E1p3v/h6N772Jv6gM0
RZU8di3Ry4rVViPUQi+jUzBRMB0GA1UdDgQWBBRgGVnhWUlDg+zVbtuzTH8cDETC
uTAfBgNVHSMEGDAWgBRgGVnhWUlDg+zVbtuzTH8cDETCuTAPBgNVHRMBAf8EBTAD
AQH/MAoGCCqGSM49BAMCA0kAMEYCIQDrbbezRaD5z1IbCK3rhjTJ7ILhwAFFrR01
unnNqCx61AIhAJh8Lj1xTVogHCoPzF0KdsivBHmjlZB/ri/hjLCILwrv
-----END CERTIFICATE-----
`;
const CERTIFIED_KEY = 'XjnKqWji0iLQkgE967B4TFgP4laHphZM0bQCPoz5WOc';
const jwk = (key: KeyObject, more: object = {}) => JSON.stringify({ ...key.export({ format: 'jwk' }), ...more });

let opened: OpenedIssuer;
let secret: string;
const register = (id: string, keys: string) =>
  opened.change((tx) => opened.commands.insertKeyedClient(tx, { id, name: id, scopes: ['operate'], keys }));
beforeEach(async () => {
  opened = await openIssuer();
  await register('robot', pem(rsa.publicKey));
  ({ clientSecret: secret } = await opened.change((tx) =>
    opened.commands.insertClient(tx, { id: 'secretive', name: 'secretive', scopes: ['operate'] }),
  ));
});
afterEach(() => opened.close());

type Change = {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
  readonly key?: KeyObject;
};
const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const seconds = () => Math.floor(opened.clock.now() / 1000);

/** By hand, so that every member can be wrong: as the official Java client makes it, but for what is changed. */
function assertion({ claims = {}, header = {}, key = rsa.privateKey }: Change = {}): string {
  const now = seconds();
  const whole = {
    iss: 'robot',
    sub: 'robot',
    aud: ORIGIN + SAAS,
    iat: now,
    nbf: now,
    exp: now + 300,
    jti: randomUUID(),
  };
  const signed = `${encoded({ alg: 'RS256', typ: 'JWT', x5t: 'bm90aGluZw', ...header })}.${encoded({ ...whole, ...claims })}`;
  const { alg = 'RS256' } = header;
  const digest = key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  const how = { key, dsaEncoding: 'ieee-p1363' as const, ...(alg === 'PS256' ? { padding: 6, saltLength: 32 } : {}) };
  return `${signed}.${sign(digest, Buffer.from(signed), how).toString('base64url')}`;
}
const ask = (client_assertion: string, more: Readonly<Record<string, string>> = {}, path = SAAS) =>
  opened.post(path, { grant_type: 'client_credentials', client_assertion_type: TYPE, client_assertion, ...more });

describe('a client with a key', () => {
  it('gets a token for an assertion as the Java client sends it, with and without its client_id beside it', async () => {
    const audience = 'operate.camunda.io';
    const answer = await ask(assertion(), { client_id: 'robot', audience });
    expect([answer.status, answer.json]).toEqual([200, expect.objectContaining({ token_type: 'Bearer' })]);
    const { access_token } = answer.json as { access_token: string };
    expect(await opened.verify(access_token, 'operate')).toMatchObject({ kind: 'verified' });
    expect((await ask(assertion())).status).toBe(200);
    expect(opened.audited).toMatchObject(
      Array(2).fill({
        actor: { kind: 'client', id: 'robot', credential: 'bearer' },
        operation: 'login',
        outcome: 'SUCCESS',
      }),
    );
  });

  it.each([
    ['the token endpoint', { aud: ORIGIN + SAAS }],
    ['the issuer', { aud: ORIGIN }],
    ['one in a list', { aud: [ORIGIN] }],
    ['ten minutes to live', { exp: Math.floor(Date.UTC(2026, 10, 22, 12) / 1000) + 600 }],
    ['a clock ahead by less than a minute', { iat: Math.floor(Date.UTC(2026, 10, 22, 12) / 1000) + 59 }],
  ])('may name %s', async (_, claims) => {
    expect((await ask(assertion({ claims }))).status).toBe(200);
  });

  it('has the audiences of the form it asks', async () => {
    const realm = `${ORIGIN}/auth/realms/camunda-platform`;
    expect((await ask(assertion({ claims: { aud: realm } }), {}, KEYCLOAK)).status).toBe(200);
    expect((await ask(assertion({ claims: { aud: ORIGIN + KEYCLOAK } }), {}, KEYCLOAK)).status).toBe(200);
    expect((await ask(assertion({ claims: { aud: realm } }))).status).toBe(401);
    expect((await ask(assertion(), {}, KEYCLOAK)).status).toBe(401);
  });

  it.each([
    ['RS256', rsa, {}],
    ['PS256', rsa, {}],
    ['ES256', ec, {}],
    ['EdDSA', ed, {}],
    ['PS256', rsa, { alg: 'PS256', use: 'sig', kid: 'another than the assertion says' }],
  ])('may sign with %s, as its key can', async (alg, pair, more) => {
    await register('signer', jwk(pair.publicKey, more));
    const claims = { iss: 'signer', sub: 'signer' };
    expect((await ask(assertion({ claims, header: { alg, kid: 'unknown' }, key: pair.privateKey }))).status).toBe(200);
  });

  it('may have several keys, so that one can follow another', async () => {
    const set = { keys: [other.publicKey, rsa.publicKey].map((key) => key.export({ format: 'jwk' })) };
    await register('signer', JSON.stringify(set));
    for (const key of [rsa.privateKey, other.privateKey])
      expect((await ask(assertion({ claims: { iss: 'signer', sub: 'signer' }, key }))).status).toBe(200);
  });

  it('may be registered with a certificate, of which only the key counts: this one has expired', async () => {
    await register('certified', CERTIFICATE);
    expect(opened.issuer.client('certified')?.authentication).toEqual({ kind: 'keys', thumbprints: [CERTIFIED_KEY] });
    const claims = { iss: 'certified', sub: 'certified' };
    const byAnother = assertion({ claims, header: { alg: 'ES256', x5c: [CERTIFICATE] }, key: ec.privateKey });
    expect((await ask(byAnother)).status).toBe(401);
  });
});

describe('an assertion is refused, in the words for a client that does not exist,', () => {
  const now = Math.floor(Date.UTC(2026, 10, 22, 12) / 1000);
  const embedded = { jwk: other.publicKey.export({ format: 'jwk' }) };
  const cases: readonly (readonly [string, Change])[] = [
    ['of a client that does not exist', { claims: { iss: 'nobody', sub: 'nobody' } }],
    ['of a client that has a secret', { claims: { iss: 'secretive', sub: 'secretive' } }],
    ['with the key of another', { key: other.privateKey }],
    ['with a key that it brings along', { key: other.privateKey, header: embedded }],
    [
      'with a key at an address',
      { key: other.privateKey, header: { jku: 'http://127.0.0.1:9/jwks', x5u: 'http://127.0.0.1:9/x' } },
    ],
    ['without signature', { header: { alg: 'none' } }],
    ['by a shared secret', { header: { alg: 'HS256' } }],
    ['by RS384, which is not on the list', { header: { alg: 'RS384' } }],
    ['that says PS256 and is RS256', { key: rsa.privateKey, header: { alg: 'ES256' } }],
    ['with something critical', { header: { crit: ['exp'] } }],
    ['that is an access token by its type', { header: { typ: 'at+jwt' } }],
    ['with a type that is no text', { header: { typ: 5 } }],
    ['whose issuer is another', { claims: { iss: 'secretive' } }],
    ['whose subject is another', { claims: { sub: 'secretive' } }],
    ['without subject', { claims: { sub: undefined } }],
    ['without issuer', { claims: { iss: undefined } }],
    ['without audience', { claims: { aud: undefined } }],
    ['for another audience', { claims: { aud: 'https://issuer.example/oauth/token' } }],
    ['for the token endpoint with a slash more', { claims: { aud: `${ORIGIN}${SAAS}/` } }],
    ['for several audiences', { claims: { aud: [ORIGIN, ORIGIN + SAAS] } }],
    ['for no audience', { claims: { aud: [] } }],
    ['for an audience that is no text', { claims: { aud: [[ORIGIN]] } }],
    ['without end', { claims: { exp: undefined } }],
    ['that has expired', { claims: { exp: now - 60, iat: now - 120, nbf: now - 120 } }],
    ['that lives for longer than ten minutes', { claims: { exp: now + 601 } }],
    ['that is not valid yet', { claims: { nbf: now + 61 } }],
    ['that was issued in the future', { claims: { iat: now + 61 } }],
    ['with an end that is no number', { claims: { exp: String(now + 300) } }],
    ['without jti', { claims: { jti: undefined } }],
    ['with an empty jti', { claims: { jti: '' } }],
    ['with a jti that is no text', { claims: { jti: 7 } }],
    ['with a jti that is too long', { claims: { jti: 'j'.repeat(257) } }],
  ];

  it.each(cases)('%s', async (_, change) => {
    const nobody = await ask(assertion({ claims: { iss: 'none-such', sub: 'none-such' } }));
    const answer = await ask(assertion(change));
    expect([answer.status, answer.text]).toEqual([401, nobody.text]);
    expect(Object.keys(answer.headers)).toEqual(Object.keys(nobody.headers));
    expect(opened.audited).toMatchObject(Array(2).fill({ entityKey: null, outcome: 'FAIL' }));
  });

  it.each(['', 'x', 'a.b.c', 'a.b.c.d.e', `${'a'.repeat(16_385)}.b.c`])('that is none: %s', async (text) => {
    expect((await ask(text)).status).toBe(401);
  });

  it('beside the client_id of another', async () => {
    expect((await ask(assertion(), { client_id: 'secretive' })).status).toBe(401);
  });

  it('with another assertion type, or with none', async () => {
    const saml = 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer';
    expect((await ask(assertion(), { client_assertion_type: saml })).status).toBe(401);
    expect((await ask(assertion(), { client_assertion_type: '' })).status).toBe(401);
  });

  it('of a client that was deleted, or has expired', async () => {
    const expires = opened.clock.now() + 1_000;
    const keys = pem(ec.publicKey);
    const mortal = { id: 'mortal', name: 'mortal', scopes: ['operate'], keys, expires };
    await opened.change((tx) => opened.commands.insertKeyedClient(tx, mortal));
    opened.clock.move(1_000);
    const claims = { iss: 'mortal', sub: 'mortal' };
    expect((await ask(assertion({ claims, header: { alg: 'ES256' }, key: ec.privateKey }))).status).toBe(401);
    await opened.change((tx) => opened.commands.deleteClient(tx, 'robot'));
    expect((await ask(assertion())).status).toBe(401);
  });

  it('that was used before, also at the same time, at the other form, and after a restart', async () => {
    const used = assertion({ claims: { jti: 'once' } });
    const both = await Promise.all([ask(used), ask(used)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 401]);
    expect((await ask(assertion({ claims: { jti: 'once', aud: ORIGIN } }))).status).toBe(401);
    await opened.restart();
    expect((await ask(used)).status).toBe(401);
    expect((await ask(assertion())).status).toBe(200);
  });

  it('for as long as it could be used, and its record goes when it could not any more', async () => {
    const used = assertion();
    await ask(used);
    opened.clock.move(359_999);
    expect((await ask(used)).status).toBe(401);
    opened.clock.move(1);
    await ask(assertion());
    expect(await opened.db.selectFrom('issuer_spent_ids').select('ends').execute()).toHaveLength(1);
  });

  it('and limited as wrong secrets are, which slows nobody who can sign', async () => {
    const wrong = () => ask(assertion({ key: other.privateKey }), { client_id: 'robot' });
    for (let index = 0; index < 10; index += 1) expect((await wrong()).status).toBe(401);
    expect((await wrong()).headers['retry-after']).toBe('10');
    expect((await ask(assertion(), { client_id: 'robot' })).status).toBe(200);
  });
});

it.each([INTROSPECTION.saas, REVOCATION.saas])('a client with a key shows who it is at %s too', async (path) => {
  const parameters = () => ({ client_assertion_type: TYPE, client_assertion: assertion(), token: 'x' });
  expect((await opened.post(path, parameters())).status).toBe(200);
  const wrong = { ...parameters(), client_assertion: assertion({ key: other.privateKey }) };
  expect((await opened.post(path, wrong)).status).toBe(401);
});

describe('one method', () => {
  it('is what a request has: two are refused', async () => {
    const basic = { authorization: `Basic ${Buffer.from(`secretive:${secret}`).toString('base64')}` };
    const body = { grant_type: 'client_credentials', client_assertion_type: TYPE, client_assertion: assertion() };
    const beside = await opened.post(SAAS, { ...body, client_id: 'secretive', client_secret: secret });
    for (const answer of [await opened.post(SAAS, body, basic), beside])
      expect([answer.status, answer.json]).toEqual([400, expect.objectContaining({ error: 'invalid_request' })]);
  });

  it('is what a client has: a key is no secret, and none can be given to it', async () => {
    const guess = { grant_type: 'client_credentials', client_id: 'robot', client_secret: pem(rsa.publicKey) };
    expect((await opened.post(SAAS, guess)).status).toBe(401);
    await expect(
      opened.change((tx) => opened.commands.rotateSecret(tx, { id: 'robot', overlapSeconds: 0 })),
    ).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    const configured = { id: 'robot', name: 'robot', scopes: ['operate'], secret: 'chosen' };
    await expect(opened.change((tx) => opened.commands.upsertConfiguredClient(tx, configured))).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });
});

describe('a key file', () => {
  it.each([
    ['a private key', rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()],
    ['a private JWK', jwk(ec.privateKey)],
    ['a shared secret', JSON.stringify({ kty: 'oct', k: 'c2VjcmV0' })],
    [
      'a key set with a private key in it',
      JSON.stringify({ keys: [rsa.publicKey, ed.privateKey].map((key) => key.export({ format: 'jwk' })) }),
    ],
    [
      'a certificate and its private key',
      CERTIFICATE + ec.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    ],
    ['two keys in PEM', pem(rsa.publicKey) + pem(ec.publicKey)],
    ['RSA of 1024 bits', pem(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey)],
    ['RSA with an exponent of 1', jwk(rsa.publicKey, { e: 'AQ' })],
    ['a curve that is not on the list', pem(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey)],
    ['a key for encryption', jwk(rsa.publicKey, { use: 'enc' })],
    ['a key for an algorithm that is not on the list', jwk(rsa.publicKey, { alg: 'RS512' })],
    ['an empty key set', '{"keys":[]}'],
    ['a key set that is none', '{"keys":{}}'],
    ['eleven keys', JSON.stringify({ keys: Array(11).fill(ec.publicKey.export({ format: 'jwk' })) })],
    ['damaged PEM', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'],
    ['no key', 'nothing'],
    ['too much', ' '.repeat(65_537)],
  ])('with %s is refused, and nothing is registered', async (_, keys) => {
    await expect(register('new', keys)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(opened.issuer.client('new')).toBeUndefined();
  });

  it('leaves its public members in the records, and its thumbprint for everybody to see', async () => {
    await register('new', jwk(ec.publicKey, { kid: 'mine' }));
    const { crv, kty, x, y } = ec.publicKey.export({ format: 'jwk' });
    const thumbprint = hash('sha256', JSON.stringify({ crv, kty, x, y }), 'base64url');
    const listed = await opened.commands.listClients(opened.db);
    expect(listed.find((client) => client.clientId === 'new')?.authentication).toEqual({
      kind: 'keys',
      thumbprints: [thumbprint],
    });
    expect(listed.find((client) => client.clientId === 'secretive')?.authentication).toEqual({ kind: 'secret' });
  });
});
