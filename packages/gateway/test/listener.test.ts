import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ListenError, type Listener, listen, type RequestHandler } from '../src/index.ts';
import { exchange, exchangeBytes, headerOf, jsonOf, parseAnswer } from './raw-http.ts';

const listeners: Listener[] = [];

async function open(handler: RequestHandler, hosts: readonly string[] = ['127.0.0.1'], port = 0): Promise<Listener> {
  const listener = await listen(handler, hosts, port);
  listeners.push(listener);
  return listener;
}

afterEach(async () => {
  for (const listener of listeners.splice(0)) {
    listener.destroy();
    await listener.drain();
  }
});

const sayYes: RequestHandler = (_request, response) => {
  response.end('yes');
};

/** A handler that waits until it is told to answer. */
function patient() {
  const waiting: { request: IncomingMessage; response: ServerResponse }[] = [];
  let arrived = (): void => undefined;
  const first = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const handler: RequestHandler = (request, response) => {
    waiting.push({ request, response });
    arrived();
  };
  return { handler, first, waiting };
}

async function textOf(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  await once(socket, 'close');
  return Buffer.concat(chunks).toString();
}

describe('a port that cannot be had', () => {
  it('is a ListenError that names the address and has the code of the system', async () => {
    const { port } = await open(sayYes);
    const failure = await listen(sayYes, ['127.0.0.1'], port).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ListenError);
    expect(failure).toMatchObject({ code: 'EADDRINUSE', address: `127.0.0.1:${port}` });
    expect((failure as ListenError).cause).toBeInstanceOf(Error);
  });

  it('keeps nothing: an address that was had before the refused one is given back', async () => {
    const taken = createServer().listen({ host: '::1', port: 0, ipv6Only: true });
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    await expect(listen(sayYes, ['127.0.0.1', '::1'], port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    const again = await open(sayYes, ['127.0.0.1'], port);
    expect(again.port).toBe(port);
    taken.close();
  });

  it('refuses to listen nowhere', async () => {
    await expect(listen(sayYes, [], 0)).rejects.toBeInstanceOf(TypeError);
  });

  it('refuses an address that no interface has, where it is the only one', async () => {
    await expect(listen(sayYes, ['192.0.2.1'], 0)).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' });
  });

  it('leaves out an address that no interface has, where another is there', async () => {
    const { port } = await open(sayYes, ['192.0.2.1', '127.0.0.1']);
    expect((await exchange(port, {})).status).toBe(200);
  });
});

describe('what the HTTP parser refuses', () => {
  it.each([
    ['is not HTTP at all', 'hello\r\n\r\n'],
    ['has a method that HTTP does not know', 'STEAL / HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    [
      'has both lengths',
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['has two lengths', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc'],
    ['has a length that is none', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n'],
    ['folds a header', 'GET / HTTP/1.1\r\nHost: localhost\r\nX-A: a\r\n b\r\n\r\n'],
    ['has a space before a colon', 'GET / HTTP/1.1\r\nHost : localhost\r\n\r\n'],
    ['has a bare CR in a header', 'GET / HTTP/1.1\r\nHost: localhost\r\nX-A: a\rAuthorization: b\r\n\r\n'],
    ['has NUL in a header', 'GET / HTTP/1.1\r\nHost: localhost\r\nX-A: a\0b\r\n\r\n'],
    [
      'has a chunk length that is none',
      'POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n\r\n',
    ],
  ])('is answered 400 without reaching a handler when it %s', async (_what, bytes) => {
    let reached = 0;
    const { port } = await open((request, response) => {
      request
        .on('error', () => undefined)
        .on('end', () => {
          reached += 1;
          response.end();
        });
      request.resume();
    });
    const answer = parseAnswer(await exchangeBytes(port, bytes));
    expect(answer.status).toBe(400);
    expect(jsonOf(answer)).toEqual({
      type: 'about:blank',
      title: 'Bad Request',
      status: 400,
      detail: 'the request is not HTTP',
    });
    expect(headerOf(answer, 'connection')).toBe('close');
    expect(reached).toBe(0);
  });

  it('is answered 431 when its headers are a megabyte, without a word of them', async () => {
    const { port } = await open(sayYes);
    const secret = 'c4n4ry'.repeat(180_000);
    const text = await exchangeBytes(
      port,
      `GET / HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${secret}\r\n\r\n`,
    );
    expect(parseAnswer(text).status).toBe(431);
    expect(text).not.toContain('c4n4ry');
  });

  it('is answered 431 when there is no end of small headers', async () => {
    const { port } = await open(sayYes);
    const many = Array.from({ length: 20_000 }, (_, index) => `X-${index}: 1`).join('\r\n');
    const text = await exchangeBytes(port, `GET / HTTP/1.1\r\nHost: localhost\r\n${many}\r\n\r\n`);
    expect(parseAnswer(text).status).toBe(431);
  });

  it('lets a CONNECT through to nobody', async () => {
    const { port } = await open(sayYes);
    expect(await exchangeBytes(port, 'CONNECT localhost:22 HTTP/1.1\r\nHost: localhost\r\n\r\n')).toBe('');
  });
});

describe('a listener', () => {
  it('answers on both families at one port of its own choice', async () => {
    const { port } = await open(sayYes, ['127.0.0.1', '::1']);
    const request = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
    expect(parseAnswer(await exchangeBytes(port, request, '127.0.0.1')).body).toBe('yes');
    expect(parseAnswer(await exchangeBytes(port, request, '::1')).body).toBe('yes');
  });

  it('goes on after accepts that failed', async () => {
    const servers: Server[] = [];
    const { port } = await open((request, response) => {
      servers.push((request.socket as Socket & { server: Server }).server);
      response.end('yes');
    });
    await exchange(port, {});
    // As Node reports that no file descriptor was left for a connection (EMFILE).
    for (let times = 0; times < 2; times++) servers[0]?.emit('error', new Error('accept EMFILE'));
    expect((await exchange(port, {})).body).toBe('yes');
  });

  it('takes many listeners to a caller’s going: a pipeline may have as many requests', async () => {
    const { port } = await open((request, response) => {
      response.end(String(request.socket.getMaxListeners()));
    });
    expect((await exchange(port, {})).body).toBe('0');
  });

  it('bounds headers, requests and idle connections in time', async () => {
    const { port } = await open((request, response) => {
      const { server } = request.socket as Socket & { server: ReturnType<typeof createServer> };
      const { headersTimeout, requestTimeout } = server;
      response.end(JSON.stringify({ headersTimeout, requestTimeout, idle: request.socket.timeout }));
    });
    const bounds = jsonOf(await exchange(port, {}));
    expect(bounds).toEqual({ headersTimeout: 20_000, requestTimeout: 60_000, idle: 65_000 });
  });
});

describe('a body that nobody reads', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  /** Sends as much, waits for the answer, and lets three seconds pass. */
  async function answeredAndLater(...sent: string[]) {
    const { port } = await open(sayYes);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(`POST / HTTP/1.1\r\nHost: localhost\r\n${sent[0]}`);
    await once(socket, 'data');
    for (const more of sent.slice(1)) socket.write(more);
    for (let turn = 0; turn < 300; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      vi.advanceTimersByTime(10);
    }
    return socket;
  }

  it.each([
    ['without an end', 'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n'],
    ['of a megabyte', 'Content-Length: 1048576\r\n\r\nhello'],
  ])('%s is not waited for once it is answered', async (_, sent) => {
    const socket = await answeredAndLater(sent);
    await vi.waitFor(() => expect(socket.closed).toBe(true));
  });

  it.each([
    ['ends', ['Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n', '0\r\n\r\n']],
    ['is short', ['Content-Length: 5\r\n\r\n']],
  ])('costs nobody his connection where it %s', async (_, sent) => {
    const socket = await answeredAndLater(...sent);
    socket.write(sent.length === 1 ? 'hello' : '');
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toContain('200 OK');
    socket.destroy();
  });
});

describe('draining', () => {
  it('lets a request under way end, and its connection with it', async () => {
    const { handler, first, waiting } = patient();
    const listener = await open(handler);
    const socket = connect(listener.port, '127.0.0.1');
    const text = textOf(socket);
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await first;
    let drained = false;
    const drain = listener.drain().then(() => {
      drained = true;
    });
    expect(drained).toBe(false);
    waiting[0]?.response.end('served');
    expect(await text).toContain('served');
    await drain;
  });

  it('refuses new connections at once', async () => {
    const { handler, first, waiting } = patient();
    const listener = await open(handler);
    const socket = connect(listener.port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    await first;
    const drain = listener.drain();
    await expect(exchange(listener.port, {})).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    waiting[0]?.response.end();
    await drain;
    socket.destroy();
  });

  it('closes connections that are idle', async () => {
    const listener = await open(sayYes);
    const socket = connect(listener.port, '127.0.0.1');
    const text = textOf(socket);
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(socket, 'data');
    await listener.drain();
    expect(await text).toContain('yes');
  });

  it('ends every connection when it is told to, whatever is under way', async () => {
    const { handler, first } = patient();
    const listener = await open(handler);
    const socket = connect(listener.port, '127.0.0.1');
    const text = textOf(socket.on('error', () => undefined));
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await first;
    const drain = listener.drain();
    listener.destroy();
    await drain;
    expect(await text).toBe('');
  });
});
