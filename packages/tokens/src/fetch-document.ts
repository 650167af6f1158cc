import { parseJsonObject } from './strict-json.ts';

/** The part of `fetch` that is used here; the global one and undici's fit. */
export type Fetch = (
  url: string,
  init: {
    readonly headers: Readonly<Record<string, string>>;
    readonly redirect: 'manual';
    readonly signal: AbortSignal;
  },
) => Promise<FetchedResponse>;

export type FetchedResponse = {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: AsyncIterable<Uint8Array> | null;
};

/** Why an issuer's document could not be had. The message is for the operator: it names the URL, never its content. */
export class FetchFailure extends Error {
  override readonly name = 'FetchFailure';
  readonly code = 'ISSUER_DOCUMENT_UNAVAILABLE';
  /** The HTTP status, where there was an answer. */
  readonly status: number | undefined;

  constructor(url: string, reason: string, options: ErrorOptions & { readonly status?: number } = {}) {
    super(`${url}: ${reason}`, options);
    this.status = options.status;
  }
}

const MAX_BYTES = 524_288;
const MAX_REDIRECTS = 3;

/**
 * Gets one JSON document from an issuer: at most 512 kB, within the time of the signal, following redirects within the
 * origin only, since another origin was never named by the configuration. Rejects with `FetchFailure`.
 */
export async function fetchDocument(
  fetch: Fetch,
  url: string,
  signal: AbortSignal,
): Promise<Readonly<Record<string, unknown>>> {
  const response = await request(fetch, url, signal, MAX_REDIRECTS);
  const text = await readText(url, response);
  const parsed = parseJsonObject(text);
  if (!parsed.ok) throw new FetchFailure(url, `the answer ${parsed.problem}`);
  return parsed.value;
}

async function request(fetch: Fetch, url: string, signal: AbortSignal, redirects: number): Promise<FetchedResponse> {
  let response: FetchedResponse;
  try {
    response = await fetch(url, {
      headers: { accept: 'application/json, application/jwk-set+json' },
      redirect: 'manual',
      signal,
    });
  } catch (cause) {
    throw new FetchFailure(url, signal.aborted ? 'no answer in time' : 'cannot be reached', { cause });
  }
  if (response.status === 200) return response;
  await discard(response);
  const location = response.status >= 300 && response.status < 400 ? response.headers.get('location') : null;
  if (location === null) throw new FetchFailure(url, `answered ${response.status}`, { status: response.status });
  const target = URL.parse(location, url);
  if (target === null || target.origin !== new URL(url).origin)
    throw new FetchFailure(url, 'redirects to another origin');
  if (redirects === 0) throw new FetchFailure(url, 'redirects too often');
  return request(fetch, target.href, signal, redirects - 1);
}

async function readText(url: string, response: FetchedResponse): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of response.body ?? []) {
      size += chunk.byteLength;
      if (size > MAX_BYTES) break;
      chunks.push(chunk);
    }
    if (size <= MAX_BYTES) return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch (cause) {
    throw new FetchFailure(url, 'the answer broke off, or is not UTF-8', { cause });
  }
  throw new FetchFailure(url, `the answer is larger than ${MAX_BYTES} bytes`);
}

/** Lets go of a body that nobody reads, so that its connection is free again. */
async function discard(response: FetchedResponse): Promise<void> {
  try {
    for await (const _chunk of response.body ?? []) break;
  } catch {
    // It broke off: there is nothing left to let go of.
  }
}
