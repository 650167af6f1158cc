import { connect } from 'node:net';

/** What a server wrote, taken apart byte by byte: no client in between that normalizes, follows or retries. */
export type Answer = {
  readonly status: number;
  readonly reason: string;
  /** By lower-case name, in the order in which they came. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: string;
};

export type Exchange = {
  readonly method?: string;
  readonly path?: string;
  /** `Host` and `Connection: close` are added unless they are here; `Content-Length` where there is a body. */
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string | Uint8Array;
};

/** Sends one request and reads the answer until the server closes the connection. */
export async function exchange(port: number, request: Exchange): Promise<Answer> {
  return parseAnswer(await exchangeBytes(port, requestBytes(port, request)), request.method);
}

/** Writes these bytes as they are and returns everything that comes back until the connection ends. */
export function exchangeBytes(port: number, bytes: string | Uint8Array, host = '127.0.0.1'): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, host);
    let failure: Error | null = null;
    socket.on('data', (chunk) => chunks.push(chunk));
    // A server that refuses early resets a connection that is still writing: what it said before that is the answer.
    socket.on('error', (error) => {
      failure = error;
    });
    socket.on('close', () => {
      if (chunks.length === 0 && failure !== null) reject(failure);
      else resolve(Buffer.concat(chunks).toString('latin1'));
    });
    socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  });
}

export function requestBytes(port: number, { method = 'GET', path = '/', headers = [], body }: Exchange): Uint8Array {
  const has = (wanted: string) => headers.some(([name]) => name.toLowerCase() === wanted);
  const payload = body === undefined ? null : Buffer.from(body as Uint8Array);
  const lines = [`${method} ${path} HTTP/1.1`];
  if (!has('host')) lines.push(`Host: localhost:${port}`);
  if (!has('connection')) lines.push('Connection: close');
  if (payload !== null && !has('content-length') && !has('transfer-encoding')) {
    lines.push(`Content-Length: ${payload.length}`);
  }
  for (const [name, value] of headers) lines.push(`${name}: ${value}`);
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), payload ?? Buffer.alloc(0)]);
}

/** Takes the first answer out of what came; an interim answer (1xx) is passed over. */
export function parseAnswer(text: string, method = 'GET'): Answer {
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) throw new Error(`no HTTP answer in ${JSON.stringify(text.slice(0, 200))}`);
  const [first = '', ...lines] = text.slice(0, end).split('\r\n');
  const [, status = '', reason = ''] = /^HTTP\/1\.1 (\d{3}) (.*)$/.exec(first) ?? [];
  if (status.startsWith('1')) return parseAnswer(text.slice(end + 4), method);
  const headers = new Map<string, string[]>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), line.slice(colon + 1).trim()]);
  }
  const raw = method === 'HEAD' ? '' : bodyOf(text.slice(end + 4), headers);
  return { status: Number(status), reason, headers, body: Buffer.from(raw, 'latin1').toString('utf8') };
}

function bodyOf(rest: string, headers: ReadonlyMap<string, readonly string[]>): string {
  const length = headers.get('content-length')?.[0];
  if (length !== undefined) return rest.slice(0, Number(length));
  return headers.get('transfer-encoding')?.[0] === 'chunked' ? dechunked(rest) : rest;
}

function dechunked(rest: string): string {
  const end = rest.indexOf('\r\n');
  const size = Number.parseInt(rest.slice(0, end), 16);
  if (end === -1 || Number.isNaN(size) || size === 0) return '';
  return rest.slice(end + 2, end + 2 + size) + dechunked(rest.slice(end + 2 + size + 2));
}

/** The only value of a header; undefined where there is none, and an error where there are several. */
export function headerOf(answer: Answer, name: string): string | undefined {
  const values = answer.headers.get(name) ?? [];
  if (values.length > 1) throw new Error(`${name} is there ${values.length} times`);
  return values[0];
}

/** The body as an object; an error where it is none. */
export function jsonOf(answer: Answer): Record<string, unknown> {
  const value: unknown = JSON.parse(answer.body);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`no object: ${answer.body}`);
  return value as Record<string, unknown>;
}

/** The value of a cookie that an answer sets. */
export function cookieOf(answer: Answer, name: string): string {
  const line = (answer.headers.get('set-cookie') ?? []).find((cookie) => cookie.startsWith(`${name}=`));
  if (line === undefined) throw new Error(`no cookie ${name}`);
  return line.slice(name.length + 1).split(';', 1)[0] ?? '';
}

export function basic(username: string, password: string): readonly [string, string] {
  return ['Authorization', `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`];
}

export function bearer(token: string): readonly [string, string] {
  return ['Authorization', `Bearer ${token}`];
}

export const JSON_TYPE: readonly [string, string] = ['Content-Type', 'application/json'];
export const FORM_TYPE: readonly [string, string] = ['Content-Type', 'application/x-www-form-urlencoded'];
