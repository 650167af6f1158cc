import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import { duplexPair } from 'node:stream';
import type { RequestHandler } from '@stagedoor/gateway';
import { answerOf, MOST_BYTES, ProviderAway, type ProviderFetch } from './provider-fetch.ts';

/**
 * Asks an issuer of this process by HTTP without a network: its own address may be known to browsers alone, and its certificate
 * may be of an authority that this process does not trust.
 */
export function fetchInProcess(handler: RequestHandler): ProviderFetch {
  const server = createServer(handler);
  return async (url, { method, headers, body, signal }) => {
    const answer = await exchange(server, new URL(url), { method, headers, signal }, body);
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of answer) {
      const bytes = Buffer.from(chunk);
      length += bytes.length;
      if (length > MOST_BYTES) throw new ProviderAway(`it answers with more than ${MOST_BYTES} bytes`);
      chunks.push(bytes);
    }
    return answerOf(answer.statusCode ?? 500, headersOf(answer), Buffer.concat(chunks));
  };
}

type Asked = Parameters<ProviderFetch>[1];

function exchange(
  server: Server,
  { host, pathname, search }: URL,
  { method, headers, signal }: Pick<Asked, 'method' | 'headers'> & { readonly signal: AbortSignal | undefined },
  body: string | undefined,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const [near, far] = duplexPair();
    server.emit('connection', far);
    const asked = request({
      createConnection: () => near,
      method,
      path: `${pathname}${search}`,
      headers: { ...headers, host, connection: 'close' },
      ...(signal === undefined ? {} : { signal }),
    });
    asked.once('response', resolve);
    asked.once('error', (cause) => reject(new ProviderAway('it does not answer', { cause })));
    asked.end(body);
  });
}

function headersOf({ headersDistinct }: IncomingMessage): [string, string][] {
  return Object.entries(headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  );
}
