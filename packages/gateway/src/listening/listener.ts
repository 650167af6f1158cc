import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { contextOptions, type TlsIdentity, type TlsParameters, tlsOptions } from './tls.ts';

// An import of the module would also load what it has for WebSockets: an eighth of the start, for nothing.
const { createServer } = process.getBuiltinModule('node:http');

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** A port that cannot be had. `address` is `host:port`. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
  readonly code: string;
  readonly address: string;

  constructor(code: string, address: string, cause: unknown) {
    super(`cannot listen on ${address}`, { cause });
    this.code = code;
    this.address = address;
  }
}

export type Listener = {
  readonly port: number;
  /** Stops accepting, lets requests under way end, closes idle connections. */
  drain(): Promise<void>;
  /** Ends every connection now. */
  destroy(): void;
};

export type TlsListener = Listener & {
  /**
   * New connections are shown this. Sessions from before cannot be resumed, since a CA of theirs may be gone; where the CAs are
   * others, connections from before end, too, as soon as they are idle. Throws, and changes nothing, where certificate and key
   * do not belong together or are none.
   */
  renew(identity: TlsIdentity): void;
};

/** A connection that nothing moves on is closed after this time. */
const IDLE_MS = 65_000;
/** Beyond these a new one is closed at once: what is open goes on being served. */
const MAX_CONNECTIONS = 4096;
/** How long somebody who has his answer may go on sending a body that nobody reads, … */
const UNREAD_BODY_MS = 2_000;
/** … unless he said that it is no longer than this: so little is read out of the way. */
const SHORT_BODY = 65_536;
// Strict parsing and bounds: one header block of 16 kB, a minute for a request, no obsolete folding tolerated.
const SERVER_OPTIONS = {
  maxHeaderSize: 16_384,
  requestTimeout: 60_000,
  headersTimeout: 20_000,
  // Idle connections end by the socket's own timeout: a timer for each answer would be a tenth of what an answer costs.
  keepAliveTimeout: 0,
  insecureHTTPParser: false,
};

/**
 * Listens with one handler on all these addresses and one port. With port 0 the first address chooses and the others
 * follow. An address family that the machine does not have is left out, as long as one address is there.
 */
export async function listen(handler: RequestHandler, hosts: readonly string[], port: number): Promise<Listener> {
  return listenWith(() => createServer(SERVER_OPTIONS, handler), hosts, port);
}

/** The same over TLS 1.2 or newer. Throws what OpenSSL has to say where certificate and key cannot be used. */
export async function listenTls(
  handler: RequestHandler,
  hosts: readonly string[],
  port: number,
  parameters: TlsParameters,
): Promise<TlsListener> {
  const https = process.getBuiltinModule('node:https');
  const options = { ...SERVER_OPTIONS, ...tlsOptions(parameters) };
  const servers: TlsServer[] = [];
  // Those whose client certificates were looked at by the CAs of now.
  let current = new WeakSet<Socket>();
  let { ca } = parameters.identity;
  const secured = withStrictTransport((request, response) => {
    if (!current.has(request.socket)) response.shouldKeepAlive = false;
    handler(request, response);
  });
  const make = () => {
    const server = https.createServer(options, secured);
    server.on('secureConnection', (socket) => current.add(socket));
    servers.push(server);
    return server;
  };
  const listener = await listenWith(make, hosts, port);
  return {
    ...listener,
    renew: (identity) => {
      const context = contextOptions(identity);
      // Made once for nothing: what one server takes the others take too.
      process.getBuiltinModule('node:tls').createSecureContext(context);
      for (const server of servers) server.setSecureContext(context);
      if (isDeepStrictEqual(identity.ca, ca)) return;
      ca = identity.ca;
      current = new WeakSet();
      for (const server of servers) server.closeIdleConnections();
    },
  };
}

/** Strict transport security, on every answer (facts, section 1.4): a year, this host alone. */
function withStrictTransport(handler: RequestHandler): RequestHandler {
  return (request, response) => {
    response.setHeader('strict-transport-security', 'max-age=31536000');
    handler(request, response);
  };
}

async function listenWith(make: () => Server, hosts: readonly string[], port: number): Promise<Listener> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await listenOnce(make, hosts, port);
    } catch (error) {
      // With port 0 the second family may find the chosen port taken: choose again.
      const taken = error instanceof ListenError && error.code === 'EADDRINUSE';
      if (!taken || port !== 0 || attempt === 5) throw error;
    }
  }
}

async function listenOnce(make: () => Server, hosts: readonly string[], port: number): Promise<Listener> {
  const servers: Server[] = [];
  let chosen = port;
  let missing: ListenError | null = null;
  for (const host of hosts) {
    try {
      const server = await bind(make(), host, chosen);
      servers.push(server);
      chosen = (server.address() as AddressInfo).port;
    } catch (error) {
      if (error instanceof ListenError && (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT'))
        missing = error;
      else {
        for (const server of servers) server.close();
        throw error;
      }
    }
  }
  if (servers.length === 0) throw missing ?? new TypeError('no address to listen on');
  return {
    port: chosen,
    drain: async () => {
      await Promise.all(servers.map(drainServer));
    },
    destroy: () => {
      for (const server of servers) server.closeAllConnections();
    },
  };
}

function bind(server: Server, host: string, port: number): Promise<Server> {
  server.timeout = IDLE_MS;
  server.maxConnections = MAX_CONNECTIONS;
  server.on('clientError', answerUnreadable);
  server.on('request', endUnreadBody);
  // Each request of a pipeline may listen for its caller's going: as many as come are no leak.
  const opened = 'setSecureContext' in server ? 'secureConnection' : 'connection';
  server.on(opened, (socket: Socket) => socket.setMaxListeners(0));
  return new Promise((resolve, reject) => {
    // Stays when the server listens: an accept that fails (no file descriptors left) loses a connection, not the process.
    server.on('error', (error: NodeJS.ErrnoException) =>
      reject(new ListenError(error.code ?? 'UNKNOWN', `${host}:${port}`, error)),
    );
    server.listen({ host, port, ipv6Only: host.includes(':') }, () => resolve(server));
  });
}

/** Node reads on for a minute, as fast as it comes: also what somebody sends who was refused before a byte was read. */
function endUnreadBody(request: IncomingMessage, response: ServerResponse): void {
  const { 'content-length': length = 0, 'transfer-encoding': encoding } = request.headers;
  if (encoding === undefined && Number(length) <= SHORT_BODY) return;
  response.once('finish', () => {
    if (request.complete) return;
    const end = () => {
      if (!request.complete) request.socket.destroy();
    };
    setTimeout(end, UNREAD_BODY_MS).unref();
  });
}

function drainServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // A connection whose last answer is on its way becomes idle after the closing of idle ones: it has no more to wait for.
    server.keepAliveTimeout = 1;
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}

/** What the HTTP parser refuses never reaches a handler; it is answered here, without a word of what was sent. */
function answerUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const tooLarge = error.code === 'HPE_HEADER_OVERFLOW';
  const [status, title, detail] = tooLarge
    ? [431, 'Request Header Fields Too Large', 'the headers of the request exceed 16384 bytes']
    : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? [408, 'Request Timeout', 'the request did not arrive in time']
      : [400, 'Bad Request', 'the request is not HTTP'];
  const body = JSON.stringify({ type: 'about:blank', title, status, detail });
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
