import { CALLBACK, PERSON_PASSWORD, PROGRAM_SECRET, WEB_SECRET } from './live-issuer.ts';

export const REALM = 'stage';

/** Which API a token is for is a scope that the client asks for: Keycloak knows no `resource`. */
const audience = {
  name: 'stage',
  protocol: 'openid-connect',
  attributes: { 'include.in.token.scope': 'false' },
  protocolMappers: [
    {
      name: 'audience',
      protocol: 'openid-connect',
      protocolMapper: 'oidc-audience-mapper',
      config: { 'included.custom.audience': 'stage', 'access.token.claim': 'true', 'id.token.claim': 'false' },
    },
  ],
};

const client = (clientId: string, more: Readonly<Record<string, unknown>>) => ({
  clientId,
  publicClient: false,
  standardFlowEnabled: false,
  // Named, as with a list of either kind there are no others.
  defaultClientScopes: ['basic', 'profile'],
  optionalClientScopes: ['stage'],
  ...more,
});

/** What is imported through the administration of Keycloak (`RealmRepresentation`). */
export const realm = {
  realm: REALM,
  enabled: true,
  clients: [
    client('program', { secret: PROGRAM_SECRET, serviceAccountsEnabled: true }),
    client('machine', {
      serviceAccountsEnabled: true,
      clientAuthenticatorType: 'client-x509',
      attributes: { 'x509.subjectdn': 'CN=machine', 'tls.client.certificate.bound.access.tokens': 'true' },
    }),
    client('web', { secret: WEB_SECRET, standardFlowEnabled: true, redirectUris: [CALLBACK] }),
  ],
  users: [
    {
      username: 'person',
      enabled: true,
      emailVerified: true,
      email: 'person@example.com',
      firstName: 'A',
      lastName: 'Person',
      credentials: [{ type: 'password', value: PERSON_PASSWORD }],
    },
  ],
} as const;

/** Added before the clients that name it. */
export const scopes = [audience];

/** A key pair that Keycloak makes by itself; the highest priority signs (`ComponentRepresentation`). */
export function keyProvider(name: string, parentId: string, priority: number, enabled = true) {
  return {
    name,
    parentId,
    providerId: 'rsa-generated',
    providerType: 'org.keycloak.keys.KeyProvider',
    config: { priority: [String(priority)], enabled: [String(enabled)], active: ['true'], algorithm: ['RS256'] },
  };
}
