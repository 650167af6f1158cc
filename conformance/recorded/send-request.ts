import { request as httpRequest } from 'node:http';
import type { Answer, RecordedRequest } from './recorded-case.ts';

/** Sends a request as it was recorded, header by header: what a client library would mend or refuse goes out as it is. */
export function sendRequest(origin: string, { method, target, headers, body }: RecordedRequest): Promise<Answer> {
  const { hostname, port, host } = new URL(origin);
  const length = body === null ? [] : [['content-length', String(body.length)] as const];
  const lines = [['host', host] as const, ['connection', 'close'] as const, ...headers, ...length].flat();
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({ hostname, port, method, path: target, headers: lines }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        resolve({ status: incoming.statusCode ?? 0, headers: headersOf(incoming.headersDistinct), body: Buffer.concat(chunks).toString() });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function headersOf(distinct: NodeJS.Dict<string[]>): Answer['headers'] {
  return new Map(Object.entries(distinct).map(([name, values]) => [name, values ?? []]));
}
