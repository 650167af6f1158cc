import { generateKeyPairSync, hash, randomUUID, sign } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Answer,
  INTROSPECTION,
  KEYCLOAK,
  type OpenedIssuer,
  openIssuer,
  REVOCATION,
  SAAS,
} from './opened-issuer.ts';

const ORIGIN = 'http://localhost:18080';
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const { crv, kty, x, y } = publicKey.export({ format: 'jwk' });
const JWK = { crv, kty, x, y };
const THUMBPRINT = hash('sha256', JSON.stringify(JWK), 'base64url');

let opened: OpenedIssuer;
let secret: string;
let full: boolean;
beforeEach(async () => {
  full = false;
  opened = await openIssuer({ canRemember: () => !full });
  ({ clientSecret: secret } = await register('robot'));
});
afterEach(() => opened.close());
const register = (id: string, bindTokens = 'none') =>
  opened.change((tx) => opened.commands.insertClient(tx, { id, name: id, scopes: ['operate'], bindTokens }));

type Change = {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
};
const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A proof for the token endpoint of the SaaS form, by hand, but for what is changed. */
function proof({ claims = {}, header = {} }: Change = {}): string {
  const iat = Math.floor(opened.clock.now() / 1000);
  const whole = { jti: randomUUID(), htm: 'POST', htu: ORIGIN + SAAS, iat, ...claims };
  const input = `${encoded({ typ: 'dpop+jwt', alg: 'ES256', jwk: JWK, ...header })}.${encoded(whole)}`;
  const signature = sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `${input}.${signature.toString('base64url')}`;
}

type Asked = { readonly path?: string; readonly as?: string; readonly more?: Readonly<Record<string, string>> };
const ask = (dpop: string | string[] | null, { path = SAAS, as = 'robot', more = {} }: Asked = {}): Promise<Answer> =>
  opened.post(
    path,
    { grant_type: 'client_credentials', client_id: as, client_secret: secret, ...more },
    dpop === null ? {} : { dpop },
  );
const claimsOf = ({ json }: Answer) => {
  const { access_token } = json as { access_token: string };
  return JSON.parse(Buffer.from(access_token.split('.')[1] ?? '', 'base64url').toString('utf8')) as object;
};
const REFUSED = { status: 400, json: { error: 'invalid_dpop_proof' } };

describe('a token that is asked for with a proof', () => {
  it.each([SAAS, KEYCLOAK])('is bound to the key of the proof, and says so, at %s', async (path) => {
    const answer = await ask(proof({ claims: { htu: ORIGIN + path } }), { path });
    expect(answer).toMatchObject({ status: 200, json: { token_type: 'DPoP', expires_in: 300 } });
    expect(claimsOf(answer)).toMatchObject({ sub: 'robot', cnf: { jkt: THUMBPRINT } });
  });

  it('is one for nobody who has the token alone: the API refuses it as Bearer', async () => {
    const { json } = await ask(proof());
    const { access_token } = json as { access_token: string };
    expect(await opened.verify(access_token, 'operate')).toMatchObject({ code: 'TOKEN_BINDING_REFUSED' });
  });

  it('is a Bearer token, and bound to nothing, where there is no proof', async () => {
    const answer = await ask(null);
    expect(answer).toMatchObject({ status: 200, json: { token_type: 'Bearer' } });
    expect(claimsOf(answer)).not.toHaveProperty('cnf');
  });

  it('is never anything else for a client that was registered so', async () => {
    ({ clientSecret: secret } = await register('prover', 'dpop'));
    expect(await ask(null, { as: 'prover' })).toMatchObject(REFUSED);
    const answer = await ask(proof(), { as: 'prover' });
    expect(answer).toMatchObject({ status: 200, json: { token_type: 'DPoP' } });
    expect(claimsOf(answer)).toMatchObject({ cnf: { jkt: THUMBPRINT } });
  });

  it('can be introspected by its client without a proof, as a token of the scheme DPoP with its key', async () => {
    const { json } = await ask(proof());
    const { access_token: token } = json as { access_token: string };
    const found = await opened.post(INTROSPECTION.saas, { client_id: 'robot', client_secret: secret, token });
    expect(found.json).toMatchObject({ active: true, token_type: 'DPoP', cnf: { jkt: THUMBPRINT } });
  });

  it('can be revoked by its client without a proof', async () => {
    const { json } = await ask(proof());
    const { access_token: token } = json as { access_token: string };
    const client = { client_id: 'robot', client_secret: secret };
    expect((await opened.post(REVOCATION.keycloak, { ...client, token })).status).toBe(200);
    expect((await opened.post(INTROSPECTION.saas, { ...client, token })).json).toEqual({ active: false });
  });
});

