import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Json } from '../hostile-tokens/forge.ts';

/** How the address of the keys answers. */
type Answers = 'keys' | 'unavailable' | 'never';

/** An issuer with discovery, whose keys change and whose answers fail as a test says. */
export type MovingIssuer = {
  readonly origin: string;
  /** How often its keys were asked for. */
  readonly asked: () => number;
  publish(...jwks: readonly Json[]): void;
  answer(how: Answers): void;
  /** Nothing listens at its address any more, until it is opened again. */
  close(): Promise<void>;
  reopen(): Promise<void>;
};

export async function openMovingIssuer(...jwks: readonly Json[]): Promise<MovingIssuer> {
  let published = jwks;
  let how: Answers = 'keys';
  let asked = 0;
  const answerKeys = (response: ServerResponse) => {
    asked += 1;
    if (how === 'keys') response.end(JSON.stringify({ keys: published }));
    else if (how === 'unavailable') response.writeHead(503).end();
    // Headers and the beginning of a set, and then nothing for as long as anybody waits.
    else response.writeHead(200).write('{"keys":[');
  };
  const server = createServer((request, response) => {
    if (request.url === '/keys') answerKeys(response);
    else response.end(JSON.stringify({ issuer: origin, jwks_uri: `${origin}/keys` }));
  });
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    asked: () => asked,
    publish: (...keys) => {
      published = keys;
    },
    answer: (next) => {
      how = next;
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
    reopen: () => listen(port),
  };
}
