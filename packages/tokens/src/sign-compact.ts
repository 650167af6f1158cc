import { type KeyObject, webcrypto } from 'node:crypto';
import type { SigningAlgorithm } from './stored-key.ts';

/** The names of RFC 7518 section 3.1 and RFC 8037, in those of Web Crypto. */
const WEB_CRYPTO: Readonly<Record<SigningAlgorithm, webcrypto.RsaHashedImportParams | Ecdsa | webcrypto.Algorithm>> = {
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  ES256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  EdDSA: { name: 'Ed25519' },
};

type Ecdsa = webcrypto.EcKeyImportParams & webcrypto.EcdsaParams;

/** Signs text off the main thread, with a key that was prepared once: a `KeyObject` is prepared anew for each signature. */
export type Sign = (text: string) => Promise<Buffer>;

/** Throws where the key is not one of the algorithm. */
export function signWith(key: KeyObject, algorithm: SigningAlgorithm): Sign {
  const parameters = WEB_CRYPTO[algorithm];
  const prepared = key.toCryptoKey(parameters, false, ['sign']);
  return async (text) => Buffer.from(await webcrypto.subtle.sign(parameters, prepared, Buffer.from(text)));
}

export type JoseHeader = { readonly alg: SigningAlgorithm; readonly kid: string; readonly typ: string };

/** A JWS in compact form (RFC 7515 section 7.1). The header has nothing but what is given: no `crit`, no unencoded payload. */
export async function signCompact(sign: Sign, header: JoseHeader, payload: string): Promise<string> {
  const input = `${encode(JSON.stringify(header))}.${encode(payload)}`;
  return `${input}.${(await sign(input)).toString('base64url')}`;
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64url');
}
