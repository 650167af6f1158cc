import { WEB_PAGES_CLIENT_ID } from '@stagedoor/issuer';
import type { IssuerPolicy } from '@stagedoor/tokens';
import type { ForeignProvider, LoginSettings, Provider } from '../configuration/index.ts';
import type { EmbeddedIssuer } from '../token-policies.ts';
import { fetchInProcess } from './fetch-in-process.ts';
import type { LoginProvider } from './login-provider.ts';
import { fetchFromProvider } from './provider-fetch.ts';

export type LoginProviderParts = {
  readonly providers: readonly Provider[];
  /** One for each provider, in the same order. */
  readonly policies: readonly IssuerPolicy[];
  readonly embedded: EmbeddedIssuer | null;
  /** The page at the root of this program's paths, with a slash at its end. */
  readonly home: string;
};

/** The web pages are a client of the embedded issuer by themselves; nobody has to configure it. */
const EMBEDDED: LoginSettings = {
  clientId: WEB_PAGES_CLIENT_ID,
  clientSecret: null,
  name: 'Stagedoor',
  authentication: 'none',
  assertionKey: null,
  endpoints: null,
  redirectUri: null,
  scopes: ['openid'],
  resources: [],
  preferIdTokenClaims: false,
  userInfo: false,
  idTokenAlgorithm: null,
  logoutAtProvider: true,
  parameters: new Map(),
};

/**
 * Where people can log in: at the embedded issuer, and at the foreign ones that know Stagedoor as a client.
 *
 * @throws OperatorError for a key that cannot be used
 */
export async function loginProviders(parts: LoginProviderParts): Promise<readonly LoginProvider[]> {
  const { providers, policies, embedded, home } = parts;
  const redirectUri = `${home}sso-callback`;
  const found = providers.map((provider, index): LoginProvider | Promise<LoginProvider> | null => {
    const policy = policies[index];
    if (policy === undefined) throw new TypeError('a provider has no policy');
    if (provider.kind === 'foreign') return atForeign(provider, policy, redirectUri);
    return embedded === null ? null : atEmbedded(embedded, policy, redirectUri);
  });
  return (await Promise.all(found)).filter((one) => one !== null);
}

function atForeign(
  provider: ForeignProvider,
  policy: IssuerPolicy,
  redirectUri: string,
): Promise<LoginProvider> | null {
  const { login, id } = provider;
  const endpoints = login === null ? null : endpointsOf(provider, login);
  return login === null || endpoints === null ? null : withKey({ id, settings: login, endpoints, policy }, redirectUri);
}

async function withKey(
  known: Pick<LoginProvider, 'id' | 'settings' | 'endpoints' | 'policy'>,
  redirectUri: string,
): Promise<LoginProvider> {
  const { assertionKey, redirectUri: said } = known.settings;
  // What reads keys is loaded where there is one.
  const reading = assertionKey === null ? null : await import('./assertion-key.ts');
  return {
    ...known,
    assertionKey: assertionKey === null || reading === null ? null : await reading.readAssertionKey(assertionKey),
    redirectUri: said ?? redirectUri,
    fetch: fetchFromProvider,
  };
}

function atEmbedded({ origin, issuer }: EmbeddedIssuer, policy: IssuerPolicy, redirectUri: string): LoginProvider {
  return {
    id: 'stagedoor',
    settings: EMBEDDED,
    assertionKey: null,
    redirectUri,
    endpoints: { kind: 'discovery', issuer: origin },
    policy,
    fetch: fetchInProcess((request, response) => issuer.handler(request, response)),
  };
}

function endpointsOf(
  { keysAt, pins }: ForeignProvider,
  { endpoints }: LoginSettings,
): LoginProvider['endpoints'] | null {
  if (keysAt.kind === 'discovery') return { kind: 'discovery', issuer: keysAt.issuer };
  const issuer = keysAt.kind === 'file' ? keysAt.issuer : pins.get('iss')?.[0];
  return endpoints === null || issuer === undefined ? null : { kind: 'said', issuer, ...endpoints };
}
