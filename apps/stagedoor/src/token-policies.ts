import type { Api, ClientId, Clock, NonEmpty } from '@stagedoor/access';
import { embeddedPolicy, type Issuer } from '@stagedoor/issuer';
import {
  type ClaimPin,
  type IssuerPolicy,
  type RemoteKeySource,
  remoteKeySource,
  type SigningKeys,
} from '@stagedoor/tokens';
import type { ApiAudiences, EmbeddedProvider, ForeignProvider, Provider } from './configuration/index.ts';

/** The embedded issuer as the verifier needs it; its keys are reached in this process. */
export type EmbeddedIssuer = { readonly origin: string; readonly signingKeys: SigningKeys; readonly issuer: Issuer };

export type PolicyParts = {
  readonly providers: NonEmpty<Provider>;
  readonly embedded: EmbeddedIssuer | null;
  readonly clock: Clock;
  readonly onProblem: (problem: string) => void;
};

/** Algorithms of a foreign issuer: the original's (facts, section 4.1), and EdDSA. */
const FOREIGN_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const;

/** What is believed of each trusted issuer, and the key sources that can be warmed up. */
export function tokenPolicies(parts: PolicyParts): { policies: IssuerPolicy[]; remote: RemoteKeySource[] } {
  const remote: RemoteKeySource[] = [];
  const policies = parts.providers.map((provider) => {
    if (provider.kind === 'embedded') return ofEmbedded(parts.embedded, provider);
    const keys = keysOf(provider, parts);
    remote.push(keys);
    return ofForeign(provider, keys);
  });
  return { policies, remote };
}

function ofEmbedded(embedded: EmbeddedIssuer | null, provider: EmbeddedProvider): IssuerPolicy {
  if (embedded === null) throw new TypeError('the embedded issuer is trusted and does not run');
  const { origin, signingKeys, issuer } = embedded;
  const policy = embeddedPolicy({
    origin,
    signingKeys,
    isRegistered: (clientId: ClientId) => issuer.isRegistered(clientId),
    isRevoked: (clientId: ClientId, tokenId: string) => issuer.isRevoked(clientId, tokenId),
  });
  return { ...policy, audiences: audiencesOf(provider.audiences) };
}

function keysOf(
  { id, keysAt, additionalJwkSetUris }: ForeignProvider,
  { clock, onProblem }: PolicyParts,
): RemoteKeySource {
  return remoteKeySource({
    from: keysAt.kind === 'discovery' ? { issuer: keysAt.issuer } : { jwksUri: keysAt.uri },
    additionalJwksUris: additionalJwkSetUris,
    clock,
    onProblem: (problem) => onProblem(`issuer ${id}: ${problem}`),
  });
}

function ofForeign(provider: ForeignProvider, keys: RemoteKeySource): IssuerPolicy {
  const {
    id,
    keysAt,
    pins,
    clockSkewMilliseconds,
    groupsClaim,
    clientIdClaim,
    usernameClaim,
    preferUsernameClaim,
    componentPermissions,
  } = provider;
  return {
    id,
    issuers: keysAt.kind === 'discovery' ? [keysAt.issuer] : (pins.get('iss') ?? 'unnamed'),
    keys,
    algorithms: FOREIGN_ALGORITHMS,
    audiences: audiencesOf(provider.audiences),
    pins: [...pins].map(([claim, values]): ClaimPin => ({ claim, oneOf: values })),
    clockSkewSeconds: clockSkewMilliseconds / 1000,
    subject: {
      kind: 'claims',
      usernameClaim,
      preferUsernameClaim,
      ...(clientIdClaim === null ? {} : { clientIdClaim }),
    },
    componentPermissions,
    ...(groupsClaim === null ? {} : { groupsClaim }),
  };
}

function audiencesOf(rules: ApiAudiences): IssuerPolicy['audiences'] {
  const entries = Object.entries(rules).map(([api, rule]) => [
    api,
    rule.kind === 'unchecked' ? 'unchecked' : rule.audiences,
  ]);
  // One entry for each API: `ApiAudiences` has them all.
  return Object.fromEntries(entries) as Record<Api, readonly string[] | 'unchecked'>;
}
