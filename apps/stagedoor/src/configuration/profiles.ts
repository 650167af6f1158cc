import type { Method, Profile } from './matrix.ts';
import { type Property, splitKey } from './property.ts';

type Layer = Readonly<Record<string, string>>;

const METHOD_LAYER = {
  none: {
    'camunda.security.authentication.method': 'basic',
    'camunda.security.authentication.unprotected-api': 'true',
  },
  basic: { 'camunda.security.authentication.method': 'basic' },
  oidc: { 'camunda.security.authentication.method': 'oidc' },
} as const satisfies Record<Method, Layer>;

const UNCHECKED: Layer = { 'camunda.security.authorizations.enabled': 'false' };

function demo(name: string, email: string): Layer {
  return {
    'camunda.security.initialization.users[0].username': 'demo',
    'camunda.security.initialization.users[0].password': 'demo',
    'camunda.security.initialization.users[0].name': name,
    'camunda.security.initialization.users[0].email': email,
    'camunda.security.initialization.default-roles.admin.users': 'demo',
  };
}

const C8RUN_USERS = demo('Demo', 'demo@example.com');
const COMPOSE_USERS = demo('Demo User', 'demo@demo.com');
const HELM_USERS: Layer = {
  ...demo('Demo User', 'demo@demo.com'),
  'camunda.security.initialization.users[1].username': 'connectors',
  'camunda.security.initialization.users[1].password': 'connector',
  'camunda.security.initialization.users[1].name': 'Connectors',
  'camunda.security.initialization.default-roles.connectors.users': 'connectors',
  'camunda.security.initialization.default-roles.connectors.clients': 'connectors',
};
/** Members whom the embedded issuer names in Keycloak's place. A foreign issuer may let anybody call himself so. */
const FULL_ROLES: Layer = {
  'camunda.security.initialization.default-roles.admin.users': 'demo',
  'camunda.security.initialization.default-roles.admin.clients': 'orchestration',
  'camunda.security.initialization.default-roles.connectors.users': 'connectors',
  'camunda.security.initialization.default-roles.connectors.clients': 'connectors',
};

/** What each distribution says for each method (facts, section 1.5). The cells that it does not support say nothing. */
const LAYERS = {
  c8run: { none: { ...UNCHECKED, ...C8RUN_USERS }, basic: C8RUN_USERS, oidc: {} },
  'docker-compose': { none: { ...UNCHECKED, ...COMPOSE_USERS }, basic: COMPOSE_USERS, oidc: {} },
  'docker-compose-full': { none: COMPOSE_USERS, basic: COMPOSE_USERS, oidc: FULL_ROLES },
  helm: { none: HELM_USERS, basic: HELM_USERS, oidc: {} },
  saas: { none: {}, basic: {}, oidc: {} },
} as const satisfies Record<Profile, Record<Method, Layer>>;

/** What a profile says for every method: the ones to develop with tell callers why they see less. */
const ALWAYS: Readonly<Record<Profile, Layer>> = {
  c8run: { 'stagedoor.explain.enabled': 'true' },
  'docker-compose': { 'stagedoor.explain.enabled': 'true' },
  'docker-compose-full': {},
  helm: {},
  saas: {},
};

/** Which of its cells a profile speaks from. */
export type Cell = { readonly profile: Profile; readonly method: Method; readonly foreignIssuer: boolean };

/** True where a profile has members for its roles that only the embedded issuer may name. */
export function withholdsRoles({ profile, method, foreignIssuer }: Cell): boolean {
  return foreignIssuer && method === 'oidc' && Object.keys(LAYERS[profile].oidc).length > 0;
}

/** The properties of a profile: those of its method and no other's. */
export function profileProperties(cell: Cell): Property[] {
  const { profile, method } = cell;
  const layer: Layer = {
    ...ALWAYS[profile],
    ...METHOD_LAYER[method],
    ...(withholdsRoles(cell) ? {} : LAYERS[profile][method]),
  };
  return Object.entries(layer).map(([key, text]) => ({
    path: splitKey(key),
    text,
    origin: { kind: 'profile', profile },
  }));
}
