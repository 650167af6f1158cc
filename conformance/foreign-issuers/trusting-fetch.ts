import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';

/** As much of `fetch` as is needed here; redirects are answers like others. */
export type Asked = {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | URLSearchParams;
};
export type TrustingFetch = (url: string, asked?: Asked) => Promise<Response>;

const PATIENCE_MILLIS = 60_000;

/**
 * Asks servers whose certificates come from the CA in `authority` (a directory that `stagedoor ca` wrote), and shows the
 * certificate of that client where one is named. Each request has a connection of its own, so that no certificate sticks.
 */
export function trustingFetch(authority: string, client?: string): TrustingFetch {
  const file = (name: string) => readFileSync(join(authority, name));
  const shown = client === undefined ? {} : { cert: file(`${client}.pem`), key: file(`${client}-key.pem`) };
  const tls = { ca: file('ca.pem'), ...shown, agent: false, timeout: PATIENCE_MILLIS };
  return (url, { method = 'GET', headers = {}, body } = {}) =>
    new Promise((resolve, reject) => {
      const form = body instanceof URLSearchParams ? { 'content-type': 'application/x-www-form-urlencoded' } : {};
      const asked = request(url, { ...tls, method, headers: { ...form, ...headers } }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => {
          const status = answer.statusCode ?? 0;
          // A body is not allowed to come with these (Fetch standard, "null body status").
          const whole = status === 204 || status === 304 ? null : Buffer.concat(chunks);
          resolve(new Response(whole, { status, headers: pairsOf(answer.rawHeaders) }));
        });
      });
      asked.on('timeout', () => asked.destroy(new Error(`no answer from ${url}`)));
      asked.on('error', reject).end(body?.toString());
    });
}

/** Two by two, as Node lists them; several `Set-Cookie` stay several. */
function pairsOf(raw: readonly string[]): [string, string][] {
  return raw.flatMap((name, index): [string, string][] => (index % 2 === 0 ? [[name, raw[index + 1] ?? '']] : []));
}
