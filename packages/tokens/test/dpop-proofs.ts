import { hash, randomUUID } from 'node:crypto';
import type { ProvedRequest } from '../src/dpop-proof.ts';
import { ecKey, signRaw, type TestKey } from './foreign-issuer.ts';

export const TARGET = 'https://api.example/v2/topology';
export const ACCESS_TOKEN = 'an.access.token';
export const key = ecKey('proofs');
export const publicJwk = ({ publicKey }: TestKey) => publicKey.export({ format: 'jwk' });

export type Change = {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
  readonly by?: TestKey;
};

export const hashOf = (token: string) => hash('sha256', token, 'base64url');

/** A proof for a request with ACCESS_TOKEN, but for what is changed; a member that is undefined is left out. */
export function proofAt(now: number, { claims = {}, header = {}, by = key }: Change = {}): string {
  const iat = Math.floor(now / 1000);
  const wholeHeader = { typ: 'dpop+jwt', alg: 'ES256', jwk: publicJwk(by), ...header };
  const whole = { jti: randomUUID(), htm: 'GET', htu: TARGET, iat, ath: hashOf(ACCESS_TOKEN), ...claims };
  return signRaw(JSON.stringify(wholeHeader), JSON.stringify(whole), by, String(wholeHeader.alg));
}

export const REQUEST: ProvedRequest = {
  method: 'GET',
  target: TARGET,
  accessTokenHash: hashOf(ACCESS_TOKEN),
  thumbprint: null,
};
