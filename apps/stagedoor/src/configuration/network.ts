import { BlockList, isIP } from 'node:net';
import type { Network } from '@stagedoor/gateway';

/** An address or a network in CIDR notation (RFC 4632 section 3.1); null where it is neither, or IPv4 in IPv6's clothes. */
export function readNetwork(text: string): Network | null {
  const [address = '', prefix, ...more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || address.includes('%') || more.length > 0 || isMapped(address)) return null;
  const [family, bits] = version === 4 ? (['ipv4', 32] as const) : (['ipv6', 128] as const);
  if (prefix === undefined) return { address, prefix: bits, family };
  return /^\d{1,3}$/.test(prefix) && Number(prefix) <= bits ? { address, prefix: Number(prefix), family } : null;
}

/** `::ffff:0:0/96` would be every IPv4 address, and look narrow. */
function isMapped(address: string): boolean {
  return address.includes(':') && new URL(`http://[${address}]`).hostname.startsWith('[::ffff:');
}

/** The widest networks that somebody has for himself: 10.0.0.0/8 and fc00::/7. */
const NARROW_ENOUGH = { ipv4: 8, ipv6: 7 } as const;

/**
 * Whether a network is so wide that strangers are in it: `0.0.0.0/0` is not the only way to write "everybody". `::1/64` is
 * another: IPv4 addresses, as IPv6 writes them, lie in it.
 */
export function holdsStrangers({ address, prefix, family }: Network): boolean {
  if (prefix < NARROW_ENOUGH[family]) return true;
  const network = new BlockList();
  network.addSubnet(address, prefix, family);
  return family === 'ipv6' && network.check('::ffff:192.0.2.1', 'ipv6');
}
