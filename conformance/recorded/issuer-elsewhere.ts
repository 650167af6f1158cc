import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Jwk } from './token-keys.ts';

/** Somebody else's issuer: a discovery document and keys, over real HTTP. It can fail and rotate its keys. */
export type IssuerElsewhere = {
  readonly issuer: string;
  publish(keys: readonly Jwk[]): void;
  /** Every answer is 503 from now on, or not any more. */
  fail(failing: boolean): void;
  close(): void;
};

export async function openIssuerElsewhere(published: readonly Jwk[]): Promise<IssuerElsewhere> {
  let keys = published;
  let failing = false;
  const server = createServer((request, response) => {
    const documents: Readonly<Record<string, unknown>> = {
      '/.well-known/openid-configuration': { issuer, jwks_uri: `${issuer}/keys` },
      '/keys': { keys },
    };
    const document = failing ? undefined : documents[request.url ?? ''];
    const status = failing ? 503 : document === undefined ? 404 : 200;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(document ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // The port is a number since it listens on TCP.
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    issuer,
    publish: (next) => {
      keys = next;
    },
    fail: (now) => {
      failing = now;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
