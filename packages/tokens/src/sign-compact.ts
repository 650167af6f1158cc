import { type KeyObject, sign as signBytes } from 'node:crypto';
import { inBatches } from './sign-in-batches.ts';
import type { SigningAlgorithm } from './stored-key.ts';

/** Signs text with a key that was prepared once. */
export type Sign = (text: string) => Promise<Buffer>;

/**
 * Throws where the key is not one of the algorithm. RSA signs on another thread; to hand over a signature by an elliptic curve
 * takes longer than to make it.
 * Node is given the key alone: to look at a key among options, and to turn the signature into the form of a JWS, costs it as
 * much as a signature by ES256 once more (Web Crypto, which does both, more than that).
 */
export function signWith(key: KeyObject, algorithm: SigningAlgorithm): Sign {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (algorithm === 'RS256' && type === 'rsa') return (text) => signElsewhere(key, Buffer.from(text));
  if (algorithm === 'ES256' && type === 'ec' && details?.namedCurve === 'prime256v1')
    return inBatches((text) => sideBySide(signBytes('sha256', Buffer.from(text), key)));
  if (algorithm === 'EdDSA' && type === 'ed25519') return inBatches((text) => signBytes(null, Buffer.from(text), key));
  throw new TypeError('the key is not one of the algorithm');
}

/** RSASSA-PKCS1-v1_5 (RFC 7518 section 3.3), as Node signs with an RSA key that says nothing else. */
function signElsewhere(key: KeyObject, bytes: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    signBytes('sha256', bytes, key, (error, signature) => (error === null ? resolve(signature) : reject(error)));
  });
}

/** Octets of a coordinate of P-256. */
const COORDINATE = 32;

/**
 * R and S of 32 octets each (RFC 7518 section 3.4), of the DER that has them as two integers: SEQUENCE, INTEGER R, INTEGER S,
 * each with its tag and its length before it. An integer of DER is as short as can be, and has a zero before a first bit that is set.
 */
export function sideBySide(der: Buffer): Buffer {
  const endOfR = 4 + der.readUInt8(3);
  const signature = Buffer.alloc(2 * COORDINATE);
  for (const [integer, end] of [
    [der.subarray(4, endOfR), COORDINATE],
    [der.subarray(endOfR + 2), 2 * COORDINATE],
  ] as const) {
    const octets = integer.subarray(-COORDINATE);
    signature.set(octets, end - octets.length);
  }
  return signature;
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
