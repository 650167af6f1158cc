import { choice, type Fields, flag, prefixed, secret, text } from '../value-type.ts';

/** Where the keys of one listener's TLS stand. */
export const TLS_PREFIXES = ['server.ssl.', 'stagedoor.issuer.ssl.', 'management.server.ssl.'] as const;
export type TlsPrefix = (typeof TLS_PREFIXES)[number];

const tls = {
  enabled: {
    type: flag,
    meaning: 'used',
    documentation:
      'Whether this listener speaks TLS, 1.2 or newer; true where a certificate or a key store is named, and false otherwise. Where issuer and management say nothing of their own, they do as `server.ssl` says.',
  },
  certificate: {
    type: text(),
    meaning: 'used',
    documentation:
      'A PEM file with the certificate of the server, those of its issuers behind it. It is read again when it changes.',
  },
  'certificate-private-key': {
    type: text(),
    meaning: 'used',
    documentation: 'A PEM file with the private key of that certificate, which nobody but its owner can read.',
  },
  'key-store': {
    type: text(),
    meaning: 'used',
    documentation: 'A PKCS#12 file with certificate and key, in place of the two PEM files. A JKS file is refused.',
  },
  'key-store-password': { type: secret, meaning: 'used', documentation: 'The password of the key store.' },
  'client-auth': {
    type: choice(['none', 'want', 'need']),
    meaning: 'used',
    documentation:
      '`none` asks for no client certificate, `want` takes one as the proof of a token that is bound to it, `need` closes every connection without one that the trusted CAs signed. A certificate alone is nobody: requests show who they are as ever.',
  },
  'trust-certificate': {
    type: text(),
    meaning: 'used',
    documentation:
      'A PEM file with the CAs whose client certificates are taken: of connections where it is `need`, and of clients that the issuer knows by the subject of their certificate. `need` has to have it: no public CA is trusted.',
  },
} satisfies Fields;

export const tlsFields = {
  ...prefixed('server.ssl.', tls),
  ...prefixed('stagedoor.issuer.ssl.', tls),
  ...prefixed('management.server.ssl.', tls),
} satisfies Fields;
