import { keycloakWords, saasWords, type TokenProblemWords } from './token-problem.ts';

const REALM_PATH = '/auth/realms/camunda-platform';

/** One of the two shapes in which the issuer appears: its own identifier, its own addresses, its own words. */
export type IssuerForm = {
  readonly issuer: string;
  readonly authorizationPath: string;
  /** Where the login page sends what was typed; below the authorization endpoint, whose cookie it needs. */
  readonly loginPath: string;
  readonly logoutPath: string;
  readonly userinfoPath: string;
  readonly tokenPath: string;
  readonly introspectionPath: string;
  readonly revocationPath: string;
  readonly jwksPath: string;
  /** Where its metadata is: OpenID Connect Discovery section 4, and both readings of RFC 8414 section 3.1. */
  readonly metadataPaths: readonly string[];
  readonly takesJson: boolean;
  readonly words: TokenProblemWords;
};

/** The issuer identifiers are constants of the program; nothing is derived from a request. `origin` has no slash at its end. */
export function issuerForms(origin: string): { readonly saas: IssuerForm; readonly keycloak: IssuerForm } {
  return {
    saas: {
      issuer: origin,
      authorizationPath: '/oauth/authorize',
      loginPath: '/oauth/authorize/login',
      logoutPath: '/oauth/logout',
      userinfoPath: '/oauth/userinfo',
      tokenPath: '/oauth/token',
      introspectionPath: '/oauth/introspect',
      revocationPath: '/oauth/revoke',
      jwksPath: '/.well-known/jwks.json',
      metadataPaths: ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server'],
      takesJson: true,
      words: saasWords,
    },
    keycloak: {
      issuer: `${origin}${REALM_PATH}`,
      authorizationPath: `${REALM_PATH}/protocol/openid-connect/auth`,
      loginPath: `${REALM_PATH}/protocol/openid-connect/auth/login`,
      logoutPath: `${REALM_PATH}/protocol/openid-connect/logout`,
      userinfoPath: `${REALM_PATH}/protocol/openid-connect/userinfo`,
      tokenPath: `${REALM_PATH}/protocol/openid-connect/token`,
      introspectionPath: `${REALM_PATH}/protocol/openid-connect/token/introspect`,
      revocationPath: `${REALM_PATH}/protocol/openid-connect/revoke`,
      jwksPath: `${REALM_PATH}/protocol/openid-connect/certs`,
      metadataPaths: [
        `${REALM_PATH}/.well-known/openid-configuration`,
        `${REALM_PATH}/.well-known/oauth-authorization-server`,
        `/.well-known/oauth-authorization-server${REALM_PATH}`,
      ],
      takesJson: false,
      words: keycloakWords,
    },
  };
}

/** Whose realm a path lies in: the one there is, another one, or none; Keycloak has its own words for each (recorded). */
export function realmOf(url: string): 'ours' | 'another' | null {
  const realm = /^\/auth\/realms\/([^/?]*)/.exec(url);
  if (realm === null) return null;
  return `/auth/realms/${realm[1]}` === REALM_PATH ? 'ours' : 'another';
}
