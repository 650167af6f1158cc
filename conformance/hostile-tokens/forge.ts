import {
  constants,
  createHmac,
  createSign,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign as signBytes,
} from 'node:crypto';
import type { RefusalCode } from '@stagedoor/access';

export type Json = Readonly<Record<string, unknown>>;
export type Key = { readonly kid: string; readonly privateKey: KeyObject; readonly publicKey: KeyObject };
/** A token by its name, which begins with the paragraph that it breaks; made when both issuers have their addresses. */
export type HostileToken = readonly [name: string, code: RefusalCode, token: (forge: Forge) => string];

const rsa = (kid: string, modulusLength = 2048): Key => ({ kid, ...generateKeyPairSync('rsa', { modulusLength }) });
const ec = (kid: string, namedCurve: string): Key => ({ kid, ...generateKeyPairSync('ec', { namedCurve }) });

/** What the issuer signs with (`rsa`, `anyRsa`, `ec`, `ec384`, `ed`), what it publishes and nothing may be signed with, and the attacker's. */
export const keys = {
  rsa: rsa('rsa'),
  anyRsa: rsa('any-rsa'),
  ec: ec('ec', 'P-256'),
  ec384: ec('ec384', 'P-384'),
  ed: { kid: 'ed', ...generateKeyPairSync('ed25519') },
  encryption: rsa('encryption'),
  weak: rsa('weak', 1024),
  neighbour: rsa('rsa'),
  attacker: rsa('attacker'),
} as const;

export function jwkOf(key: Key, more: Json = {}): Json {
  return { ...key.publicKey.export({ format: 'jwk' }), kid: key.kid, ...more };
}

/** Stands in every token and may stand nowhere else. */
export const CANARY = `canary-${randomBytes(16).toString('hex')}`;

export const encode = (part: string | Uint8Array): string => Buffer.from(part).toString('base64url');

/** Makes tokens that no library would make. */
export class Forge {
  readonly issuer: string;
  readonly neighbour: string;
  readonly now = Math.floor(Date.now() / 1000);

  constructor(issuer: string, neighbour: string) {
    this.issuer = issuer;
    this.neighbour = neighbour;
  }

  /** Claims that open the API; what is set to undefined is left out. */
  claims(more: Json = {}): Json {
    const { issuer: iss, now } = this;
    return {
      iss,
      sub: 'somebody',
      client_id: 'reader',
      aud: 'hostile-api',
      tid: 'ours',
      jti: CANARY,
      iat: now,
      exp: now + 900,
      ...more,
    };
  }

  /** Good claims but for these, signed by the issuer. */
  with(more: Json): string {
    return this.sign(this.claims(more));
  }

  /** Good claims under a header that is good but for this. */
  under(header: Json, key: Key = keys.rsa): string {
    return this.sign(this.claims(), key, header);
  }

  sign(claims: Json, key: Key = keys.rsa, header: Json = {}): string {
    const full = { alg: 'RS256', kid: key.kid, typ: 'JWT', ...header };
    return signText(JSON.stringify(full), JSON.stringify(claims), key, String(full.alg));
  }

  get parts(): readonly [header: string, payload: string, signature: string] {
    const [header = '', payload = '', signature = ''] = this.sign(this.claims()).split('.');
    return [header, payload, signature];
  }

  /** The payload as this text, which the issuer signed. */
  payload(change: (good: string) => string | Uint8Array): string {
    return signText('{"alg":"RS256","kid":"rsa"}', change(JSON.stringify(this.claims())), keys.rsa, 'RS256');
  }

  /** The header as this text, signed with RS256 by the issuer. */
  header(text: string | Uint8Array): string {
    return signText(text, JSON.stringify(this.claims()), keys.rsa, 'RS256');
  }

  /** A good payload under this header with a signature of its own making. */
  signedAs(header: Json, signature: Uint8Array | ((input: string) => Uint8Array)): string {
    const input = `${encode(JSON.stringify(header))}.${encode(JSON.stringify(this.claims()))}`;
    return `${input}.${encode(typeof signature === 'function' ? signature(input) : signature)}`;
  }
}

export function signText(header: string | Uint8Array, payload: string | Uint8Array, key: Key, alg: string): string {
  const input = `${encode(header)}.${encode(payload)}`;
  return `${input}.${encode(signatureOf(input, key, alg))}`;
}

function signatureOf(input: string, { privateKey, publicKey }: Key, alg: string): Uint8Array {
  const bytes = Buffer.from(input);
  const digest = `sha${/256|384|512/.exec(alg)?.[0] ?? '256'}`;
  if (alg === 'EdDSA') return signBytes(null, bytes, privateKey);
  if (alg.startsWith('ES') && privateKey.asymmetricKeyType === 'ec')
    return signBytes(digest, bytes, { key: privateKey, dsaEncoding: 'ieee-p1363' });
  if (alg.startsWith('HS'))
    return createHmac(digest, publicKey.export({ format: 'pem', type: 'spki' }))
      .update(bytes)
      .digest();
  if (alg.startsWith('PS')) return pss(input, privateKey, digest);
  return createSign(digest).update(bytes).sign(privateKey);
}

export function pss(input: string, key: KeyObject, digest = 'sha256'): Uint8Array {
  return signBytes(digest, Buffer.from(input), {
    key,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
  });
}
