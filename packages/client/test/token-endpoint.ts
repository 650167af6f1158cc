import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export type SeenRequest = {
  readonly path: string;
  readonly body: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
};
export type Answer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
};

/** An issuer over real HTTP that answers as it is told and remembers what it was asked. */
export class TokenEndpoint {
  readonly seen: SeenRequest[] = [];
  readonly #server: Server;
  #answer: (request: SeenRequest, count: number) => Answer | Promise<Answer> = (_request, count) =>
    granted(`token-${count}`);

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(port = 0): Promise<TokenEndpoint> {
    const server = createServer();
    const endpoint = new TokenEndpoint(server);
    server.on('request', async (incoming, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk);
      const request = {
        path: incoming.url ?? '',
        body: new URLSearchParams(Buffer.concat(chunks).toString()),
        headers: incoming.headers,
      };
      endpoint.seen.push(request);
      const { status, headers, body } = await endpoint.#answer(request, endpoint.seen.length);
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return endpoint;
  }

  get url(): URL {
    return new URL(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/oauth/token`);
  }

  answers(answer: (request: SeenRequest, count: number) => Answer | Promise<Answer>): void {
    this.#answer = answer;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export function granted(value: string, more: Readonly<Record<string, unknown>> = {}): Answer {
  return { status: 200, body: { access_token: value, token_type: 'Bearer', expires_in: 300, ...more } };
}

export function refused(error: string, description?: string): Answer {
  return { status: 401, body: { error, ...(description === undefined ? {} : { error_description: description }) } };
}
