import { generateKeyPairSync, type KeyObject } from 'node:crypto';

export type TokenKey = { readonly kid: string; readonly privateKey: KeyObject; readonly publicKey: KeyObject };
export type Jwk = Readonly<Record<string, unknown>>;

const rsa = (kid: string): TokenKey => ({ kid, ...generateKeyPairSync('rsa', { modulusLength: 2048 }) });

/** The keys of the issuer that the recordings were made with, by their names there; made anew for each run. */
export function makeTokenKeys() {
  return {
    k1: rsa('k1'),
    /** Not published, but after a rotation. */
    k2: rsa('k2'),
    /** RSA without an `alg` of its own. */
    p1: rsa('p1'),
    ec1: { kid: 'ec1', ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) } satisfies TokenKey,
    ed1: { kid: 'ed1', ...generateKeyPairSync('ed25519') } satisfies TokenKey,
  };
}
export type TokenKeys = ReturnType<typeof makeTokenKeys>;

/** What the issuer of the recordings published. */
export function publishedKeys({ k1, p1, ec1, ed1 }: TokenKeys): readonly Jwk[] {
  return [jwkOf(k1, 'RS256'), jwkOf(p1), jwkOf(ec1, 'ES256'), jwkOf(ed1)];
}

export function jwkOf({ kid, publicKey }: TokenKey, alg?: string): Jwk {
  return { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', ...(alg === undefined ? {} : { alg }) };
}
