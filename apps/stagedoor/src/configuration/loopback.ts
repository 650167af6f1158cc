import { BlockList, isIP } from 'node:net';
import type { NonEmpty } from '@stagedoor/access';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** True for an address that only this machine reaches. A name other than `localhost` may mean any address: false. */
export function isLoopback(host: string): boolean {
  if (host.toLowerCase() === 'localhost') return true;
  const family = isIP(host);
  if (family === 0) return false;
  return LOOPBACK.check(host, family === 4 ? 'ipv4' : 'ipv6');
}

/** `localhost` is both families: some clients try `::1` first, others know only `127.0.0.1`. */
export function listenHosts(address: string): NonEmpty<string> {
  return address.toLowerCase() === 'localhost' ? ['127.0.0.1', '::1'] : [address];
}

export function isName(host: string): boolean {
  return isIP(host) === 0;
}
