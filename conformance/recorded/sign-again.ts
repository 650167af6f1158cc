import { constants, createHmac, sign } from 'node:crypto';
import type { TokenKey, TokenKeys } from './token-keys.ts';

/** `iss` of the issuer that the recordings were made with. */
const RECORDED_ISSUER = 'http://127.0.0.1:28090';
const TOKEN = /eyJ[\w-]+(?:\.[\w-]*)+=*/g;

export type Resigning = {
  readonly keys: TokenKeys;
  /** The issuer identifier that stands for the recorded one. */
  readonly issuer: string;
  /** The signature is another key's than the header says. */
  readonly forged: boolean;
};

/**
 * Every token in a text, signed again: with the header, the claims and the faults that it was recorded with, by keys of ours.
 * Signed by hand, because no library makes most of these, and so that nothing of what is tested is used to test it.
 */
export function signTokensAgain(text: string, resigning: Resigning): string {
  return text.replace(TOKEN, (token) => signAgain(token, resigning));
}

function signAgain(token: string, { keys, issuer, forged }: Resigning): string {
  const [header = '', payload = '', signature, ...more] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
  const ours = claims.iss === RECORDED_ISSUER ? { ...claims, iss: issuer } : claims;
  const input = `${header}.${Buffer.from(JSON.stringify(ours)).toString('base64url')}`;
  // Two parts, or four, as recorded.
  if (signature === undefined) return input;
  const { alg, kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { alg: string; kid?: string };
  const key = forged ? keys.k2 : (Object.values(keys).find((one) => one.kid === kid) ?? keys.k1);
  const padding = /=*$/.exec(signature)?.[0] ?? '';
  return [input, Buffer.from(signatureOf(input, key, alg)).toString('base64url') + padding, ...more].join('.');
}

/** By the algorithm that a header names, whether or not it fits. */
export function signatureOf(input: string, { privateKey, publicKey }: TokenKey, alg: string): Uint8Array {
  const bytes = Buffer.from(input);
  const digest = `sha${alg.slice(2)}`;
  switch (alg.slice(0, 2)) {
    case 'RS':
      return sign(digest, bytes, privateKey);
    case 'PS':
      return sign(digest, bytes, { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 });
    case 'ES':
      return sign(digest, bytes, { key: privateKey, dsaEncoding: 'ieee-p1363' });
    case 'Ed':
      return sign(null, bytes, privateKey);
    case 'HS':
      // The public key taken for a shared secret (RFC 8725 section 2.1).
      return createHmac(digest, publicKey.export({ format: 'pem', type: 'spki' }))
        .update(bytes)
        .digest();
    case 'no':
      return new Uint8Array();
    default:
      throw new TypeError(`nobody knows how ${alg} is signed`);
  }
}
