import { type Api, AUDIENCE_OPENS, isAudience, type NonEmpty } from '@stagedoor/access';
import type { SubjectMark } from '@stagedoor/tokens';
import type { Bound } from './bind.ts';
import type { ApiAudiences, AudienceRule, ForeignProvider, KeysAt, LoginSettings, Provider } from './configuration.ts';
import type { Preset } from './preset.ts';
import { joinKey } from './property.ts';
import { loginSettings, usableLogin } from './provider-login.ts';
import type { Settings } from './table/index.ts';
import { speaksTls } from './tls-settings.ts';

const FLAT = 'camunda.security.authentication.oidc';
const LISTED = 'camunda.security.authentication.providers.oidc';
const REALM = '/auth/realms/camunda-platform';

/** One identity provider as it was configured, before it is known whether it can be trusted. */
export type ConfiguredProvider = {
  readonly id: string;
  /** The key that its keys stand below. */
  readonly key: string;
  readonly issuerUri: string | undefined;
  readonly jwkSetUri: string | undefined;
  readonly jwkSetFile: string | undefined;
  readonly preset: Preset | null;
  readonly userWhere: string | undefined;
  readonly clientWhere: ReadonlyMap<string, readonly string[]>;
  readonly audiences: readonly string[];
  readonly audienceCheck: boolean;
  readonly audienceCheckKey: string;
  readonly pins: ReadonlyMap<string, readonly string[]>;
  readonly embedded: boolean;
  readonly login: LoginSettings | null;
  readonly policy: Pick<
    ForeignProvider,
    | 'usernameClaim'
    | 'clientIdClaim'
    | 'groupsClaim'
    | 'preferUsernameClaim'
    | 'clockSkewMilliseconds'
    | 'additionalJwkSetUris'
    | 'keysGraceMilliseconds'
    | 'componentPermissions'
    | 'issuerAliases'
    | 'algorithms'
    | 'tokenTypes'
  >;
};

/** The flat block, where it says whose tokens it means, and the listed providers. On an equal id the listed one stands. */
export function configuredProviders(settings: Settings): ConfiguredProvider[] {
  const listed = [...settings[LISTED]].map(([id, values]) =>
    configured(settings, { id, key: joinKey(LISTED, [id]), values }),
  );
  const id = settings[`${FLAT}.registration-id`];
  const flat = flatValues(settings);
  const speaks = flat['issuer-uri'] !== undefined || flat['jwk-set-uri'] !== undefined;
  if (!speaks || settings[LISTED].has(id)) return listed;
  return [configured(settings, { id, key: FLAT, values: flat }), ...listed];
}

type Trust = Pick<
  Settings[typeof LISTED] extends ReadonlyMap<string, infer V> ? V : never,
  | 'issuer-uri'
  | 'jwk-set-uri'
  | 'additional-jwk-set-uris'
  | 'audiences'
  | 'username-claim'
  | 'client-id-claim'
  | 'groups-claim'
  | 'prefer-username-claim'
  | 'clock-skew'
>;

function flatValues(settings: Settings): Trust {
  return {
    'issuer-uri': settings[`${FLAT}.issuer-uri`],
    'jwk-set-uri': settings[`${FLAT}.jwk-set-uri`],
    'additional-jwk-set-uris': settings[`${FLAT}.additional-jwk-set-uris`],
    audiences: settings[`${FLAT}.audiences`],
    'username-claim': settings[`${FLAT}.username-claim`],
    'client-id-claim': settings[`${FLAT}.client-id-claim`],
    'groups-claim': settings[`${FLAT}.groups-claim`],
    'prefer-username-claim': settings[`${FLAT}.prefer-username-claim`],
    'clock-skew': settings[`${FLAT}.clock-skew`],
  };
}

function configured(
  settings: Settings,
  { id, key, values }: { id: string; key: string; values: Trust },
): ConfiguredProvider {
  const own = settings['stagedoor.oidc.providers'].get(id);
  const uri = values['issuer-uri'] ?? values['jwk-set-uri'];
  return {
    id,
    key,
    issuerUri: values['issuer-uri'],
    jwkSetUri: values['jwk-set-uri'],
    jwkSetFile: own?.['jwk-set-file'],
    preset: own?.preset ?? null,
    userWhere: own?.['user-where'],
    clientWhere: own?.['client-where'] ?? new Map(),
    audiences: values.audiences,
    audienceCheck: settings['stagedoor.oidc.audience-check'] && own?.['audience-check'] !== false,
    audienceCheckKey:
      own?.['audience-check'] === false
        ? `${joinKey('stagedoor.oidc.providers', [id])}.audience-check`
        : 'stagedoor.oidc.audience-check',
    pins: new Map([...settings['stagedoor.oidc.pins'], ...(own?.pins ?? [])]),
    embedded: uri !== undefined && new URL(uri).origin === embeddedOrigin(settings),
    login: loginSettings(settings, id),
    policy: {
      usernameClaim: values['username-claim'],
      clientIdClaim: values['client-id-claim'] ?? null,
      groupsClaim: values['groups-claim'] ?? null,
      preferUsernameClaim: values['prefer-username-claim'],
      clockSkewMilliseconds: values['clock-skew'],
      additionalJwkSetUris: values['additional-jwk-set-uris'],
      keysGraceMilliseconds: settings['stagedoor.oidc.jwk-set-grace'],
      componentPermissions: settings['stagedoor.oidc.component-permissions'] || own?.['component-permissions'] === true,
      issuerAliases: own?.['issuer-aliases'] ?? [],
      algorithms: own?.algorithms ?? [],
      tokenTypes: (own?.['token-types'] ?? []).map((type) => (type === 'none' ? null : type)),
    },
  };
}

