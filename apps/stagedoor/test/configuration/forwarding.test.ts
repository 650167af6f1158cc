import { describe, expect, it } from 'vitest';
import { accepted, refused } from './resolve-with.ts';

const forwarded = (block: string) => `stagedoor.forwarded: { ${block} }`;
const forwardingOf = (yaml?: string) => accepted(yaml === undefined ? {} : { yaml }).configuration.forwarding;

describe('the proxies that are believed', () => {
  it('are none where none is named', () => {
    expect(forwardingOf()).toBeNull();
  });

  it('are addresses and networks, and write the older headers where nothing else is said', () => {
    expect(forwardingOf(forwarded('peers: [10.0.0.7, "fd00::/8", 192.0.2.0/24]'))).toEqual({
      peers: [
        { address: '10.0.0.7', prefix: 32, family: 'ipv4' },
        { address: 'fd00::', prefix: 8, family: 'ipv6' },
        { address: '192.0.2.0', prefix: 24, family: 'ipv4' },
      ],
      headers: 'x-forwarded',
      certificateHeader: null,
    });
    expect(forwardingOf(forwarded('peers: 10.0.0.0/8, headers: forwarded, certificate-header: Client-Cert'))).toEqual({
      peers: [{ address: '10.0.0.0', prefix: 8, family: 'ipv4' }],
      headers: 'forwarded',
      certificateHeader: 'client-cert',
    });
  });

  it.each([
    '0.0.0.0/0',
    '::/0',
    // Everybody in two halves, and the address behind which everybody could be meant.
    '0.0.0.0/1, 128.0.0.0/1',
    '2000::/3',
    '192.0.2.1/0',
    '9.0.0.0/7',
    // IPv4 as IPv6 writes it, 0:0:0:0:0:ffff:…, begins with the same bits.
    '::/8',
    '::1/64',
    '0:0:0:0:0:1::/80',
  ])('are never everybody: %s refuses the start', (peers) => {
    for (const error of refused({ yaml: forwarded(`peers: ['${peers.split(', ').join("', '")}']`) }))
      expect(error).toContain('is so wide a network that strangers are in it');
  });

  it.each([
    '*',
    'all',
    'proxy.example',
    '10.0.0.0/33',
    '::/129',
    '10.0.0.0/8/8',
    '10.0.0.0/',
    'fe80::1%eth0',
    '10/8',
    '::ffff:0:0/96',
    '0:0:0:0:0:FFFF:10.0.0.1',
  ])('are no %j', (peer) => {
    expect(refused({ yaml: forwarded(`peers: ['${peer}']`) })[0]).toContain('must be an IP address, or a network');
  });

  it.each(['headers: forwarded', 'certificate-header: Client-Cert'])(
    'have to be there for %s to mean something',
    (key) => {
      expect(refused({ yaml: forwarded(key) })[0]).toContain('believes nobody without stagedoor.forwarded.peers');
    },
  );

  it.each(['Authorization', 'Cookie', 'Host', 'DPoP', 'Forwarded', 'X-Forwarded-For', 'Client Cert', 'ä'])(
    'hand on no certificate in %s',
    (header) => {
      const yaml = forwarded(`peers: 10.0.0.1, certificate-header: '${header}'`);
      expect(refused({ yaml })[0]).toContain('must be the name of a header for nothing else');
    },
  );
});
