import type { TokenVerifier } from '@stagedoor/access';
import type { FinishedLogin } from '@stagedoor/gateway';
import { type IssuerPolicy, meetsPin, subjectOfClaims } from '@stagedoor/tokens';
import type { LoginProvider } from './login-provider.ts';
import { readSignedClaims } from './signed-claims.ts';

export type ReceivedTokens = { readonly idToken: string; readonly accessToken: string };

type Claims = Readonly<Record<string, unknown>>;

/** OpenID Connect names no type for ID tokens; what is an access or a logout token says so. */
const ID_TOKEN_TYPES = ['jwt', null];

/**
 * Whom the provider's tokens name. What a request with the access token would be allowed, the session is; where the access token
 * is not for this API, or can be read by nobody but the provider, the ID token says who it is. Whoever logs in with a browser is
 * a person. Not checked here: what openid-client checked of the ID token (OpenID Connect Core section 3.1.3.7 but its signature).
 */
export async function loginOf(
  { idToken, accessToken }: ReceivedTokens,
  { id, policy, settings }: LoginProvider,
  verifier: TokenVerifier,
): Promise<FinishedLogin> {
  const signed = await readSignedClaims(idToken, policy, ID_TOKEN_TYPES);
  if (signed.kind === 'unavailable') return signed;
  if (signed.kind === 'refused') return refused(`the ID token ${signed.problem}`);
  const { iss, sub, sid } = signed.claims;
  if (typeof iss !== 'string' || typeof sub !== 'string') return refused('the ID token names nobody');
  const verified = settings.preferIdTokenClaims ? null : await claimsOf(accessToken, policy, verifier);
  const unpinned = verified === null ? lackingPin(policy, signed.claims) : null;
  if (unpinned !== null) return refused(`the ID token does not have the value that is pinned for ${unpinned}`);
  const claims = verified ?? signed.claims;
  const named = subjectOfClaims(claims, { ...policy, subject: { kind: 'claims', usernameClaim: nameClaim(policy) } });
  if (!named.ok) return refused(`its ${verified === null ? 'ID' : 'access'} token ${named.problem}`);
  const { token } = named.value;
  if (token.subject.kind !== 'user') return refused('its token names a client');
  const { username } = token.subject;
  const stands = () => policy.userStands?.(username, claims) !== false;
  const login = { provider: id, username, subject: token, issuer: iss, sub, idToken, stands };
  return { kind: 'in', login: { ...login, sid: typeof sid === 'string' ? sid : null } };
}

/** Of an access token that would open the API by this provider's policy; null for any other. */
async function claimsOf(token: string, { id }: IssuerPolicy, verifier: TokenVerifier): Promise<Claims | null> {
  const verdict = await verifier.verify({ token, api: 'orchestration', method: 'GET', url: '/' });
  return verdict.kind === 'verified' && verdict.evidence?.policy === id ? verdict.subject.claims : null;
}

/** What is pinned of access tokens holds of ID tokens, but for the claim by which Cognito tells the two apart. */
function lackingPin({ pins = [] }: IssuerPolicy, claims: Claims): string | null {
  return pins.find((pin) => pin.claim !== 'token_use' && !meetsPin(claims, pin))?.claim ?? null;
}

function nameClaim({ subject }: IssuerPolicy): string {
  return subject.kind === 'client' ? 'sub' : subject.usernameClaim;
}

function refused(operator: string): FinishedLogin {
  return { kind: 'refused', operator };
}
