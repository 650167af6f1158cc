import type { TokenSubject, TokenVerifier, Username } from '@stagedoor/access';
import type { FinishedLogin } from '@stagedoor/gateway';
import { type IssuerPolicy, meetsPin, readClaim, subjectOfClaims } from '@stagedoor/tokens';
import type { LoginProvider } from './login-provider.ts';
import { readSignedClaims } from './signed-claims.ts';
import type { UserInfo } from './user-info.ts';

export type ReceivedTokens = {
  readonly idToken: string;
  readonly accessToken: string;
  /** What the provider says besides; asked once at most. */
  readonly userInfo: (sub: string) => Promise<UserInfo>;
};

type Claims = Readonly<Record<string, unknown>>;

/** OpenID Connect names no type for ID tokens; what is an access or a logout token says so. */
const ID_TOKEN_TYPES = ['jwt', null];

/**
 * Whom the provider's tokens name. What a request with the access token would be allowed, the session is; where the access token
 * is not for this API, or can be read by nobody but the provider, the ID token says who it is, and user info where the ID token
 * does not. Whoever logs in with a browser is a person. Not checked here: what openid-client checked of the ID token (OpenID
 * Connect Core section 3.1.3.7 but its signature).
 */
export async function loginOf(
  { idToken, accessToken, userInfo }: ReceivedTokens,
  { id, policy, settings }: LoginProvider,
  verifier: TokenVerifier,
): Promise<FinishedLogin> {
  const signed = await readSignedClaims(idToken, policy, ID_TOKEN_TYPES);
  if (signed.kind === 'unavailable') return signed;
  if (signed.kind === 'refused') return refused(`the ID token ${signed.problem}`);
  const { iss, sub, sid } = signed.claims;
  if (typeof iss !== 'string' || typeof sub !== 'string') return refused('the ID token names nobody');
  const verified = settings.preferIdTokenClaims ? null : await claimsOf(accessToken, policy, verifier);
  const person =
    verified === null
      ? await byIdToken(signed.claims, policy, () => userInfo(sub))
      : personOf(verified, policy, { username: nameIn(verified, policy), groups: groupsIn(verified, policy) });
  if (person.kind !== 'person') return person;
  const { username, subject } = person;
  const stands = () => policy.userStands?.(username, subject.claims) !== false;
  const login = { provider: id, username, subject, issuer: iss, sub, idToken, stands };
  return { kind: 'in', login: { ...login, sid: typeof sid === 'string' ? sid : null } };
}

type Person = { readonly kind: 'person'; readonly username: Username; readonly subject: TokenSubject };
type Nobody = Exclude<FinishedLogin, { kind: 'in' }>;

async function byIdToken(claims: Claims, policy: IssuerPolicy, ask: () => Promise<UserInfo>): Promise<Person | Nobody> {
  const unpinned = lackingPin(policy, claims);
  if (unpinned !== null) return refused(`the ID token does not have the value that is pinned for ${unpinned}`);
  const [username, groups] = [nameIn(claims, policy), groupsIn(claims, policy)];
  const isWhole = username !== undefined && (groups !== undefined || policy.groupsClaim === undefined);
  const info: UserInfo = isWhole ? { kind: 'claims', claims: {} } : await ask();
  if (info.kind !== 'claims') return info;
  const more = info.claims;
  return personOf(claims, policy, {
    username: username ?? nameIn(more, policy),
    groups: groups ?? groupsIn(more, policy),
  });
}

type Named = { readonly username: unknown; readonly groups: unknown };

/** Name and groups may be of user info; every other right that claims give comes from `claims`, which are signed. */
function personOf(claims: Claims, policy: IssuerPolicy, { username, groups }: Named): Person | Nobody {
  const { groupsClaim, componentPermissions } = policy;
  const named = subjectOfClaims(
    { ...claims, username, groups },
    {
      subject: { kind: 'claims', usernameClaim: 'username' },
      ...(groupsClaim === undefined ? {} : { groupsClaim: 'groups' }),
      ...(componentPermissions === undefined ? {} : { componentPermissions }),
    },
  );
  if (!named.ok) return refused(`what it says of the person ${named.problem}`);
  const { subject, ...token } = named.value.token;
  if (subject.kind !== 'user') return refused('its token names a client');
  return { kind: 'person', username: subject.username, subject: { ...token, subject, claims } };
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

function nameIn(claims: Claims, { subject }: IssuerPolicy): unknown {
  return saidIn(claims, subject.kind === 'client' ? 'sub' : subject.usernameClaim);
}

function groupsIn(claims: Claims, { groupsClaim }: IssuerPolicy): unknown {
  return groupsClaim === undefined ? undefined : saidIn(claims, groupsClaim);
}

/** A JSONPath that can match several places matches none with an empty list, as if that were said. */
function saidIn(claims: Claims, path: string): unknown {
  const value = readClaim(claims, path) ?? undefined;
  return path.startsWith('$') && Array.isArray(value) && value.length === 0 ? undefined : value;
}

function refused(operator: string): Extract<FinishedLogin, { kind: 'refused' }> {
  return { kind: 'refused', operator };
}
