import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { Parsed } from '@stagedoor/access';
import { readKey } from './key-set.ts';
import { isJsonObject, parseJsonObject } from './strict-json.ts';

/** What a client may sign an assertion with. No HS*: a secret has ways of its own; PS256 is what FAPI asks for. */
export const ASSERTION_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;
export type AssertionAlgorithm = (typeof ASSERTION_ALGORITHMS)[number];

/** A public key that a client is registered with. Its identity is its RFC 7638 thumbprint. */
export type AssertionKey = {
  readonly thumbprint: string;
  readonly algorithms: readonly AssertionAlgorithm[];
  readonly key: KeyObject;
};

const MAX_KEYS = 10;
/** Ten RSA keys of 16384 bits, or a certificate with a long story. */
const MAX_DOCUMENT_LENGTH = 65_536;
const SIGNING = { RSA: ['RS256', 'PS256'], 'EC P-256': ['ES256'], 'OKP Ed25519': ['EdDSA'] } as const;
const PEM_BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g;

/**
 * Reads what a client is registered with: a JWK or JWK set, or a PEM file with one public key or certificate. Of a
 * certificate only the key counts, not its dates or its issuer. `problem` completes "the key file …" and repeats nothing of it.
 */
export async function readAssertionKeys(text: string): Promise<Parsed<readonly AssertionKey[]>> {
  if (text.length > MAX_DOCUMENT_LENGTH) return { ok: false, problem: 'is longer than 64 kB' };
  if (!/^\s*\{|-----BEGIN /.test(text)) return { ok: false, problem: 'has neither PEM nor a JWK or JWK set' };
  const document = text.includes('-----BEGIN ') ? jwkOfPem(text) : parseJsonObject(text);
  if (!document.ok) return document;
  const list: unknown = Object.hasOwn(document.value, 'keys') ? document.value.keys : [document.value];
  if (!Array.isArray(list) || !list.every(isJsonObject))
    return { ok: false, problem: 'has keys that are no list of keys' };
  if (list.some(isSecret)) return { ok: false, problem: 'has a private or secret key: give the public key alone' };
  if (list.length > MAX_KEYS) return { ok: false, problem: `has more than ${MAX_KEYS} keys` };
  const read = (await Promise.all(list.map(assertionKey))).filter((key) => key !== null);
  const keys = [...new Map(read.map((key) => [key.thumbprint, key])).values()];
  if (keys.length > 0) return { ok: true, value: keys };
  return {
    ok: false,
    problem:
      'has no key that can sign an assertion: RSA of 2048 bits or more, EC P-256 or Ed25519, not for encryption only',
  };
}

/** As they are stored: public members only, and the algorithm where there is only one. `readAssertionKeys` reads it. */
export function writeAssertionKeys(keys: readonly AssertionKey[]): string {
  return JSON.stringify({
    keys: keys.map(({ key, algorithms: [algorithm, ...more] }) => ({
      ...key.export({ format: 'jwk' }),
      ...(algorithm === undefined || more.length > 0 ? {} : { alg: algorithm }),
    })),
  });
}

export function isSecret(jwk: Readonly<Record<string, unknown>>): boolean {
  return jwk.kty === 'oct' || Object.hasOwn(jwk, 'd') || Object.hasOwn(jwk, 'k');
}

/** Null where it is not for this. The key itself may say which one algorithm it is for (RFC 7517 section 4.4). */
export async function assertionKey({ alg, ...jwk }: Readonly<Record<string, unknown>>): Promise<AssertionKey | null> {
  const read = await readKey(jwk);
  if (read === null) return null;
  const kind = jwk.kty === 'RSA' ? 'RSA' : `${String(jwk.kty)} ${String(jwk.crv)}`;
  const signing: readonly AssertionAlgorithm[] = Object.hasOwn(SIGNING, kind)
    ? SIGNING[kind as keyof typeof SIGNING]
    : [];
  const algorithms = signing.filter((algorithm) => alg === undefined || alg === algorithm);
  return algorithms.length === 0 ? null : { thumbprint: read.thumbprint, algorithms, key: read.key };
}

function jwkOfPem(text: string): Parsed<Readonly<Record<string, unknown>>> {
  const blocks = [...text.matchAll(PEM_BLOCK)];
  const [[pem, label] = ['', ''], ...more] = blocks;
  // Before the number of blocks: whoever joins a key and its certificate has to hear of the key.
  if (text.includes('PRIVATE KEY'))
    return { ok: false, problem: 'has a private key: give the public key or certificate alone' };
  if (more.length > 0) return { ok: false, problem: 'has more than one PEM block: give the client’s own alone' };
  try {
    const key = label === 'CERTIFICATE' ? new X509Certificate(pem).publicKey : createPublicKey(pem);
    return { ok: true, value: { ...key.export({ format: 'jwk' }) } };
  } catch {
    return { ok: false, problem: 'is PEM without a public key or certificate that can be read' };
  }
}
