import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { networkTrouble } from '../src/commands/doctor/network-trouble.ts';

/** What the doctor makes of a call to a server that does this with each connection. */
async function troubleWith(serve: (socket: Socket) => void) {
  const server = createServer((socket) => {
    // The other side may be gone before this one has said anything.
    socket.on('error', () => undefined);
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it has no port');
  return fetch(`http://127.0.0.1:${address.port}/`).then(
    () => Promise.reject(new Error('it answered')),
    (error: unknown) => networkTrouble('http://api.example', error),
  );
}

it.each<[string, string, boolean, (socket: Socket) => void]>([
  ['ends every connection', 'it ended the connection', true, (socket) => socket.once('data', () => socket.end())],
  [
    'resets every connection',
    'it ended the connection',
    true,
    (socket) => socket.once('data', () => socket.resetAndDestroy()),
  ],
  [
    'speaks something else',
    'what it answers is no HTTP',
    false,
    (socket) => void socket.write('\u0000\u0000\u0012\u0004gRPC\r\n'),
  ],
])('a server that %s is told from one that cannot be reached', async (_, what, passing, serve) => {
  const trouble = await troubleWith(serve);
  expect(trouble.message).toContain(`http://api.example: ${what} (`);
  expect(trouble.fix).not.toContain('may connect to it');
  expect(trouble.passing).toBe(passing);
});

it('a failure that nobody knows is one that cannot be reached, also by the name of a member', () => {
  const odd = Object.assign(new Error('x'), { code: 'constructor' });
  expect(networkTrouble('http://api.example', odd).message).toBe(
    'http://api.example: it cannot be reached (constructor)',
  );
});
