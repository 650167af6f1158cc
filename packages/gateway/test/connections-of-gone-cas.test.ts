import { once } from 'node:events';
import { Agent, request } from 'node:https';
import { afterEach, expect, it } from 'vitest';
import { clientCertificate, listenTls, type TlsListener } from '../src/index.ts';
import { CA, READER, SERVER, STRANGER } from './tls-certificates.ts';

const agent = new Agent({ keepAlive: true, maxSockets: 1 });
let listener: TlsListener | undefined;
let held: (() => void) | undefined;
afterEach(async () => {
  agent.destroy();
  listener?.destroy();
  await listener?.drain();
  listener = undefined;
});

/** Answers with whether the chain of the client's certificate is trusted; `/held` when the test lets it. */
async function open(): Promise<number> {
  const identity = { ...SERVER, ca: [CA] };
  listener = await listenTls(
    (incoming, response) => {
      const answer = () => void response.end(String(clientCertificate(incoming)?.trusted));
      if (incoming.url === '/held') held = answer;
      else answer();
    },
    ['127.0.0.1'],
    0,
    { identity, clientAuth: 'want' },
  );
  return listener.port;
}

/** On the connection that is open, where there is one. */
async function ask(port: number, path = '/'): Promise<{ trusted: string; reused: boolean }> {
  const sent = request({ host: '127.0.0.1', port, path, ca: CA, agent, ...READER }).end();
  const [response] = await once(sent, 'response');
  let trusted = '';
  for await (const chunk of response) trusted += chunk;
  // The agent takes a connection back a moment after its answer.
  await new Promise((resolve) => setImmediate(resolve));
  return { trusted, reused: sent.reusedSocket };
}

const FIRST = { trusted: 'true', reused: false };
const AGAIN = { trusted: 'true', reused: true };
const DISTRUSTED = { trusted: 'false', reused: false };

it('a connection does not outlive the CA that its certificate was trusted for', async () => {
  const port = await open();
  expect([await ask(port), await ask(port)]).toEqual([FIRST, AGAIN]);
  const closed = Promise.all(
    Object.values(agent.freeSockets).flatMap((free = []) => free.map((one) => once(one, 'close'))),
  );
  listener?.renew({ ...SERVER, ca: [STRANGER.cert] });
  await closed;
  expect(await ask(port)).toEqual(DISTRUSTED);
});

it('a connection that is busy then ends with its answer', async () => {
  const port = await open();
  const busy = ask(port, '/held');
  await expect.poll(() => held).toBeDefined();
  listener?.renew({ ...SERVER, ca: [STRANGER.cert] });
  held?.();
  expect(await busy).toEqual(FIRST);
  // What was on its way already may still be answered, and is the last.
  const more = [await ask(port), await ask(port)];
  expect(more.at(-1)).toEqual(DISTRUSTED);
});

it('a new certificate of the same CAs ends no connection', async () => {
  const port = await open();
  await ask(port);
  listener?.renew({ ...SERVER, ca: [CA] });
  expect(await ask(port)).toEqual(AGAIN);
});
