import type { AssertionKeySettings, LoginSettings } from './configuration.ts';
import { joinKey } from './property.ts';
import type { Settings } from './table/index.ts';
import type { providerLoginFields } from './table/provider-login.ts';

const FLAT = 'camunda.security.authentication.oidc';
const LISTED = 'camunda.security.authentication.providers.oidc';

type Listed = Settings[typeof LISTED] extends ReadonlyMap<string, infer V> ? V : never;
type LoginValues = Pick<Listed, keyof typeof providerLoginFields>;

/** How people log in at a provider, by the keys of the flat block or of its own; null where none is a client there. */
export function loginSettings(settings: Settings, id: string): LoginSettings | null {
  const listed = settings[LISTED].get(id);
  const values = listed ?? flatValues(settings);
  const { 'client-id': clientId, 'authorization-uri': authorization, 'token-uri': token } = values;
  if (clientId === undefined) return null;
  const said = authorization !== undefined && token !== undefined;
  return {
    clientId,
    clientSecret: values['client-secret'] ?? null,
    name: values['client-name'] ?? id,
    authentication: values['client-authentication-method'],
    assertionKey: assertionKey(values, listed === undefined ? FLAT : joinKey(LISTED, [id])),
    endpoints: said
      ? {
          authorization,
          token,
          endSession: values['end-session-endpoint-uri'] ?? null,
          userInfo: values['user-info-uri'] ?? null,
        }
      : null,
    redirectUri: values['redirect-uri'] ?? null,
    scopes: [...new Set(['openid', ...(values.scope.length === 0 ? ['profile'] : values.scope)])],
    resources: values.resource,
    preferIdTokenClaims: values['prefer-id-token-claims'],
    userInfo: values['user-info-enabled'],
    idTokenAlgorithm: values['id-token-algorithm'],
    logoutAtProvider: values['idp-logout-enabled'],
    parameters: new Map([
      ...values['authorize-request.configuration.additional-parameters'],
      ...values['authorize-request.additional-parameters'],
    ]),
  };
}

/** Null where the provider is shown something else, or where the file is missing, which is told before. */
function assertionKey(values: LoginValues, below: string): AssertionKeySettings | null {
  if (values['client-authentication-method'] !== 'private_key_jwt') return null;
  const [path, former] = [values['assertion.keystore.path'], values['client-assertion.keystore.path']];
  const named = path ?? former;
  if (named === undefined) return null;
  return {
    key: `${below}.${path === undefined ? 'client-assertion' : 'assertion'}.keystore.path`,
    path: named,
    password: values['assertion.keystore.password'] ?? values['client-assertion.keystore.password'] ?? null,
    keyPassword: values['assertion.keystore.key-password'] ?? values['client-assertion.keystore.key-password'] ?? null,
    alias: values['assertion.keystore.key-alias'] ?? values['client-assertion.keystore.key-alias'] ?? null,
    kid: {
      source: values['assertion.kid-source'],
      digest: values['assertion.kid-digest-algorithm'],
      encoding: values['assertion.kid-encoding'],
      hexCase: values['assertion.kid-case'] ?? 'LOWER',
    },
  };
}

/** What a redirect URI ends in: the page before it is the root of what this program answers. */
export const CALLBACK = 'sso-callback';

/** The page at the root as browsers address it, where a redirect URI says so; null where the address of the listener is it. */
export function browsersHome(settings: Settings): string | null {
  const listed = [...settings[LISTED].values()].map((values) => values['redirect-uri']);
  const [first] = [settings[`${FLAT}.redirect-uri`], ...listed].filter((uri) => uri !== undefined);
  return first === undefined ? null : first.slice(0, -CALLBACK.length);
}

function flatValues(settings: Settings): LoginValues {
  return {
    'client-id': settings[`${FLAT}.client-id`],
    'client-secret': settings[`${FLAT}.client-secret`],
    'client-name': settings[`${FLAT}.client-name`],
    'client-authentication-method': settings[`${FLAT}.client-authentication-method`],
    'assertion.keystore.path': settings[`${FLAT}.assertion.keystore.path`],
    'assertion.keystore.password': settings[`${FLAT}.assertion.keystore.password`],
    'assertion.keystore.key-alias': settings[`${FLAT}.assertion.keystore.key-alias`],
    'assertion.keystore.key-password': settings[`${FLAT}.assertion.keystore.key-password`],
    'assertion.kid-source': settings[`${FLAT}.assertion.kid-source`],
    'assertion.kid-digest-algorithm': settings[`${FLAT}.assertion.kid-digest-algorithm`],
    'assertion.kid-encoding': settings[`${FLAT}.assertion.kid-encoding`],
    'assertion.kid-case': settings[`${FLAT}.assertion.kid-case`],
    'client-assertion.keystore.path': settings[`${FLAT}.client-assertion.keystore.path`],
    'client-assertion.keystore.password': settings[`${FLAT}.client-assertion.keystore.password`],
    'client-assertion.keystore.key-alias': settings[`${FLAT}.client-assertion.keystore.key-alias`],
    'client-assertion.keystore.key-password': settings[`${FLAT}.client-assertion.keystore.key-password`],
    'authorization-uri': settings[`${FLAT}.authorization-uri`],
    'token-uri': settings[`${FLAT}.token-uri`],
    'end-session-endpoint-uri': settings[`${FLAT}.end-session-endpoint-uri`],
    'user-info-uri': settings[`${FLAT}.user-info-uri`],
    'user-info-enabled': settings[`${FLAT}.user-info-enabled`],
    'redirect-uri': settings[`${FLAT}.redirect-uri`],
    scope: settings[`${FLAT}.scope`],
    resource: settings[`${FLAT}.resource`],
    'prefer-id-token-claims': settings[`${FLAT}.prefer-id-token-claims`],
    'id-token-algorithm': settings[`${FLAT}.id-token-algorithm`],
    'idp-logout-enabled': settings[`${FLAT}.idp-logout-enabled`],
    'authorize-request.additional-parameters': settings[`${FLAT}.authorize-request.additional-parameters`],
    'authorize-request.configuration.additional-parameters':
      settings[`${FLAT}.authorize-request.configuration.additional-parameters`],
  };
}

/** What stands in the way of a log-in, or does not. */
type LoginPlace = {
  readonly login: LoginSettings | null;
  readonly issuerUri: string | undefined;
  readonly jwkSetFile: string | undefined;
  readonly pins: ReadonlyMap<string, readonly string[]>;
};

/** Why nobody can log in at a provider whose client we are; null where people can. */
export function obstacleOf({ login, issuerUri, jwkSetFile, pins }: LoginPlace): string | null {
  if (issuerUri !== undefined && jwkSetFile === undefined) return null;
  if (login?.endpoints === null) return 'without discovery it needs authorization-uri and token-uri';
  if (issuerUri === undefined && pins.get('iss')?.length !== 1)
    return 'without issuer-uri it needs one pinned iss, which ID tokens must have';
  return null;
}

/** The settings of a log-in that works, and nothing where something stands in its way. */
export function usableLogin(one: LoginPlace): LoginSettings | null {
  return one.login !== null && obstacleOf(one) === null ? one.login : null;
}
