import { isIP } from 'node:net';
import { pathOf } from '../answering/answer.ts';
import type { RawRequest } from '../door.ts';
import { clientScheme, isForwarded } from '../listening/behind-proxies.ts';

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/**
 * The address of a request as its client sees it: scheme, Host, and the path as it was written. Null where the Host does not lead
 * to the end of the connection that it came over: a proof that was made for another server is brought along with that
 * server's Host. Names are on the allow-list by then; an IP address must be this connection's, and so must the port. Behind a
 * proxy that is believed only names are, and the port is the proxy's.
 */
export function ownTarget(request: Pick<RawRequest, 'socket' | 'headers' | 'url'>): string | null {
  const { socket, headers } = request;
  const authority = URL.parse(`${clientScheme(request)}://${headers.host ?? ''}`);
  if (authority === null) return null;
  const leads = isForwarded(request)
    ? isIP(authority.hostname.replace(/^\[|\]$/g, '')) === 0
    : portOf(authority) === socket.localPort && leadsHere(authority.hostname, socket.localAddress);
  return leads ? authority.origin + pathOf(request) : null;
}

function portOf({ port, protocol }: URL): number | undefined {
  return port === '' ? DEFAULT_PORTS[protocol] : Number(port);
}

function leadsHere(host: string, localAddress = ''): boolean {
  const address = host.replace(/^\[|\]$/g, '');
  if (isIP(address) === 0) return true;
  // Loopback leads to whoever asks: it is no other machine's.
  return address === '::1' || address.startsWith('127.') || address === localAddress.replace(/^::ffff:/, '');
}
