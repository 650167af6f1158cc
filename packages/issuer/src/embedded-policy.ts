import { type Api, AUDIENCE_OPENS, type ClientId } from '@stagedoor/access';
import { EMBEDDED_TOKEN_TYPES, type IssuerPolicy, localKeySource, type SigningKeys } from '@stagedoor/tokens';
import { USER_MARK, type UserTokenRule } from './authorizing/user-token.ts';
import { issuerForms } from './issuer-forms.ts';

/** The audiences of the embedded issuer that open each API (contract, "Clients, scopes, audiences"). */
export function embeddedAudiences(): Readonly<Record<Api, readonly string[]>> {
  return {
    orchestration: audiencesThatOpen('orchestration'),
    operate: audiencesThatOpen('operate'),
    zeebe: audiencesThatOpen('zeebe'),
    tasklist: audiencesThatOpen('tasklist'),
    administration: audiencesThatOpen('administration'),
  };
}

function audiencesThatOpen(api: Api): readonly string[] {
  const rows: readonly (readonly [string, readonly Api[]])[] = Object.entries(AUDIENCE_OPENS);
  return rows.filter(([, opens]) => opens.includes(api)).map(([audience]) => audience);
}

/**
 * What a verifier has to demand of the tokens that are issued here: both issuer identifiers, only `at+jwt`, only our keys,
 * that the client is still registered and has not revoked the token. Whoever has `username` is a user, whose login still stands;
 * everybody else is a client.
 */
export function embeddedPolicy(parts: {
  readonly origin: string;
  readonly signingKeys: SigningKeys;
  readonly isRegistered: (clientId: ClientId) => boolean;
  readonly isRevoked: (clientId: ClientId, tokenId: string) => boolean;
  readonly userStands: UserTokenRule;
}): IssuerPolicy {
  const { saas, keycloak } = issuerForms(parts.origin);
  return {
    id: 'embedded',
    issuers: [saas.issuer, keycloak.issuer],
    keys: localKeySource(parts.signingKeys),
    algorithms: ['RS256', 'ES256', 'EdDSA'],
    types: EMBEDDED_TOKEN_TYPES,
    audiences: embeddedAudiences(),
    subject: {
      kind: 'marked',
      usernameClaim: USER_MARK,
      clientIdClaim: 'client_id',
      mark: { of: 'user', claim: USER_MARK },
    },
    stillRegistered: parts.isRegistered,
    isRevoked: parts.isRevoked,
    userStands: parts.userStands,
  };
}
