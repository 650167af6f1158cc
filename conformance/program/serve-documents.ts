import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type DocumentServer = {
  readonly origin: string;
  /** The paths that were asked for. */
  readonly asked: readonly string[];
  close(): Promise<void>;
};

/** Serves JSON documents by their paths, on a port of its own. They are made for the origin that they are served at. */
export async function serveDocuments(
  of: (origin: string) => Readonly<Record<string, unknown>>,
): Promise<DocumentServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    response.writeHead(documents[path] === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(documents[path] ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const documents = of(origin);
  return {
    origin,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
