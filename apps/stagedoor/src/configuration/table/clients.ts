import { SCOPES } from '@stagedoor/access';
import { choice, duration, flag, listOf, record, secret, text } from '../value-type.ts';

const SECOND = 1000;

/** The binding table of the issuer, whose package is not loaded for a table. */
const BINDINGS = ['none', 'certificate', 'dpop'] as const;

/** A client of the embedded issuer that is the same at every start; all that `client create` can say of one. */
export const client = record({
  id: { type: text(), required: true, meaning: 'used', documentation: 'The client id.' },
  name: { type: text(), meaning: 'used', documentation: 'The name that people read; the id where it is missing.' },
  secret: {
    type: secret,
    meaning: 'used',
    documentation:
      'The client secret. A client has one way to authenticate, for good: this, `secret-file`, `key-file`, `certificates`, `certificate-thumbprints`, `certificate-subject` or `public`.',
  },
  'secret-file': {
    type: text(),
    meaning: 'used',
    documentation: 'A file that holds the client secret and nothing else; a line end behind it does not count.',
  },
  'key-file': {
    type: text(),
    meaning: 'used',
    documentation:
      'A file with the public keys of a client that authenticates with `private_key_jwt`: PEM, JWK or JWK set. Read at every start, and what it has is what counts.',
  },
  certificates: {
    type: listOf(text()),
    meaning: 'used',
    documentation:
      'Files with one certificate each, in PEM, of a client that connects with one of them, whoever signed it (`self_signed_tls_client_auth`). Read at every start.',
  },
  'certificate-thumbprints': {
    type: listOf(text()),
    meaning: 'used',
    documentation: 'The same by the SHA-256 thumbprints of its certificates in base64url, as `x5t#S256` has them.',
  },
  'certificate-subject': {
    type: text(),
    meaning: 'used',
    documentation:
      'The subject of its certificate as RFC 4514 writes it, such as `CN=reader,O=Stage`, which a CA of `stagedoor.issuer.ssl.trust-certificate` has to have given it (`tls_client_auth`).',
  },
  public: {
    type: flag,
    default: 'false',
    meaning: 'used',
    documentation:
      'Whether it runs in browsers or on other people’s machines and can keep no secret: it gets tokens of people alone, and needs `redirect-uris`.',
  },
  scopes: {
    type: listOf(choice(SCOPES)),
    meaning: 'used',
    documentation:
      'The scopes of the client; all of them where this is left out. Those of a client that is recorded stay as they are.',
  },
  audiences: {
    type: listOf(text()),
    meaning: 'used',
    documentation: 'Services elsewhere that its tokens may be for, where they ask for them by name.',
  },
  claims: {
    type: text(),
    meaning: 'used',
    documentation: 'Claims that all its tokens have: one JSON object in a text, such as `{"team": "stage"}`.',
  },
  'token-lifetime': {
    type: duration(SECOND, 86_400 * SECOND),
    meaning: 'used',
    documentation: 'How long its tokens live, in whole seconds, instead of `stagedoor.issuer.token-lifetime`.',
  },
  'bind-tokens': {
    type: choice(BINDINGS),
    meaning: 'used',
    documentation:
      'What its tokens are worthless without; where it is left out, the certificate that it authenticates with, and nothing for any other client.',
  },
  'redirect-uris': {
    type: listOf(text()),
    meaning: 'used',
    documentation: 'Where people who log in with it are sent back to, exactly so. Without any, no person does.',
  },
  'post-logout-redirect-uris': {
    type: listOf(text()),
    meaning: 'used',
    documentation: 'Where they are sent once they log out.',
  },
  grants: {
    type: flag,
    default: 'true',
    meaning: 'used',
    documentation: 'Whether the client gets the grants of its scopes when it is created.',
  },
});
