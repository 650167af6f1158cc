import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Listener, listen } from '../src/index.ts';
import { BODY_LIMIT, readWholeBody } from '../src/passage/read-whole-body.ts';

let listener: Listener | null = null;

afterEach(async () => {
  listener?.destroy();
  await listener?.drain();
});

/** A request as the server has it, whose caller has sent this much and hangs up when he is told to. */
async function requestOf(text: string): Promise<{ request: IncomingMessage; hangUp: () => void }> {
  const arrived = Promise.withResolvers<IncomingMessage>();
  listener = await listen((request) => arrived.resolve(request), ['127.0.0.1'], 0);
  const socket = connect(listener.port, '127.0.0.1');
  socket.write(`POST / HTTP/1.1\r\nHost: localhost\r\n${text}`);
  return { request: await arrived.promise, hangUp: () => socket.resetAndDestroy() };
}

describe('a body', () => {
  it.each(['Content-Length: 9\r\n\r\nhalf', 'Content-Length: 5\r\n\r\nwhole'])(
    'whose caller has gone before anybody reads it is refused, not waited for: %j',
    async (text) => {
      const { request, hangUp } = await requestOf(text);
      const gone = new Promise((resolve) => request.once('close', resolve));
      hangUp();
      await gone;
      await expect(readWholeBody(request, BODY_LIMIT)).rejects.toMatchObject({ kind: 'malformed' });
    },
  );

  it('whose caller goes while it is read is refused', async () => {
    const { request, hangUp } = await requestOf('Content-Length: 9\r\n\r\nhalf');
    const body = readWholeBody(request, BODY_LIMIT);
    hangUp();
    await expect(body).rejects.toMatchObject({ kind: 'malformed' });
  });
});