/** Where the embedded issuer will be; null while its port is not known. */
export function embeddedOrigin(settings: Settings): string | null {
  const said = settings['stagedoor.issuer.origin'];
  if (said !== undefined) return new URL(said).origin;
  const port = settings['stagedoor.issuer.port'];
  const scheme = speaksTls(settings, 'stagedoor.issuer.ssl.') ? 'https' : 'http';
  return port === 0 ? null : new URL(`${scheme}://localhost:${port}`).origin;
}

/** The two identifiers of the embedded issuer (contract: other realms are 404). */
export function isEmbeddedIdentifier(uri: string): boolean {
  const { pathname, search } = new URL(uri);
  return search === '' && (pathname === '/' || pathname === REALM);
}

/** The issuers whose tokens are trusted: the configured ones, or else the embedded one. */
export function trustedProviders(bound: Bound, configuredOnes: readonly ConfiguredProvider[]): NonEmpty<Provider> {
  const { settings } = bound;
  const embedded: Provider = { kind: 'embedded', audiences: embeddedAudiences(bound) };
  const [first, ...others] = configuredOnes.map((one): Provider => (one.embedded ? embedded : foreign(settings, one)));
  return first ? [first, ...others] : [embedded];
}

function foreign(settings: Settings, one: ConfiguredProvider): ForeignProvider {
  return {
    kind: 'foreign',
    id: one.id,
    keysAt: keysAt(one),
    audiences: foreignAudiences(settings, one),
    pins: withValues(one.pins),
    mark: markOf(one),
    login: usableLogin(one),
    ...one.policy,
  };
}

/** Only the claims that have a value: the others are refused before. */
function withValues(claims: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, NonEmpty<string>> {
  return new Map(
    [...claims].flatMap(([claim, [value, ...values]]) =>
      value === undefined ? [] : [[claim, [value, ...values]] as const],
    ),
  );
}

function markOf({ userWhere, clientWhere }: ConfiguredProvider): SubjectMark | null {
  if (userWhere !== undefined) return { of: 'user', claim: userWhere };
  const [first, ...more] = [...withValues(clientWhere)].map(([claim, oneOf]) => ({ claim, oneOf }));
  return first === undefined ? null : { of: 'client', values: [first, ...more] };
}

/** Where `issuer-uri` is set, discovery wins (facts, section 1.2). */
function keysAt({ issuerUri, jwkSetUri, jwkSetFile }: ConfiguredProvider): KeysAt {
  if (issuerUri !== undefined && jwkSetFile !== undefined) return { kind: 'file', path: jwkSetFile, issuer: issuerUri };
  if (issuerUri !== undefined) return { kind: 'discovery', issuer: issuerUri };
  return { kind: 'jwk-set', uri: jwkSetUri ?? '' };
}

function foreignAudiences(settings: Settings, one: ConfiguredProvider): ApiAudiences {
  const cluster: AudienceRule = one.audienceCheck
    ? { kind: 'any-of', audiences: one.audiences }
    : { kind: 'unchecked' };
  return perApi((api) => {
    const own = settings[`stagedoor.apis.${api}.audiences`];
    if (own.length > 0) return { kind: 'any-of', audiences: own };
    return api === 'administration' ? { kind: 'any-of', audiences: [] } : cluster;
  });
}

function embeddedAudiences({ settings }: Bound): ApiAudiences {
  return perApi((api) => {
    const own = settings[`stagedoor.apis.${api}.audiences`];
    const opening = Object.entries(AUDIENCE_OPENS).filter(([, apis]) => (apis as readonly Api[]).includes(api));
    return {
      kind: 'any-of',
      audiences: own.length > 0 ? own.filter(isAudience) : opening.map(([audience]) => audience),
    };
  });
}

function perApi(ruleOf: (api: Api) => AudienceRule): ApiAudiences {
  return {
    orchestration: ruleOf('orchestration'),
    operate: ruleOf('operate'),
    zeebe: ruleOf('zeebe'),
    tasklist: ruleOf('tasklist'),
    administration: ruleOf('administration'),
  };
}
