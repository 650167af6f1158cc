import { request as httpRequest } from 'node:http';
import type { Answer, RecordedRequest } from './recorded-case.ts';

/** No longer body is accepted where recordings are replayed. */
const ACCEPTABLE = 131_072;
const BEGINNING = 65_536;

/** Sends a request as it was recorded, header by header: what a client library would mend or refuse goes out as it is. */
export function sendRequest(origin: string, { method, target, headers, body }: RecordedRequest): Promise<Answer> {
  const { hostname, port, host } = new URL(origin);
  const safe = ['GET', 'HEAD', 'OPTIONS', 'TRACE', 'DELETE'].includes(method);
  // What has no body says so where one is expected (RFC 9110 section 8.6).
  const length = body === null && safe ? [] : [['content-length', String(body?.length ?? 0)] as const];
  const lines = [['host', host] as const, ['connection', 'keep-alive'] as const, ...headers, ...length].flat();
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({ hostname, port, method, path: target, headers: lines }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        outgoing.destroy();
        const read = Buffer.concat(chunks).toString();
        resolve({ status: incoming.statusCode ?? 0, headers: headersOf(incoming.headersDistinct), body: read });
      });
    });
    outgoing.on('error', reject);
    // Who refuses a length closes the connection while the rest is on its way, and the answer is lost: only its beginning
    // is sent. Who waits for the rest before he refuses it never answers, which fails the case.
    if (body !== null && body.length > ACCEPTABLE) outgoing.write(body.subarray(0, BEGINNING));
    else outgoing.end(body);
  });
}

function headersOf(distinct: NodeJS.Dict<string[]>): Answer['headers'] {
  return new Map(Object.entries(distinct).map(([name, values]) => [name, values ?? []]));
}
