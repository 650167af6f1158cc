import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export type SeenCall = { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: string };
type ApiAnswer = { readonly status: number; readonly headers?: Readonly<Record<string, string | readonly string[]>> };

/** An API over real HTTP that answers as it is told and remembers its calls. */
export class Api {
  readonly seen: SeenCall[] = [];
  readonly #server: Server;
  /** What an answer waits for. */
  holds: (call: SeenCall) => Promise<void> | undefined = () => undefined;
  answers: (call: SeenCall) => ApiAnswer = () => ({ status: 200 });

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<Api> {
    const server = createServer();
    const api = new Api(server);
    server.on('request', async (incoming, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk);
      const call = { path: incoming.url ?? '', headers: incoming.headers, body: Buffer.concat(chunks).toString() };
      api.seen.push(call);
      await api.holds(call);
      const { status, headers } = api.answers(call);
      for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value);
      response.writeHead(status).end(`answer to ${call.path}`);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return api;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
