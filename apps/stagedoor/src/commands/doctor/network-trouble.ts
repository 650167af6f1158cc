import { networkCodeOf } from '../calling/network-code.ts';
import { Wrong } from './finding.ts';

type Advice = { readonly what: string; readonly fix: string };

const UNTRUSTED: Advice = {
  what: 'its certificate comes from a CA that is not trusted here',
  fix: 'Name the CA of that server in CAMUNDA_CA_CERTIFICATE_PATH (PEM), or CAMUNDA_SSL_CLIENT_TRUSTSTORE_PATH (PKCS#12).',
};
const WANTS_CERTIFICATE: Advice = {
  what: 'it demands a client certificate, or does not take the one that was shown',
  fix: 'Name a certificate of a CA that the server trusts in CAMUNDA_MTLS_CERT_PATH and CAMUNDA_MTLS_KEY_PATH.',
};
const NO_TLS: Advice = {
  what: 'it does not speak TLS, or none that this machine speaks',
  fix: 'Write http:// in place of https://, or the port of TLS; TLS 1.2 is the least.',
};
const UNKNOWN_NAME: Advice = {
  what: 'its name is not known',
  fix: 'Compare the name with the one that the administrator gave you, and see that this machine asks the right DNS server.',
};

const SILENT: Advice = {
  what: 'it does not answer',
  fix: 'See that no firewall is between, and that the address is right.',
};
const ENDED: Advice = {
  what: 'it ended the connection',
  fix: 'See that the address speaks what its scheme says: http and https are different ports, and gRPC is neither.',
};
const NO_HTTP: Advice = {
  what: 'what it answers is no HTTP',
  fix: 'Write the port of REST: it is at 8080 on one’s own machine, and gRPC at 26500.',
};

/** By the code of the system, of Node or of OpenSSL; never by words. */
const ADVICE: Readonly<Record<string, Advice>> = {
  ENOTFOUND: UNKNOWN_NAME,
  EAI_AGAIN: UNKNOWN_NAME,
  ECONNREFUSED: {
    what: 'nobody listens there',
    fix: 'See that the server runs, and that the port is right: REST is at 8080 on one’s own machine, gRPC at 26500.',
  },
  ETIMEDOUT: SILENT,
  UND_ERR_CONNECT_TIMEOUT: SILENT,
  UND_ERR_HEADERS_TIMEOUT: SILENT,
  timeout: SILENT,
  ECONNRESET: ENDED,
  UND_ERR_SOCKET: ENDED,
  HTTPParserError: NO_HTTP,
  EPROTO: NO_TLS,
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NO_TLS,
  ERR_TLS_CERT_ALTNAME_INVALID: {
    what: 'its certificate is for another name',
    fix: 'Call it by a name that stands in its certificate, or have this name put into it.',
  },
  CERT_HAS_EXPIRED: {
    what: 'its certificate has expired',
    fix: 'Have the certificate of the server renewed; compare this machine’s clock.',
  },
  CERT_NOT_YET_VALID: { what: 'its certificate is not valid yet', fix: 'Compare this machine’s clock.' },
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: WANTS_CERTIFICATE,
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: WANTS_CERTIFICATE,
  'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE': WANTS_CERTIFICATE,
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: WANTS_CERTIFICATE,
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: WANTS_CERTIFICATE,
};

/** What passes by itself when a server is started, or a network mended. */
const PASSING = new Set([
  'ECONNREFUSED',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'timeout',
  'ECONNRESET',
  'UND_ERR_SOCKET',
  'EAI_AGAIN',
]);

/** A connection that failed, with what helps. */
export function networkTrouble(where: string, error: unknown): Wrong {
  const code = networkCodeOf(error);
  const { what, fix } = adviceOn(code);
  return new Wrong(`${where}: ${what} (${code})`, fix, PASSING.has(code));
}

function adviceOn(code: string): Advice {
  const known = Object.hasOwn(ADVICE, code) ? ADVICE[code] : undefined;
  return known ?? { what: 'it cannot be reached', fix: 'See that this machine may connect to it.' };
}
