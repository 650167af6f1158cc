import { assertNever } from '@stagedoor/access';
import type { AuthenticatedRequest, GrantedRequest, Outcome } from './token-request.ts';

/** What the grant gives to the client, which has shown who it is. By client credentials it acts for itself. */
export function acceptGrant(request: AuthenticatedRequest): Outcome<GrantedRequest> {
  switch (request.grantType) {
    case 'client_credentials':
      return { ok: true, value: { ...request, grant: { kind: 'client-credentials' } } };
    default:
      return assertNever(request.grantType);
  }
}
