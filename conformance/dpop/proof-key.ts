import { generateKeyPairSync, hash, randomUUID, sign } from 'node:crypto';

/** A key of a client, and proofs made with it by hand, so that every member can be wrong. */
export type ProofKey = {
  /** RFC 7638, over the members in this order. */
  readonly thumbprint: string;
  /** For a request with this method at this address; members that are given replace those that are right. */
  proof(about: {
    readonly method: string;
    readonly url: string;
    readonly token?: string;
    readonly claims?: Readonly<Record<string, unknown>>;
  }): string;
};

export function proofKey(): ProofKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { crv, kty, x, y } = publicKey.export({ format: 'jwk' });
  const jwk = { crv, kty, x, y };
  return {
    thumbprint: hash('sha256', JSON.stringify(jwk), 'base64url'),
    proof: ({ method, url, token, claims }) => {
      const header = { typ: 'dpop+jwt', alg: 'ES256', jwk };
      const ath = token === undefined ? {} : { ath: hash('sha256', token, 'base64url') };
      const iat = Math.floor(Date.now() / 1000);
      const input = [header, { jti: randomUUID(), htm: method, htu: url, iat, ...ath, ...claims }]
        .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
        .join('.');
      const signature = sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' });
      return `${input}.${signature.toString('base64url')}`;
    },
  };
}
