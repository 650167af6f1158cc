import { type Api, assertNever, type ClientId, type Clock, type NonEmpty } from '@stagedoor/access';
import { embeddedPolicy, type Issuer } from '@stagedoor/issuer';
import {
  type ClaimPin,
  type IssuerPolicy,
  type RemoteKeySource,
  type RemoteKeySourceOptions,
  remoteKeySource,
  type SigningKeys,
  type SubjectRule,
} from '@stagedoor/tokens';
import { FOREIGN_ALGORITHMS } from './configuration/foreign-algorithms.ts';
import type { ApiAudiences, EmbeddedProvider, ForeignProvider, Provider } from './configuration/index.ts';

/** The embedded issuer as the verifier needs it; its keys are reached in this process. */
export type EmbeddedIssuer = { readonly origin: string; readonly signingKeys: SigningKeys; readonly issuer: Issuer };

export type PolicyParts = {
  readonly providers: NonEmpty<Provider>;
  readonly embedded: EmbeddedIssuer | null;
  readonly clock: Clock;
  readonly onProblem: (problem: string) => void;
};

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
    userStands: (username, claims) => issuer.userStands(username, claims),
  });
  return { ...policy, audiences: audiencesOf(provider.audiences) };
}

function keysOf(provider: ForeignProvider, { clock, onProblem }: PolicyParts): RemoteKeySource {
  const warn = (problem: string) => onProblem(`issuer ${provider.id}: ${problem}`);
  return remoteKeySource({
    from: whereKeysAre(provider),
    additionalJwksUris: provider.additionalJwkSetUris,
    graceMilliseconds: provider.keysGraceMilliseconds,
    // Half of what is forgiven: somebody should hear of it before tokens are refused.
    skew: { fromMilliseconds: provider.clockSkewMilliseconds / 2, report: (skew) => warn(clocksDiffer(skew)) },
    clock,
    onProblem: warn,
  });
}

function whereKeysAre({ keysAt, issuerAliases }: ForeignProvider): RemoteKeySourceOptions['from'] {
  switch (keysAt.kind) {
    case 'discovery':
      return { issuer: keysAt.issuer, aliases: issuerAliases };
    case 'jwk-set':
      return { jwksUri: keysAt.uri };
    case 'file':
      return { file: keysAt.path };
    default:
      return assertNever(keysAt);
  }
}

function clocksDiffer(skew: number): string {
  const seconds = Math.round(Math.abs(skew) / 1000);
  return `its clock is ${seconds} s ${skew > 0 ? 'ahead of' : 'behind'} ours: tokens are refused where it is more than clock-skew`;
}

function ofForeign(provider: ForeignProvider, keys: RemoteKeySource): IssuerPolicy {
  const { id, pins, clockSkewMilliseconds, groupsClaim, componentPermissions } = provider;
  const [type, ...types] = provider.tokenTypes;
  const [algorithm = 'RS256', ...algorithms] =
    provider.algorithms.length > 0 ? provider.algorithms : FOREIGN_ALGORITHMS;
  return {
    id,
    issuers: issuersOf(provider),
    keys,
    algorithms: [algorithm, ...algorithms],
    ...(type === undefined ? {} : { types: [type, ...types] }),
    audiences: audiencesOf(provider.audiences),
    pins: [...pins].map(([claim, values]): ClaimPin => ({ claim, oneOf: values })),
    clockSkewSeconds: clockSkewMilliseconds / 1000,
    subject: subjectRuleOf(provider),
    componentPermissions,
    ...(groupsClaim === null ? {} : { groupsClaim }),
  };
}

function issuersOf({ keysAt, pins, issuerAliases }: ForeignProvider): IssuerPolicy['issuers'] {
  return keysAt.kind === 'jwk-set' ? (pins.get('iss') ?? 'unnamed') : [keysAt.issuer, ...issuerAliases];
}

function subjectRuleOf({ mark, usernameClaim, clientIdClaim, preferUsernameClaim }: ForeignProvider): SubjectRule {
  if (mark !== null && clientIdClaim !== null) return { kind: 'marked', usernameClaim, clientIdClaim, mark };
  return { kind: 'claims', usernameClaim, preferUsernameClaim, ...(clientIdClaim === null ? {} : { clientIdClaim }) };
}

function audiencesOf(rules: ApiAudiences): IssuerPolicy['audiences'] {
  const entries = Object.entries(rules).map(([api, rule]) => [
    api,
    rule.kind === 'unchecked' ? 'unchecked' : rule.audiences,
  ]);
  // One entry for each API: `ApiAudiences` has them all.
  return Object.fromEntries(entries) as Record<Api, readonly string[] | 'unchecked'>;
}
