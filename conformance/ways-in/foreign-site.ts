import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A web site of somebody else, on another port of this machine. */
export type ForeignSite = { readonly port: number; close(): Promise<void> };

const PAGE = '<!doctype html><meta charset="utf-8"><title>Free tickets</title><h1>Free tickets</h1>';

/** What a page of the site is served with: each makes the browser say something else about who asks. */
const HEADERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '/': {},
  // Every request of the page then comes from the origin `null`.
  '/sandboxed': { 'content-security-policy': 'sandbox allow-scripts allow-forms' },
  '/quiet': { 'referrer-policy': 'no-referrer' },
};

export async function openForeignSite(): Promise<ForeignSite> {
  const server: Server = createServer((request, response) => {
    const headers = HEADERS[request.url ?? ''];
    if (headers === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': 'text/html', ...headers }).end(PAGE);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
