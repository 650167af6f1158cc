import { APIS, AUDIENCE_OPENS, isAudience } from '@stagedoor/access';
import type { Bound } from './bind.ts';
import { sentence } from './problems.ts';
import { isSaid, joinKey, type Origin } from './property.ts';
import { type ConfiguredProvider, isEmbeddedIdentifier } from './providers.ts';
import type { Reports } from './reports.ts';

export type ProviderCheck = {
  readonly bound: Bound;
  readonly reports: Reports;
  readonly providers: readonly ConfiguredProvider[];
};

/** The embedded issuer, listed among the providers by its own address. */
export function checkEmbedded(one: ConfiguredProvider, { bound, reports }: ProviderCheck): void {
  const key = `${one.key}.issuer-uri`;
  if (one.issuerUri !== undefined && !isEmbeddedIdentifier(one.issuerUri)) {
    reports.problems.addUnless(
      [],
      key,
      bound.originOf(key),
      'is an address of the embedded issuer that it does not answer to: use its origin, or its origin with /auth/realms/camunda-platform',
    );
  }
  reports.notes.add(
    sentence(
      one.issuerUri === undefined ? `${one.key}.jwk-set-uri` : key,
      bound.originOf(key),
      'is the embedded issuer of this program',
    ),
  );
}

const TRUST_KEYS = [
  'audiences',
  'username-claim',
  'client-id-claim',
  'groups-claim',
  'prefer-username-claim',
  'clock-skew',
  'additional-jwk-set-uris',
];
const ENDPOINTS = [
  'authorization-uri',
  'token-uri',
  'user-info-uri',
  'end-session-endpoint-uri',
  'additional-jwk-set-uris',
];

/** Keys for a foreign issuer where there is none: they would be a false comfort. */
export function checkEmbeddedAlone({ bound, reports, providers }: ProviderCheck): void {
  const { entries, settings, originOf } = bound;
  const flat = 'camunda.security.authentication.oidc';
  const said = new Map(entries.filter((entry) => isSaid(entry.origin)).map((entry) => [entry.key, entry.origin]));
  const endpoint = ENDPOINTS.find((name) => said.has(`${flat}.${name}`));
  if (endpoint && providers.length === 0) {
    const key = `${flat}.${endpoint}`;
    reports.problems.addUnless(
      [`${flat}.issuer-uri`, `${flat}.jwk-set-uri`],
      key,
      said.get(key) ?? null,
      `names an endpoint of an issuer that is not named itself: set ${flat}.issuer-uri or ${flat}.jwk-set-uri`,
    );
  }
  const ignored = [flat, ...providers.map((one) => one.key)].flatMap((key) =>
    TRUST_KEYS.map((name) => `${key}.${name}`),
  );
  for (const key of new Set(ignored)) warnIgnored(key, said.get(key), reports);
  for (const key of [
    'stagedoor.oidc.audience-check',
    ...[...settings['stagedoor.oidc.pins'].keys()].map((name) => joinKey('stagedoor.oidc.pins', [name])),
  ]) {
    const origin = originOf(key);
    if (isSaid(origin))
      reports.problems.addUnless(
        [],
        key,
        origin,
        'is for a foreign issuer, and none is configured: remove it, or set camunda.security.authentication.oidc.issuer-uri',
      );
  }
  checkKnownAudiences(bound, reports);
}

function warnIgnored(key: string, origin: Origin | undefined, { warnings }: Reports): void {
  if (origin)
    warnings.add(
      sentence(
        key,
        origin,
        'is for a foreign issuer and has no effect on the embedded one, whose tokens have rules of their own',
      ),
    );
}

function checkKnownAudiences({ settings, originOf }: Bound, { problems }: Reports): void {
  for (const api of APIS) {
    const key = `stagedoor.apis.${api}.audiences` as const;
    if (settings[key].every(isAudience)) continue;
    problems.addUnless(
      [],
      key,
      originOf(key),
      `names an audience that the embedded issuer does not issue: use some of ${Object.keys(AUDIENCE_OPENS).join(', ')}`,
    );
  }
}
