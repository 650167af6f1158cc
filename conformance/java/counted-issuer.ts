import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export type CountedIssuer = {
  /** The token endpoint for the client. */
  readonly tokenUrl: string;
  /** What each request was answered, in their order. */
  readonly answers: readonly { readonly status: number; readonly body: string }[];
  close(): Promise<void>;
};

/** Stands before a token endpoint, passes every request on as it is, and counts. */
export async function countRequests(tokenUrl: string): Promise<CountedIssuer> {
  const answers: { status: number; body: string }[] = [];
  const server = createServer(async (request, response) => {
    const headers = { 'content-type': request.headers['content-type'] ?? '' };
    const answer = await fetch(tokenUrl, { method: 'POST', headers, body: await bodyOf(request) });
    const body = await answer.text();
    answers.push({ status: answer.status, body });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    tokenUrl: `http://127.0.0.1:${port}/oauth/token`,
    answers,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return body;
}
