import type { RegisteredClient } from './registered-client.ts';
import type { BoundRequest, Confirmation, Outcome, TokenAnswer, TokenIssuance } from './token-request.ts';

/**
 * Signs an access token for a client (RFC 9068 section 2.2) and answers with it. It lives as long as the client's registration says, or as everybody's,
 * and does not outlive its client.
 * `sub`, `client_id` and Keycloak's `azp` all name the client: whatever claim a resource server is told to read is right.
 */
export async function issueAccessToken(
  request: BoundRequest,
  { signingKeys, tokenLifetimeSeconds, clock, randomness }: TokenIssuance,
): Promise<Outcome<TokenAnswer>> {
  const { client, form, confirmation } = request;
  const issuedAt = Math.floor(clock.now() / 1000);
  const lifetime = lifetimeOf(client, { tokenLifetimeSeconds }, issuedAt);
  // It expires within this second: as good as expired.
  if (lifetime < 1)
    return { ok: false, problem: { kind: 'client-refused', basic: false, why: 'expires in this second' } };
  const [audience, ...more] = request.audiences;
  // RFC 6749 section 3.3 has no empty scope: a token for a service elsewhere has none.
  const scope = request.scopes.length === 0 ? {} : { scope: request.scopes.join(' ') };
  const claims = {
    // First, so that nothing that follows can be said by them.
    ...client.claims,
    iss: form.issuer,
    sub: client.clientId,
    client_id: client.clientId,
    azp: client.clientId,
    aud: more.length === 0 ? audience : request.audiences,
    iat: issuedAt,
    exp: issuedAt + lifetime,
    jti: Buffer.from(randomness.bytes(16)).toString('base64url'),
    ...scope,
    ...(confirmation === null ? {} : { cnf: cnfOf(confirmation) }),
  };
  return {
    ok: true,
    value: {
      access_token: await signingKeys.sign(claims, 'at+jwt'),
      expires_in: lifetime,
      refresh_expires_in: 0,
      token_type: confirmation?.kind === 'dpop' ? 'DPoP' : 'Bearer',
      'not-before-policy': 0,
      ...scope,
    },
  };
}

/** In seconds; less than 1 for a client that expires within this second. */
export function lifetimeOf(
  client: RegisteredClient,
  { tokenLifetimeSeconds }: Pick<TokenIssuance, 'tokenLifetimeSeconds'>,
  issuedAt: number,
): number {
  const untilExpired = Math.floor((client.expires ?? Number.POSITIVE_INFINITY) / 1000) - issuedAt;
  return Math.min(client.tokenLifetimeSeconds ?? tokenLifetimeSeconds, untilExpired);
}

/** RFC 7800: the method of confirmation, and nothing else. */
export function cnfOf({ kind: _, ...confirmed }: Confirmation): Readonly<Record<string, string>> {
  return confirmed;
}
