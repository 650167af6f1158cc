import type { ClientId, TokenVerdict } from '@stagedoor/access';
import { calculateJwkThumbprint } from 'jose/jwk/thumbprint';
import { beforeEach, describe, expect, it } from 'vitest';
import { createTokenVerifier, type DpopProofs, type IssuerPolicy, openDpopProofs } from '../src/index.ts';
import { type Change, hashOf, key, proofAt, publicJwk, TARGET } from './dpop-proofs.ts';
import {
  ecKey,
  foreignPolicy,
  ISSUER,
  jwkOf,
  type MovableClock,
  movableClock,
  mutableKeys,
  rsaKey,
  sign,
} from './foreign-issuer.ts';

const rsa = rsaKey('rsa');
const keys = mutableKeys();
await keys.publish(jwkOf(rsa));
const jkt = await calculateJwkThumbprint(publicJwk(key) as Record<string, string>);

let clock: MovableClock;
let proofs: DpopProofs;
beforeEach(async () => {
  clock = movableClock();
  proofs = await openDpopProofs({ clock, store: null, onFault: () => undefined });
});

const tokenOf = (more: Readonly<Record<string, unknown>> = { cnf: { jkt } }) => {
  const now = Math.floor(clock.now() / 1000);
  return sign(
    { iss: ISSUER, client_id: 'reader', jti: 'token', aud: 'orchestration-api', exp: now + 300, ...more },
    rsa,
  );
};
const proofOf = (token: string, { claims = {}, ...more }: Change = {}) =>
  proofAt(clock.now(), { claims: { ath: hashOf(token), ...claims }, ...more });

type Asked = {
  scheme?: 'Bearer' | 'DPoP';
  proofs?: readonly string[];
  target?: string | null;
  certificate?: Uint8Array;
};

function verifierOf(policy: Partial<IssuerPolicy> = {}, taken: DpopProofs | null = proofs) {
  const verifier = createTokenVerifier({
    policies: [foreignPolicy(keys, policy)],
    clock,
    ...(taken === null ? {} : { proofs: taken }),
  });
  return async (token: string, { scheme = 'DPoP', target = TARGET, ...asked }: Asked = {}): Promise<TokenVerdict> =>
    verifier.verify({
      token,
      api: 'orchestration',
      method: 'GET',
      url: '/v2/topology',
      ...(asked.certificate === undefined ? {} : { certificate: asked.certificate }),
      ...(scheme === 'Bearer' ? {} : { dpop: { proofs: asked.proofs ?? [proofOf(token)], target } }),
    });
}

