import type { IncomingMessage } from 'node:http';
import { readForwardedCertificate } from './forwarded-certificate.ts';
import type { RequestHandler } from './listener.ts';
import { type Hop, readForwarded, readXForwarded } from './read-forwarded.ts';
import { certificateOfConnection, type PresentedCertificate } from './tls.ts';
import { type Network, TrustedNetworks } from './trusted-networks.ts';

/** Whose word about clients is believed, and in which headers it stands. */
export type Forwarding = {
  readonly peers: readonly Network[];
  /** One form alone: a proxy that writes the one hands on what a stranger wrote into the other. */
  readonly headers: 'forwarded' | 'x-forwarded';
  /** The header, in lower case, in which the proxies hand on client certificates; null where they do not. */
  readonly certificateHeader: string | null;
};

type Scheme = 'http' | 'https';
type Client = { readonly address: string; readonly scheme: Scheme; readonly certificate: PresentedCertificate | null };
type Requested = Pick<IncomingMessage, 'socket'>;

const forwarded = new WeakMap<Requested, Client>();

/**
 * Believes the configured proxies, and nobody else, about who sent a request and how: address, scheme, host and client
 * certificate. What anybody else writes into these headers is not looked at. The proxies must set every header that is
 * believed, or what their own clients write passes through them; that cannot be checked here.
 */
export function behindProxies(forwarding: Forwarding, handler: RequestHandler): RequestHandler {
  const trusted = new TrustedNetworks(forwarding.peers);
  return (request, response) => {
    const peer = request.socket.remoteAddress ?? '';
    if (trusted.has(peer)) {
      const { host, ...client } = clientBehind(request, peer, trusted, forwarding);
      forwarded.set(request, client);
      // Every guard behind this one asks for the host that the client called; the raw list still has one Host.
      if (host !== undefined) request.headers.host = host;
    }
    handler(request, response);
  };
}

function clientBehind(
  { headers, socket }: IncomingMessage,
  peer: string,
  trusted: TrustedNetworks,
  forwarding: Forwarding,
): Client & Pick<Hop, 'host'> {
  const hops = forwarding.headers === 'forwarded' ? readForwarded(headers) : readXForwarded(headers);
  const hop = farthestTrusted(hops, trusted);
  const header = forwarding.certificateHeader === null ? undefined : headers[forwarding.certificateHeader];
  const der = readForwardedCertificate(header);
  return {
    address: hop?.address ?? peer,
    scheme: hop?.scheme ?? schemeOf(socket),
    host: hop?.host,
    // The certificate of the connection is the proxy's own: it proves nothing about its client. Nor is a chain that nobody
    // verified here one that our CAs signed.
    certificate: der === undefined ? null : { der, trusted: false },
  };
}

/** The word of the last proxy on the way from here that is known: whom it names is no proxy of ours, or hides himself. */
function farthestTrusted([nearest, ...farther]: readonly Hop[], trusted: TrustedNetworks): Hop | undefined {
  let hop = nearest;
  for (const next of farther) {
    if (hop?.address === undefined || !trusted.has(hop.address)) return hop;
    hop = next;
  }
  return hop;
}

/** The address of the client: what the connection says, or a proxy that is believed. */
export function clientAddress(request: Requested): string {
  return forwarded.get(request)?.address ?? request.socket.remoteAddress ?? '';
}

/** Whether a proxy that is believed sent it. */
export function isForwarded(request: Requested): boolean {
  return forwarded.has(request);
}

/** The scheme by which the client called. */
export function clientScheme(request: Requested): Scheme {
  return forwarded.get(request)?.scheme ?? schemeOf(request.socket);
}

/** The client certificate: of the connection, or what a proxy that is believed handed on. Possession only. */
export function clientCertificate(request: Requested): PresentedCertificate | null {
  const client = forwarded.get(request);
  return client === undefined ? certificateOfConnection(request.socket) : client.certificate;
}

function schemeOf(socket: object): Scheme {
  return 'encrypted' in socket && socket.encrypted === true ? 'https' : 'http';
}
