/**
 * The algorithms that a token may be signed with (RFC 7518 section 3.1, RFC 8037), and the only shape of key that fits each.
 * No HS* and no none: with a published key set they would let anybody sign. No PS*: Camunda has none.
 */
export const SIGNATURE_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const;
export type SignatureAlgorithm = (typeof SIGNATURE_ALGORITHMS)[number];

type KeyShape =
  | { readonly kty: 'RSA' }
  | { readonly kty: 'EC'; readonly crv: 'P-256' | 'P-384' | 'P-521' }
  | { readonly kty: 'OKP'; readonly crv: 'Ed25519' };

const KEY_SHAPES: Readonly<Record<SignatureAlgorithm, KeyShape>> = {
  RS256: { kty: 'RSA' },
  RS384: { kty: 'RSA' },
  RS512: { kty: 'RSA' },
  ES256: { kty: 'EC', crv: 'P-256' },
  ES384: { kty: 'EC', crv: 'P-384' },
  ES512: { kty: 'EC', crv: 'P-521' },
  EdDSA: { kty: 'OKP', crv: 'Ed25519' },
};

export function isSignatureAlgorithm(text: unknown): text is SignatureAlgorithm {
  return (SIGNATURE_ALGORITHMS as readonly unknown[]).includes(text);
}

/** Which algorithms a key may be used with: those of its type and curve, or the one that the key itself names. */
export function algorithmsOfKey(jwk: Readonly<Record<string, unknown>>): readonly SignatureAlgorithm[] {
  return SIGNATURE_ALGORITHMS.filter((algorithm) => {
    const shape = KEY_SHAPES[algorithm];
    if (jwk.kty !== shape.kty) return false;
    if (shape.kty !== 'RSA' && jwk.crv !== shape.crv) return false;
    return jwk.alg === undefined || jwk.alg === algorithm;
  });
}
