import type { Preset } from './preset.ts';
import { joinKey, type Property, splitKey } from './property.ts';
import { configuredProviders } from './providers.ts';
import type { Settings } from './table/index.ts';

type Layer = {
  /** Below the provider: keys that Camunda has, too. */
  readonly trust: Readonly<Record<string, string>>;
  /** Below `stagedoor.oidc.providers.<id>`: keys of our own. */
  readonly own: Readonly<Record<string, string>>;
};

/** Auth0's grant type, as its tokens name it; tokens of users name another one or none. Camunda SaaS is built upon it. */
const AUTH0: Layer = {
  trust: { 'username-claim': 'sub', 'client-id-claim': 'azp' },
  own: { algorithms: 'RS256', 'client-where.gty': 'client-credentials' },
};

/** Only tokens of users have scopes (`scp`): all of them have a client, and both kinds an object id. */
function entra(version: string, clientIdClaim: string): Layer {
  return {
    trust: { 'username-claim': 'oid', 'client-id-claim': clientIdClaim },
    own: { algorithms: 'RS256', 'user-where': 'scp', 'pins.ver': version },
  };
}

/**
 * What is known of the access tokens of widespread identity providers, as configuration that a person can overrule key by
 * key. What only its operator can know is not among it: the audience, and the second pin of an issuer that many share.
 */
const LAYERS: Readonly<Record<Preset, Layer>> = {
  'camunda-saas': AUTH0,
  // A client's own token has `client_id`; one of a user has `azp` in its place.
  keycloak: { trust: { 'username-claim': 'preferred_username', 'client-id-claim': 'client_id' }, own: {} },
  'entra-v1': entra('1.0', 'appid'),
  'entra-v2': entra('2.0', 'azp'),
  auth0: AUTH0,
  // `uid` is the user's key; a client's own token has none.
  okta: {
    trust: { 'username-claim': 'sub', 'client-id-claim': 'cid' },
    own: { algorithms: 'RS256', 'user-where': 'uid' },
  },
  // Its access tokens have no `aud`; ID tokens, which have one, differ in `token_use` alone.
  cognito: {
    trust: { 'username-claim': 'username', 'client-id-claim': 'client_id' },
    own: { algorithms: 'RS256', 'user-where': 'username', 'audience-check': 'false', 'pins.token_use': 'access' },
  },
};

/** The properties of every preset that a provider asks for; `settings` are what was said without them. */
export function presetProperties(settings: Settings): Property[] {
  return configuredProviders(settings).flatMap(({ id, key, preset }) => {
    if (preset === null) return [];
    const { trust, own } = LAYERS[preset];
    const ownKey = joinKey('stagedoor.oidc.providers', [id]);
    return [...below(key, trust), ...below(ownKey, own)].map(
      ([at, text]): Property => ({ path: splitKey(at), text, origin: { kind: 'preset', preset } }),
    );
  });
}

function below(key: string, layer: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(layer).map(([name, text]) => [`${key}.${name}`, text]);
}
