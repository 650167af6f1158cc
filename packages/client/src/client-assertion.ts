/** A private key of Web Cryptography, with the usage `sign`. */
type PrivateKey = Parameters<typeof crypto.subtle.sign>[1];

/** A private key and how the issuer knows it. */
export type AssertionKey = {
  readonly privateKey: PrivateKey;
  readonly algorithm: 'RS256' | 'PS256' | 'ES256' | 'EdDSA';
  /** Header parameters by which the issuer finds the public key. `x5t` is how the Java client sends a certificate's. */
  readonly known: { readonly kid?: string; readonly x5t?: string; readonly 'x5t#S256'?: string };
};

export type AssertionKeySource = { readonly read: (anew?: boolean) => AssertionKey | Promise<AssertionKey> };

/** One request's worth: long enough for a slow connection, short enough to be worth nothing in a log. */
const LIFETIME_SECONDS = 60;

const SIGNING: { readonly [Name in AssertionKey['algorithm']]: AlgorithmIdentifierOf } = {
  RS256: { name: 'RSASSA-PKCS1-v1_5' },
  PS256: { name: 'RSA-PSS', saltLength: 32 },
  ES256: { name: 'ECDSA', hash: 'SHA-256' },
  EdDSA: { name: 'Ed25519' },
};

type AlgorithmIdentifierOf = { readonly name: string; readonly hash?: string; readonly saltLength?: number };

/**
 * A client assertion (RFC 7523 section 3): issuer and subject are the client, the audience is the token endpoint, the id is
 * used once. `now` is the issuer's time, in milliseconds since the epoch.
 */
export async function signClientAssertion(
  { privateKey, algorithm, known }: AssertionKey,
  about: { readonly clientId: string; readonly audience: string; readonly now: number },
): Promise<string> {
  const issued = Math.floor(about.now / 1_000);
  const header = { alg: algorithm, typ: 'JWT', ...known };
  const claims = {
    iss: about.clientId,
    sub: about.clientId,
    aud: about.audience,
    jti: crypto.randomUUID(),
    iat: issued,
    nbf: issued,
    exp: issued + LIFETIME_SECONDS,
  };
  const signed = `${base64url(utf8(JSON.stringify(header)))}.${base64url(utf8(JSON.stringify(claims)))}`;
  const signature = await crypto.subtle.sign(SIGNING[algorithm], privateKey, utf8(signed));
  return `${signed}.${base64url(new Uint8Array(signature))}`;
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
