import { assertNever } from '@stagedoor/access';
import { acceptCode, acceptRefreshToken } from './authorizing/accept-login-grant.ts';
import type { AuthenticatedRequest, Grant, GrantedRequest, Outcome, TokenIssuance } from './token-request.ts';

/** What the grant gives to the client, which has shown who it is. By client credentials it acts for itself. */
export async function acceptGrant(
  request: AuthenticatedRequest,
  issuance: TokenIssuance,
): Promise<Outcome<GrantedRequest>> {
  const grant = await grantOf(request, issuance);
  return grant.ok ? { ok: true, value: { ...request, grant: grant.value } } : grant;
}

function grantOf(request: AuthenticatedRequest, issuance: TokenIssuance): Outcome<Grant> | Promise<Outcome<Grant>> {
  switch (request.grantType) {
    case 'client_credentials':
      return { ok: true, value: { kind: 'client-credentials' } };
    case 'authorization_code':
      return acceptCode(request, issuance);
    case 'refresh_token':
      return acceptRefreshToken(request, issuance);
    default:
      return assertNever(request.grantType);
  }
}
