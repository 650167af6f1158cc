import { X509Certificate } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { type Listener, listen } from '../src/index.ts';
import {
  behindProxies,
  clientAddress,
  clientCertificate,
  clientScheme,
  type Forwarding,
} from '../src/listening/behind-proxies.ts';
import { type Network, TrustedNetworks } from '../src/listening/trusted-networks.ts';
import { ownTarget } from '../src/passage/own-target.ts';
import { exchange, jsonOf } from './raw-http.ts';
import { CA, READER } from './tls-certificates.ts';

let listener: Listener | undefined;
afterEach(async () => {
  await listener?.drain();
  listener = undefined;
});

const OWN: Network = { address: '127.0.0.1', prefix: 32, family: 'ipv4' };
const PRIVATE: Network = { address: '10.0.0.0', prefix: 8, family: 'ipv4' };
const FORWARDED: Forwarding = { peers: [OWN, PRIVATE], headers: 'forwarded', certificateHeader: null };
const X_FORWARDED: Forwarding = { ...FORWARDED, headers: 'x-forwarded' };
const WITH_CERTIFICATES: Forwarding = { ...FORWARDED, certificateHeader: 'client-cert' };
const DER = new X509Certificate(READER.cert).raw;

/** What is seen of a request that came from 127.0.0.1 with these headers. */
async function seen(forwarding: Forwarding, ...headers: readonly (readonly [string, string])[]) {
  listener = await listen(
    behindProxies(forwarding, (request, response) => {
      const certificate = clientCertificate(request);
      const view = {
        address: clientAddress(request),
        scheme: clientScheme(request),
        host: request.headers.host,
        certificate: certificate === null ? null : Buffer.from(certificate.der).toString('base64'),
        ...(certificate === null ? {} : { trusted: certificate.trusted }),
      };
      response.end(JSON.stringify(view));
    }),
    ['127.0.0.1'],
    0,
  );
  const answer = await exchange(listener.port, { headers: [['Host', 'inner:1'], ...headers] });
  await listener.drain();
  listener = undefined;
  return jsonOf(answer);
}

const AS_CONNECTED = { address: '127.0.0.1', scheme: 'http', host: 'inner:1', certificate: null };

describe('a peer that is not configured', () => {
  const stranger = { peers: [{ ...OWN, address: '192.0.2.1' }, PRIVATE] };

  it.each([
    ['Forwarded', 'for=203.0.113.7;proto=https;host=door.example'],
    ['X-Forwarded-For', '203.0.113.7'],
    ['X-Forwarded-Proto', 'https'],
    ['X-Forwarded-Host', 'door.example'],
    ['X-Real-IP', '203.0.113.7'],
    ['Client-Cert', `:${DER.toString('base64')}:`],
  ])('is believed about nothing in %s', async (name, value) => {
    for (const forwarding of [WITH_CERTIFICATES, X_FORWARDED])
      expect(await seen({ ...forwarding, ...stranger }, [name, value])).toEqual(AS_CONNECTED);
  });
});

describe('a configured proxy', () => {
  it('says who called, by which scheme and which host', async () => {
    const view = await seen(FORWARDED, ['Forwarded', 'for="[2001:db8::7]:4711";proto=https;host="door.example:8443"']);
    expect(view).toEqual({ address: '2001:db8::7', scheme: 'https', host: 'door.example:8443', certificate: null });
    const older = await seen(
      X_FORWARDED,
      ['X-Forwarded-For', '203.0.113.7:4711'],
      ['X-Forwarded-Proto', 'HTTPS'],
      ['X-Forwarded-Host', 'door.example'],
    );
    expect(older).toEqual({ address: '203.0.113.7', scheme: 'https', host: 'door.example', certificate: null });
  });

  it('is believed in the one form that is configured, and what a stranger wrote into the other is not', async () => {
    expect(await seen(FORWARDED, ['X-Forwarded-For', '203.0.113.7'], ['X-Forwarded-Host', 'evil.example'])).toEqual(
      AS_CONNECTED,
    );
    expect(await seen(X_FORWARDED, ['Forwarded', 'for=203.0.113.7;host=evil.example'])).toEqual(AS_CONNECTED);
  });

  it('adds to what its client wrote, and only its own word counts', async () => {
    const written = 'for=198.51.100.1;proto=https;host=evil.example, for=203.0.113.7;proto=http;host=door.example';
    expect(await seen(FORWARDED, ['Forwarded', written])).toMatchObject({
      address: '203.0.113.7',
      scheme: 'http',
      host: 'door.example',
    });
    expect(
      await seen(
        X_FORWARDED,
        ['X-Forwarded-For', '198.51.100.1, 203.0.113.7'],
        ['X-Forwarded-Proto', 'https, http'],
        ['X-Forwarded-Host', 'evil.example, door.example'],
      ),
    ).toMatchObject({ address: '203.0.113.7', scheme: 'http', host: 'door.example' });
  });

  it('may stand behind another one, whose word counts then; a third one that nobody configured is the client', async () => {
    const chain = 'for=198.51.100.1;host=evil.example, for=203.0.113.7;proto=https;host=door.example, for=10.1.2.3';
    expect(await seen(FORWARDED, ['Forwarded', chain])).toMatchObject({
      address: '203.0.113.7',
      scheme: 'https',
      host: 'door.example',
    });
    const addresses = '198.51.100.1, 203.0.113.7, 10.1.2.3';
    expect(await seen(X_FORWARDED, ['X-Forwarded-For', addresses])).toMatchObject({ address: '203.0.113.7' });
  });

  it('may repeat its header instead of adding to it', async () => {
    const view = await seen(FORWARDED, ['Forwarded', 'for=198.51.100.1'], ['Forwarded', 'for=203.0.113.7']);
    expect(view).toMatchObject({ address: '203.0.113.7' });
  });

  it.each([
    ['for=unknown'],
    ['for=_hidden'],
    ['for=198.51.100.1, for=unknown'],
    ['for=198.51.100.1,'],
    ['for=198.51.100.1, for=203.0.113.7;'],
    ['for=198.51.100.1;for=203.0.113.7'],
    ['for="198.51.100.1'],
    ['for=198.51.100.1 for=203.0.113.7'],
    ['for=198.51.100.999'],
    ['for="[fe80::1%eth0]"'],
    ['for=localhost'],
    ['nonsense'],
    [''],
  ])('that writes %j names nobody: the request counts as its own', async (written) => {
    const { address } = await seen(FORWARDED, ['Forwarded', written]);
    // A comma at the end is allowed (RFC 9110 section 5.6.1), and the element before it is the last one.
    expect(address).toBe(written.endsWith(',') ? '198.51.100.1' : '127.0.0.1');
  });

  it.each(['ftp', 'https://', 'javascript', ''])('names no scheme with %j', async (scheme) => {
    const view = await seen(X_FORWARDED, ['X-Forwarded-For', '203.0.113.7'], ['X-Forwarded-Proto', scheme]);
    expect(view).toMatchObject({ scheme: 'http' });
  });
});

