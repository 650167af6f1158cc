import { createHmac, createSign, generateKeyPairSync, type KeyObject, sign as signBytes } from 'node:crypto';
import type { Api, Clock } from '@stagedoor/access';
import type { IssuerPolicy, KeySource } from '../src/index.ts';
import { KeySet, readKeySet } from '../src/key-set.ts';

export type MovableClock = Clock & { move(milliseconds: number): void };

export function movableClock(start = Date.UTC(2026, 10, 22, 12)): MovableClock {
  let now = start;
  return {
    now: () => now,
    move: (milliseconds) => {
      now += milliseconds;
    },
  };
}

export type TestKey = { readonly kid: string; readonly privateKey: KeyObject; readonly publicKey: KeyObject };

export const rsaKey = (kid: string): TestKey => ({ kid, ...generateKeyPairSync('rsa', { modulusLength: 2048 }) });
export const ecKey = (kid: string, namedCurve = 'P-256'): TestKey => ({
  kid,
  ...generateKeyPairSync('ec', { namedCurve }),
});
export const edKey = (kid: string): TestKey => ({ kid, ...generateKeyPairSync('ed25519') });

export function jwkOf(key: TestKey, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return { ...key.publicKey.export({ format: 'jwk' }), kid: key.kid, use: 'sig', ...more };
}

const encode = (value: string | Uint8Array): string => Buffer.from(value).toString('base64url');

/** Signs by hand, so that tokens can be made that no library would make. */
export function signRaw(header: string, payload: string | Uint8Array, key: TestKey, algorithm: string): string {
  const input = `${encode(header)}.${encode(payload)}`;
  return `${input}.${encode(signatureOf(input, key, algorithm))}`;
}

export function sign(
  claims: Readonly<Record<string, unknown>>,
  key: TestKey,
  header: Readonly<Record<string, unknown>> = {},
): string {
  const full = { alg: 'RS256', kid: key.kid, ...header };
  return signRaw(JSON.stringify(full), JSON.stringify(claims), key, String(full.alg));
}

function signatureOf(input: string, key: TestKey, algorithm: string): Uint8Array {
  const bytes = Buffer.from(input);
  const hash = `sha${algorithm.slice(2)}`;
  if (algorithm === 'none') return new Uint8Array();
  if (algorithm === 'EdDSA' || algorithm === 'Ed25519') return signBytes(null, bytes, key.privateKey);
  if (algorithm.startsWith('ES')) return signBytes(hash, bytes, { key: key.privateKey, dsaEncoding: 'ieee-p1363' });
  if (algorithm.startsWith('HS'))
    return createHmac(hash, key.publicKey.export({ format: 'pem', type: 'spki' }))
      .update(bytes)
      .digest();
  if (algorithm.startsWith('PS')) return signBytes(hash, bytes, { key: key.privateKey, padding: 6, saltLength: 32 });
  return createSign(hash).update(bytes).sign(key.privateKey);
}

const NO_AUDIENCES: Readonly<Record<Api, readonly string[]>> = {
  orchestration: [],
  operate: [],
  zeebe: [],
  tasklist: [],
  administration: [],
};

export const ISSUER = 'https://issuer.example/realms/one';

/** A set that tests change, as a rotation does. */
export type MutableKeys = KeySource & { publish(...jwks: readonly Readonly<Record<string, unknown>>[]): Promise<void> };

export function mutableKeys(): MutableKeys {
  let keys = KeySet.EMPTY;
  let epoch = 0;
  return {
    get epoch() {
      return epoch;
    },
    find: (kid, algorithm) => {
      const selection = keys.select(kid, algorithm);
      return selection.kind === 'keys' ? { ...selection, epoch } : selection;
    },
    publish: async (...jwks) => {
      keys = await readKeySet({ keys: jwks });
      epoch += 1;
    },
  };
}

export function foreignPolicy(keys: KeySource, more: Partial<IssuerPolicy> = {}): IssuerPolicy {
  return {
    id: 'one',
    issuers: [ISSUER],
    keys,
    algorithms: ['RS256', 'ES256', 'EdDSA'],
    audiences: { ...NO_AUDIENCES, orchestration: ['orchestration-api'], operate: ['operate-api'] },
    subject: { kind: 'claims', usernameClaim: 'sub', clientIdClaim: 'client_id' },
    ...more,
  };
}
