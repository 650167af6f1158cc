import { constants } from 'node:crypto';
import type { Socket } from 'node:net';
import type { SecureContextOptions, TLSSocket, TlsOptions } from 'node:tls';

/** What a listener shows, and whose client certificates it trusts. Contents, not paths. */
export type TlsIdentity = Pick<SecureContextOptions, 'cert' | 'key' | 'pfx' | 'passphrase'> & {
  /** CAs in PEM; where there is none, no client certificate has a chain, whatever the machine trusts. */
  readonly ca: readonly string[];
};

/**
 * `want` takes any client certificate: its connection has proved that it has the key, and no more. `need` closes a connection
 * without one, or with one that the CAs did not sign.
 */
export type TlsParameters = { readonly identity: TlsIdentity; readonly clientAuth: 'none' | 'want' | 'need' };

/** A handshake that takes longer is given up; a stop waits for those under way, so it is no longer than one drains. */
const HANDSHAKE_MS = 10_000;
/** How long a session may be resumed: what was found of a client certificate holds for so long. */
const SESSION_SECONDS = 300;

export function tlsOptions({ identity, clientAuth }: TlsParameters): TlsOptions {
  return {
    ...contextOptions(identity),
    requestCert: clientAuth !== 'none',
    rejectUnauthorized: clientAuth === 'need',
    handshakeTimeout: HANDSHAKE_MS,
  };
}

/** Throws where certificate and key do not belong together or are none. */
export function contextOptions({ ca, ...shown }: TlsIdentity): SecureContextOptions {
  return {
    ...shown,
    ca: [...ca],
    minVersion: 'TLSv1.2',
    honorCipherOrder: true,
    // A connection that could negotiate anew could show another certificate under the same socket.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    sessionTimeout: SESSION_SECONDS,
  };
}

/** A client certificate whose key the client has proved to have. */
export type PresentedCertificate = {
  readonly der: Uint8Array;
  /** Its chain was found to lead to a CA of the listener's; without CAs it never does. */
  readonly trusted: boolean;
};

const certificates = new WeakMap<Socket, PresentedCertificate | null>();

/**
 * The client certificate of a connection, resumed sessions included. The handshake proved that the client has its key; that
 * anybody signed it is refused otherwise only where client certificates are needed. Null where there is none.
 */
export function certificateOfConnection(socket: Socket): PresentedCertificate | null {
  if (!isTls(socket)) return null;
  const known = certificates.get(socket);
  if (known !== undefined) return known;
  const der = socket.getPeerX509Certificate()?.raw;
  const certificate = der === undefined ? null : { der, trusted: socket.authorized };
  certificates.set(socket, certificate);
  return certificate;
}

function isTls(socket: Socket): socket is TLSSocket {
  return 'encrypted' in socket && socket.encrypted === true;
}