describe('a client certificate', () => {
  const base64 = DER.toString('base64');

  it.each([
    ['a byte sequence (RFC 9440)', `:${base64}:`],
    ['percent-encoded PEM', encodeURIComponent(READER.cert.trim())],
    ['bare base64', base64],
  ])('is handed on by a configured proxy as %s', async (_form, value) => {
    // Nobody here verified its chain.
    expect(await seen(WITH_CERTIFICATES, ['Client-Cert', value])).toMatchObject({
      certificate: base64,
      trusted: false,
    });
  });

  it('is not taken from a header that was not configured', async () => {
    expect(await seen(FORWARDED, ['Client-Cert', `:${base64}:`])).toMatchObject({ certificate: null });
    expect(await seen(WITH_CERTIFICATES, ['X-Client-Cert', `:${base64}:`])).toMatchObject({ certificate: null });
  });

  it.each([
    ['two of them', `${encodeURIComponent(READER.cert.trim())}%0A${encodeURIComponent(CA.trim())}`],
    ['half of one', `:${base64.slice(0, 200)}:`],
    ['no base64', ':not base64:'],
    ['a broken escape', '-----BEGIN%20CERTIFICATE-----%E0%A4%A'],
    ['nothing', ''],
    ['the word for none', '(null)'],
  ])('is none where the header has %s', async (_name, value) => {
    expect(await seen(WITH_CERTIFICATES, ['Client-Cert', value])).toMatchObject({ certificate: null });
  });

  it('is none where the header is there twice', async () => {
    const view = await seen(WITH_CERTIFICATES, ['Client-Cert', `:${base64}:`], ['Client-Cert', `:${base64}:`]);
    expect(view).toMatchObject({ certificate: null });
  });
});

describe('the address that a DPoP proof has to name', () => {
  const targetOf = async (forwarding: Forwarding, host: string, forwarded: string) => {
    listener = await listen(
      behindProxies(forwarding, (request, response) => {
        response.end(JSON.stringify({ target: ownTarget(request) }));
      }),
      ['127.0.0.1'],
      0,
    );
    const { port } = listener;
    const headers = [
      ['Host', host.replace('PORT', String(port))],
      ['Forwarded', forwarded],
    ] as const;
    const answer = await exchange(port, { path: '/v2/topology?x=1', headers });
    return { port, target: (jsonOf(answer) as { target: unknown }).target };
  };

  it('is the one that the client called, as the proxy says', async () => {
    const said = 'for=203.0.113.7;proto=https;host="door.example:8443"';
    expect((await targetOf(FORWARDED, 'localhost:PORT', said)).target).toBe('https://door.example:8443/v2/topology');
    const standard = 'for=203.0.113.7;proto=https;host="door.example:443"';
    expect((await targetOf(FORWARDED, 'localhost:PORT', standard)).target).toBe('https://door.example/v2/topology');
  });

  it.each(['203.0.113.9', '"[2001:db8::9]:8443"'])(
    'is none where the proxy says %s: an address may be anybody’s',
    async (host) => {
      const said = `for=203.0.113.7;proto=https;host=${host}`;
      expect((await targetOf(FORWARDED, 'localhost:PORT', said)).target).toBeNull();
    },
  );

  it('is the one of the connection, whatever a stranger says', async () => {
    const stranger = { ...FORWARDED, peers: [PRIVATE] };
    const said = 'for=203.0.113.7;proto=https;host=door.example';
    const { port, target } = await targetOf(stranger, 'localhost:PORT', said);
    expect(target).toBe(`http://localhost:${port}/v2/topology`);
    expect((await targetOf(stranger, 'door.example', said)).target).toBeNull();
  });
});

it('a network has its addresses in it and no other, also as a socket for both families writes them', () => {
  const networks = new TrustedNetworks([
    { address: '10.0.0.0', prefix: 8, family: 'ipv4' },
    { address: '192.0.2.7', prefix: 32, family: 'ipv4' },
    { address: '2001:db8::', prefix: 32, family: 'ipv6' },
  ]);
  for (const inside of ['10.255.0.1', '192.0.2.7', '::ffff:10.0.0.1', '2001:db8:1::1'])
    expect([inside, networks.has(inside)]).toEqual([inside, true]);
  for (const outside of ['11.0.0.1', '192.0.2.8', '::ffff:11.0.0.1', '2001:db9::1', '', 'localhost'])
    expect([outside, networks.has(outside)]).toEqual([outside, false]);
});
