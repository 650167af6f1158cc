import { BlockList, isIP } from 'node:net';

/** One address, or all that begin with the same `prefix` bits (RFC 4632 section 3.1). */
export type Network = { readonly address: string; readonly prefix: number; readonly family: 'ipv4' | 'ipv6' };

/**
 * Who is in one of these networks. An IPv4 address that a socket for both families writes as `::ffff:…` is the same one. Not
 * checked here: that a network is not everybody.
 */
export class TrustedNetworks {
  readonly #list = new BlockList();

  constructor(networks: readonly Network[]) {
    for (const { address, prefix, family } of networks) this.#list.addSubnet(address, prefix, family);
  }

  has(address: string): boolean {
    const version = isIP(address);
    return version !== 0 && this.#list.check(address, version === 4 ? 'ipv4' : 'ipv6');
  }
}