describe('a proof that does not prove the request gets no token', () => {
  it.each<[string, Change]>([
    ['for another method', { claims: { htm: 'GET' } }],
    ['for the token endpoint of the other form', { claims: { htu: ORIGIN + KEYCLOAK } }],
    ['for the API', { claims: { htu: 'http://localhost:8080/v2/topology' } }],
    ['for another issuer', { claims: { htu: `https://issuer.example${SAAS}` } }],
    ['of an hour ago', { claims: { iat: 1 } }],
    ['without an id', { claims: { jti: undefined } }],
    ['without a key', { header: { jwk: undefined } }],
    ['with a private key', { header: { jwk: privateKey.export({ format: 'jwk' }) } }],
    ['of another type', { header: { typ: 'JWT' } }],
    ['of another algorithm', { header: { alg: 'ES384' } }],
    [
      'with a signature of another key',
      { header: { jwk: generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }) } },
    ],
  ])('when it is one %s', async (_what, change) => {
    expect(await ask(proof(change))).toMatchObject(REFUSED);
  });

  it.each([
    ['is empty', ''],
    ['is no JWT', 'proof'],
    ['is several in one header', 'a.b.c, a.b.c'],
  ])('when it %s', async (_what, value) => {
    expect(await ask(value)).toMatchObject(REFUSED);
  });

  it('when there are two, also where each is good', async () => {
    expect(await ask([proof(), proof()])).toMatchObject(REFUSED);
  });

  it('when it is for the address that the Host names in place of the issuer’s own', async () => {
    const answer = await opened.post(
      SAAS,
      { grant_type: 'client_credentials', client_id: 'robot', client_secret: secret },
      { host: 'issuer.example', dpop: proof({ claims: { htu: `http://issuer.example${SAAS}` } }) },
    );
    expect(answer).toMatchObject(REFUSED);
  });

  it('and is told why in words that repeat nothing of it', async () => {
    const answer = await ask(proof({ claims: { htu: 'http://c4n4ry.example/' } }));
    expect(answer.json).toEqual({
      error: 'invalid_dpop_proof',
      error_description: 'the DPoP proof is for another address',
    });
  });
});

describe('a proof', () => {
  it('gets one token, whoever brings it the second time', async () => {
    const { clientSecret } = await register('other');
    const once = proof();
    expect((await ask(once)).status).toBe(200);
    expect(await ask(once)).toMatchObject({
      ...REFUSED,
      json: { error_description: 'the DPoP proof was used before' },
    });
    expect(await ask(once, { as: 'other', more: { client_secret: clientSecret } })).toMatchObject(REFUSED);
  });

  it('gets one token of twenty at the same time', async () => {
    const once = proof();
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(once)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(19);
  });

  it('is not used up by whoever does not get so far: with a wrong secret, or for what the client may not have', async () => {
    const once = proof();
    expect((await ask(once, { more: { client_secret: 'wrong' } })).status).toBe(401);
    expect((await ask(once, { more: { audience: 'zeebe.camunda.io' } })).status).toBe(403);
    expect((await ask(once)).status).toBe(200);
  });

  it('that cannot be remembered gets no token: 503 with Retry-After, and the operator hears of it', async () => {
    full = true;
    const answer = await ask(proof());
    expect(answer).toMatchObject({ status: 503, json: { error: 'temporarily_unavailable' } });
    expect(answer.headers).toMatchObject({ 'retry-after': '1', 'cache-control': 'no-store' });
    expect(opened.faults).toEqual([new Error('the disk is full')]);
    full = false;
    expect((await ask(proof())).status).toBe(200);
  });
});
