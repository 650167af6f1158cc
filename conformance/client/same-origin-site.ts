import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { stripTypeScriptTypes } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Program } from '../program/start-program.ts';

const CORE = fileURLToPath(new URL('../../packages/client/src/', import.meta.url));
const PASSED_ON = ['authorization', 'content-type', 'accept'];

/** A web site with the core of our client among its modules, and a program behind it: one origin for all, as Stagedoor knows no CORS. */
export type SameOriginSite = {
  readonly origin: string;
  /** Paths in the order in which the program was asked for them. */
  readonly asked: string[];
  /** What is answered to a path in the place of the program, once. */
  readonly instead: Map<string, { readonly status: number; readonly location?: string }>;
  close(): Promise<void>;
};

export async function openSameOriginSite({ rest, issuer }: Program): Promise<SameOriginSite> {
  const asked: string[] = [];
  const instead: SameOriginSite['instead'] = new Map();
  const server = createServer(async (request, response) => {
    const path = request.url ?? '/';
    if (path === '/') return send(response, 'text/html', '<!doctype html><title>Site</title>');
    if (path.startsWith('/client/')) return send(response, 'text/javascript', moduleAt(path.slice('/client/'.length)));
    asked.push(path);
    const other = instead.get(path);
    instead.delete(path);
    if (other === undefined) return passOn(`${path.startsWith('/oauth/') ? issuer : rest}${path}`, request, response);
    response.writeHead(other.status, other.location === undefined ? {} : { location: other.location }).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    asked,
    instead,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Types are all that a browser cannot read of them. */
function moduleAt(name: string): string {
  if (!/^(?:[a-z-]+\/)*[a-z-]+\.ts$/.test(name)) throw new Error(`there is no module ${name}`);
  return stripTypeScriptTypes(readFileSync(join(CORE, name), 'utf8'));
}

function send(response: ServerResponse, type: string, body: string): void {
  response.writeHead(200, { 'content-type': type }).end(body);
}

async function passOn(url: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const headers = PASSED_ON.flatMap((name): [string, string][] => {
    const value = request.headers[name];
    return typeof value === 'string' ? [[name, value]] : [];
  });
  const body = chunks.length === 0 ? null : Buffer.concat(chunks);
  const answer = await fetch(url, { method: request.method ?? 'GET', headers, body });
  const type = answer.headers.get('content-type') ?? 'text/plain';
  response.writeHead(answer.status, { 'content-type': type }).end(Buffer.from(await answer.arrayBuffer()));
}
