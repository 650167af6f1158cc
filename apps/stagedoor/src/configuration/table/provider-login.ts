import { choice, type Fields, flag, listOf, mapOf, prefixed, secret, text, url } from '../value-type.ts';

const parameters = {
  type: mapOf(secret, 'name'),
  meaning: 'used',
  documentation: 'More parameters of the request that sends a browser to the identity provider.',
} as const;

const keyStore = {
  path: {
    type: text(),
    meaning: 'used',
    documentation:
      'The file with the key that signs the assertions of `private_key_jwt`: PKCS#12, or PEM. It is read at the start.',
  },
  password: { type: secret, meaning: 'used', documentation: 'The password of that file.' },
  'key-alias': {
    type: text(),
    meaning: 'used',
    documentation: 'The name of the key in a PKCS#12 file that has several.',
  },
  'key-password': {
    type: secret,
    meaning: 'used',
    documentation: 'The password of the key, where it is another one.',
  },
} satisfies Fields;

/** How the provider finds the public key: the `kid` of an assertion is a digest. */
const assertionFields = {
  'assertion.kid-source': {
    type: choice(['PUBLIC_KEY', 'CERTIFICATE']),
    default: 'PUBLIC_KEY',
    meaning: 'used',
    documentation:
      'What the `kid` of an assertion is a digest of: the public key (SubjectPublicKeyInfo) or its certificate.',
  },
  'assertion.kid-digest-algorithm': {
    type: choice(['SHA256', 'SHA1']),
    default: 'SHA256',
    meaning: 'used',
    documentation: 'The digest that the `kid` of an assertion is.',
  },
  'assertion.kid-encoding': {
    type: choice(['BASE64URL', 'HEX']),
    default: 'BASE64URL',
    meaning: 'used',
    documentation: 'How the `kid` of an assertion is written.',
  },
  'assertion.kid-case': {
    type: choice(['LOWER', 'UPPER']),
    meaning: 'used',
    documentation: 'The case of a `kid` in HEX; LOWER where it is missing.',
  },
} satisfies Fields;

/** What the log-in of browsers at an identity provider needs; API calls do not. With a `client-id`, people can log in there. */
export const providerLoginFields = {
  'client-id': {
    type: text(),
    meaning: 'used',
    documentation: 'What Stagedoor is called at the identity provider. With it, people log in there at `/login`.',
  },
  'client-secret': {
    type: secret,
    meaning: 'used',
    documentation: 'The secret of that client; without it, the client is a public one and PKCE alone keeps its codes.',
  },
  'client-name': {
    type: text(),
    meaning: 'used',
    documentation: 'The name of the identity provider where people choose among several; its id where it is missing.',
  },
  'client-authentication-method': {
    type: choice(['client_secret_basic', 'client_secret_post', 'none', 'private_key_jwt']),
    default: 'client_secret_basic',
    meaning: 'used',
    documentation:
      'How Stagedoor authenticates at the token endpoint. `private_key_jwt` needs a key in `assertion.keystore.path`.',
  },
  ...prefixed('assertion.keystore.', keyStore),
  ...assertionFields,
  ...prefixed('client-assertion.keystore.', keyStore),
  'authorization-uri': {
    type: url,
    meaning: 'used',
    documentation:
      'Where browsers are sent, for an issuer without discovery. Where `issuer-uri` is set, discovery wins.',
  },
  'token-uri': {
    type: url,
    meaning: 'used',
    documentation: 'Where codes become tokens, for an issuer without discovery.',
  },
  'end-session-endpoint-uri': {
    type: url,
    meaning: 'used',
    documentation: 'Where browsers are sent to log out, for an issuer without discovery.',
  },
  'user-info-uri': {
    type: url,
    meaning: 'used',
    documentation: 'Where the provider tells more about a person, for an issuer without discovery.',
  },
  'user-info-enabled': {
    type: flag,
    default: 'true',
    meaning: 'used',
    documentation:
      'Whether the provider is asked, once at a log-in, for the name or the groups that the ID token lacks. Nobody logs in with half of them: where it cannot be asked, the log-in is refused.',
  },
  'redirect-uri': {
    type: url,
    meaning: 'used',
    documentation:
      'Where browsers are sent back to after the log-in, also by the embedded issuer: `/sso-callback` of this server as they address it. Without it, the address that the start prints, and `/sso-callback`.',
  },
  scope: {
    type: listOf(text()),
    meaning: 'used',
    documentation: 'The scopes that are asked for; `openid` always is. Without it, `openid` and `profile`.',
  },
  resource: {
    type: listOf(text()),
    meaning: 'used',
    documentation: 'The resources that are asked for (RFC 8707), so that the access token is for this API.',
  },
  'prefer-id-token-claims': {
    type: flag,
    default: 'false',
    meaning: 'used',
    documentation:
      'Whether the ID token says who logged in. Otherwise the access token does where it opens this API, and the ID token where it does not.',
  },
  'id-token-algorithm': {
    type: text(),
    default: 'RS256',
    meaning: 'used',
    documentation: 'The algorithm that ID tokens are signed with.',
  },
  'idp-logout-enabled': {
    type: flag,
    default: 'true',
    meaning: 'used',
    documentation: 'Whether logging out here logs out at the identity provider, too.',
  },
  'authorize-request.additional-parameters': parameters,
  'authorize-request.configuration.additional-parameters': parameters,
} satisfies Fields;
