type Claims = Readonly<Record<string, unknown>>;

/** What Keycloak writes into the claim `typ` of tokens that are not for an API; its access tokens say `Bearer` or `DPoP`. */
const KEYCLOAK_KINDS: readonly unknown[] = ['ID', 'Refresh', 'Offline', 'Logout'];
/**
 * Claims that an access token never has: hashes of what is issued beside an ID token (OpenID Connect Core sections 3.1.3.6
 * and 3.3.2.11), and the events of a logout token or another security event (RFC 8417 section 2.2).
 */
const FOREIGN_CLAIMS = ['at_hash', 'c_hash', 's_hash', 'events'] as const;

/**
 * Whether claims are recognizably not those of an access token (RFC 8725 section 3.12). Issuers of old write the same `typ`
 * header, or none, on all their tokens, and sign them with one key; an ID token may even have an audience that is accepted.
 * Not recognized: an ID token that differs from an access token in nothing but its purpose.
 */
export function isOtherKindOfToken(claims: Claims): boolean {
  if (KEYCLOAK_KINDS.includes(claims.typ)) return true;
  // Amazon Cognito tells its tokens apart by this claim alone.
  if (claims.token_use !== undefined && claims.token_use !== 'access') return true;
  return FOREIGN_CLAIMS.some((name) => Object.hasOwn(claims, name));
}
