import { once } from 'node:events';
import { request } from 'node:https';
import { afterEach, expect, it } from 'vitest';
import { clientCertificate, listenTls, type TlsListener } from '../src/index.ts';
import { behindProxies } from '../src/listening/behind-proxies.ts';
import { CA, READER, SERVER } from './tls-certificates.ts';

let listener: TlsListener | undefined;
afterEach(async () => {
  listener?.destroy();
  await listener?.drain();
  listener = undefined;
});

/** Whose certificate is seen of a request over a connection that shows one. */
async function seenFrom(peer: string): Promise<boolean> {
  let seen = false;
  const forwarding = {
    peers: [{ address: peer, prefix: 32, family: 'ipv4' }],
    headers: 'forwarded',
    certificateHeader: 'client-cert',
  } as const;
  const handler = behindProxies(forwarding, (incoming, response) => {
    seen = clientCertificate(incoming) !== null;
    response.end();
  });
  listener = await listenTls(handler, ['127.0.0.1'], 0, { identity: { ...SERVER, ca: [CA] }, clientAuth: 'need' });
  const sent = request({ host: '127.0.0.1', port: listener.port, ca: CA, agent: false, ...READER }).end();
  const [response] = await once(sent, 'response');
  response.resume();
  await once(response, 'end');
  return seen;
}

// Or everybody behind the proxy would have tokens bound to its certificate, and be the client that is registered with it.
it('the certificate of a proxy is not its client’s, who has shown none', async () => {
  expect(await seenFrom('127.0.0.1')).toBe(false);
});

it('the certificate of anybody else is his own', async () => {
  expect(await seenFrom('192.0.2.1')).toBe(true);
});
