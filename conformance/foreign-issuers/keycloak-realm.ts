import { generateKeyPairSync } from 'node:crypto';
import { PERSON_PASSWORD, PROGRAM_SECRET, WEB_SECRET, type WebAddresses } from './live-issuer.ts';

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
export const realmWith = ({ callbacks, afterLogout, backChannel }: WebAddresses) => ({
  realm: REALM,
  enabled: true,
  clients: [
    client('program', { secret: PROGRAM_SECRET, serviceAccountsEnabled: true }),
    client('machine', {
      serviceAccountsEnabled: true,
      clientAuthenticatorType: 'client-x509',
      attributes: { 'x509.subjectdn': 'CN=machine', 'tls.client.certificate.bound.access.tokens': 'true' },
    }),
    client('web', {
      secret: WEB_SECRET,
      standardFlowEnabled: true,
      redirectUris: callbacks,
      attributes: {
        'post.logout.redirect.uris': afterLogout,
        'backchannel.logout.url': backChannel,
        'backchannel.logout.session.required': 'true',
      },
    }),
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
});

/** Added before the clients that name it. */
export const scopes = [audience];

/** A key pair, made here, which is quicker; the highest priority signs (`ComponentRepresentation`). */
export function keyProvider(name: string, parentId: string, priority: number) {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    name,
    parentId,
    providerId: 'rsa',
    providerType: 'org.keycloak.keys.KeyProvider',
    config: {
      priority: [String(priority)],
      enabled: ['true'],
      active: ['true'],
      algorithm: ['RS256'],
      privateKey: [privateKey.export({ format: 'pem', type: 'pkcs8' })],
    },
  };
}
