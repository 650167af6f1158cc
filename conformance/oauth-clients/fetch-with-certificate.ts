import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';

export type Connecting = { readonly ca: string; readonly cert?: string; readonly key?: string };

type Sent = { readonly method: string; readonly headers: Readonly<Record<string, string>>; readonly body?: unknown };

/** What the libraries take in the place of `fetch`, which has no client certificates: the files are PEM. */
export function fetchWithCertificate({ ca, cert, key }: Connecting): (url: string, sent: Sent) => Promise<Response> {
  const agent = new Agent({
    ca: readFileSync(ca),
    ...(cert === undefined || key === undefined ? {} : { cert: readFileSync(cert), key: readFileSync(key) }),
  });
  return (url, { method, headers, body }) => {
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    const asked = request(url, { method, headers: { ...headers }, agent }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
      answer.on('end', () => {
        const pairs = Object.entries(answer.headersDistinct).flatMap(([name, values = []]) =>
          values.map((value): [string, string] => [name, value]),
        );
        resolve(new Response(Buffer.concat(chunks), { status: answer.statusCode ?? 0, headers: pairs }));
      });
    });
    asked.on('error', reject).end(body === undefined || body === null ? undefined : String(body));
    return promise;
  };
}