describe('a token that is bound to a key', () => {
  it('is taken with a proof of it, again and again with another proof', async () => {
    const verify = verifierOf();
    const token = tokenOf();
    for (let time = 0; time < 3; time += 1)
      expect(await verify(token)).toMatchObject({ kind: 'verified', subject: { subject: { clientId: 'reader' } } });
  });

  it('is taken as Keycloak makes it, which says beside the key what else is bound to it', async () => {
    const cnf = { jkt, 'kc-jkt-type': 'public-client' };
    expect(await verifierOf()(tokenOf({ cnf }))).toMatchObject({ kind: 'verified' });
  });

  it.each([
    ['of scheme Bearer', { scheme: 'Bearer' }, 'TOKEN_BINDING_REFUSED'],
    ['without a proof', { proofs: [] }, 'PROOF_REFUSED'],
    ['with two proofs', { proofs: ['a.b.c', 'a.b.c'] }, 'PROOF_REFUSED'],
    ['with something that is no proof', { proofs: ['proof'] }, 'PROOF_REFUSED'],
    ['under an address that is not ours', { target: null }, 'PROOF_REFUSED'],
    ['under another address', { target: 'https://api.example/v2/license' }, 'PROOF_REFUSED'],
  ] as const)('is refused %s, also right after a request that was right', async (_how, asked, code) => {
    const verify = verifierOf();
    const token = tokenOf();
    expect(await verify(token, asked)).toMatchObject({ kind: 'refused', code });
    expect(await verify(token)).toMatchObject({ kind: 'verified' });
    expect(await verify(token, asked)).toMatchObject({ kind: 'refused', code });
  });

  it('is refused with a proof that was used before, by this token or by another one of the same key', async () => {
    const verify = verifierOf();
    const token = tokenOf();
    const proof = proofOf(token);
    expect(await verify(token, { proofs: [proof] })).toMatchObject({ kind: 'verified' });
    expect(await verify(token, { proofs: [proof] })).toMatchObject({ kind: 'refused', code: 'PROOF_REPLAYED' });
    const other = tokenOf({ cnf: { jkt }, jti: 'other' });
    expect(await verify(other, { proofs: [proof] })).toMatchObject({ kind: 'refused', code: 'PROOF_REFUSED' });
  });

  it('is refused to a thief who has the token and a key of his own', async () => {
    const token = tokenOf();
    const proof = proofOf(token, { by: ecKey('thief') });
    expect(await verifierOf()(token, { proofs: [proof] })).toMatchObject({ kind: 'refused', code: 'PROOF_REFUSED' });
  });

  it('is refused where nobody takes proofs', async () => {
    const verdict = await verifierOf({}, null)(tokenOf());
    expect(verdict).toMatchObject({ kind: 'refused', code: 'PROOF_REFUSED' });
  });

  it('is refused before its proof is looked at where it has expired, and the proof can still be used', async () => {
    const verify = verifierOf();
    const token = tokenOf();
    await verify(token);
    clock.move(359_000);
    const proof = proofOf(token);
    clock.move(1000);
    expect(await verify(token, { proofs: [proof] })).toMatchObject({ kind: 'refused', code: 'TOKEN_EXPIRED' });
    const fresh = tokenOf();
    expect(await verify(fresh, { proofs: [proofOf(fresh)] })).toMatchObject({ kind: 'verified' });
  });

  it('is refused where its client is deleted while its proof is written down', async () => {
    const registered = new Set(['reader']);
    const slow: DpopProofs = {
      accept: async (...shown) => {
        registered.delete('reader');
        return proofs.accept(...shown);
      },
      close: () => proofs.close(),
    };
    const verify = verifierOf({ stillRegistered: (clientId: ClientId) => registered.has(clientId) }, slow);
    expect(await verify(tokenOf())).toMatchObject({ kind: 'refused', code: 'TOKEN_REVOKED' });
  });

  it('cannot be checked while proofs cannot be written down', async () => {
    const store = {
      load: async () => [],
      append: () => Promise.reject(new Error('the disk is full')),
      turn: async () => undefined,
      close: async () => undefined,
    };
    const failing = await openDpopProofs({ clock, store, onFault: () => undefined });
    expect(await verifierOf({}, failing)(tokenOf())).toMatchObject({
      kind: 'unavailable',
      code: 'PROOFS_UNAVAILABLE',
      retryAfterSeconds: 1,
    });
  });

  it('says nothing of the proof to the operator but what is wrong with it', async () => {
    const token = tokenOf();
    const proof = proofOf(token, { claims: { jti: 'c4n4ry', htm: 'c4n4ry', htu: 'https://c4n4ry.example/' } });
    expect(JSON.stringify(await verifierOf()(token, { proofs: [proof] }))).not.toContain('c4n4ry');
  });
});

describe('a token that is not bound to a key', () => {
  it.each([
    ['is bound to nothing', {}],
    ['is bound to a certificate', { cnf: { 'x5t#S256': hashOf('der') } }],
    ['is bound to a certificate and a key', { cnf: { 'x5t#S256': hashOf('der'), jkt } }],
    ['is bound to a key and to something unknown', { cnf: { jkt, more: true } }],
    ['is bound to what is no thumbprint', { cnf: { jkt: [jkt] } }],
  ])('is refused under the scheme DPoP: it %s', async (_what, claims) => {
    const token = tokenOf(claims);
    const asked = { proofs: [proofOf(token)], certificate: Buffer.from('der') };
    expect(await verifierOf()(token, asked)).toMatchObject({ kind: 'refused', code: 'TOKEN_BINDING_REFUSED' });
  });
});
