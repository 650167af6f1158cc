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

/** Where people can log in: at the embedded issuer, and at the foreign ones that know Stagedoor as a client. */
export function loginProviders({ providers, policies, embedded, home }: LoginProviderParts): readonly LoginProvider[] {
  const redirectUri = `${home}sso-callback`;
  return providers.flatMap((provider, index): readonly LoginProvider[] => {
    const policy = policies[index];
    if (policy === undefined) throw new TypeError('a provider has no policy');
    if (provider.kind === 'embedded') return embedded === null ? [] : [atEmbedded(embedded, policy, redirectUri)];
    const { login } = provider;
    const endpoints = login === null ? null : endpointsOf(provider, login);
    if (login === null || endpoints === null) return [];
    return [
      {
        id: provider.id,
        settings: login,
        redirectUri: login.redirectUri ?? redirectUri,
        endpoints,
        policy,
        fetch: fetchFromProvider,
      },
    ];
  });
}

function atEmbedded({ origin, issuer }: EmbeddedIssuer, policy: IssuerPolicy, redirectUri: string): LoginProvider {
  return {
    id: 'stagedoor',
    settings: EMBEDDED,
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
