import { once } from 'node:events';
import { connect } from 'node:tls';
import { afterEach, expect, it } from 'vitest';
import { listenTls, type TlsListener } from '../src/index.ts';
import { CA, SERVER } from './tls-certificates.ts';

let listener: TlsListener | undefined;
afterEach(async () => {
  listener?.destroy();
  await listener?.drain();
  listener = undefined;
});

// The certificate of a connection is looked at once: one that could come later would be another under the same socket.
it('a connection of TLS 1.2 is not negotiated anew', async () => {
  const parameters = { identity: { ...SERVER, ca: [CA] }, clientAuth: 'want' } as const;
  listener = await listenTls((_request, response) => response.end(), ['127.0.0.1'], 0, parameters);
  const socket = connect({ host: '127.0.0.1', port: listener.port, ca: CA, maxVersion: 'TLSv1.2' });
  await once(socket, 'secureConnect');
  const outcome = new Promise((resolve) => {
    socket.once('error', resolve);
    socket.once('close', resolve);
    socket.renegotiate({}, (error) => resolve(error));
  });
  expect(await outcome).not.toBeNull();
  socket.destroy();
});
