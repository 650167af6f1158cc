import type { Authorizer } from './authorizer.ts';
import { ForeignOriginError } from './errors.ts';
import type { TokenNeed } from './renewed-token.ts';
import type { Fetch } from './request-token.ts';

/** As `fetch`; a call may also say how much life its token must have left, and how long it is ready to wait for one. */
export type AuthorizedFetch = (
  input: string | URL | Request,
  init?: RequestInit & { readonly tokenNeed?: Omit<TokenNeed, 'signal'> },
) => Promise<Response>;

/**
 * A `fetch` that carries credentials, to the origins named and nowhere else: a call to another origin is not sent, and no
 * redirect is followed. A 401 is answered with one more attempt, where that would carry something else and the body can be
 * sent again; a body that is a stream cannot.
 *
 * @param to.origins such as `https://zeebe.example.com`; everything else is refused with {@link ForeignOriginError}
 */
export function authorizedFetch(
  authorizer: Authorizer,
  to: { readonly origins: readonly (string | URL)[]; readonly fetch?: Fetch },
): AuthorizedFetch {
  const origins = new Set(to.origins.map((origin) => new URL(origin).origin));
  const send: Fetch = to.fetch ?? ((input, init) => globalThis.fetch(input, init));
  return async (input, { tokenNeed, ...init } = {}) => {
    refuseForeign(input, origins);
    const call = input instanceof Request ? callOf(input, init, send) : callTo(input, init, send);
    const need: TokenNeed = call.signal === undefined ? { ...tokenNeed } : { ...tokenNeed, signal: call.signal };
    const authorizing = authorizer.authorize(need);
    const { headers, rejected } =
      authorizing instanceof Promise ? await untilAborted(authorizing, call.signal) : authorizing;
    const response = await call.send(headers);
    refuseRedirect(response, input);
    if (response.status !== 401 || !rejected() || !call.canBeSentAgain) return response;
    await response.body?.cancel();
    const again = await untilAborted(Promise.resolve(authorizer.authorize(need)), call.signal);
    const second = await call.send(again.headers);
    refuseRedirect(second, input);
    return second;
  };
}

type Carried = Readonly<Record<string, string>>;

type Call = {
  readonly signal: AbortSignal | undefined;
  readonly canBeSentAgain: boolean;
  /** Each time anew, with these headers over those of the caller. */
  readonly send: (carried: Carried) => Promise<Response>;
};

function callTo(url: string | URL, init: RequestInit, send: Fetch): Call {
  return {
    signal: init.signal ?? undefined,
    canBeSentAgain: !isStream(init.body),
    send: (carried) => send(url, { ...init, headers: withCarried(init.headers, carried), redirect: 'manual' }),
  };
}

/** The body of a request can be read once, so that each attempt has a copy. */
function callOf(input: Request, init: RequestInit, send: Fetch): Call {
  const request = new Request(input, { ...init, redirect: 'manual' });
  return {
    signal: request.signal,
    canBeSentAgain: true,
    send: (carried) => {
      const attempt = request.clone();
      for (const [name, value] of Object.entries(carried)) attempt.headers.set(name, value);
      return send(attempt);
    },
  };
}

/** Names of what is carried are in small letters. */
function withCarried(own: RequestInit['headers'], carried: Carried): Headers | Record<string, string> {
  if (own === undefined) return { ...carried };
  if (own instanceof Headers || Symbol.iterator in own) {
    const headers = new Headers(own);
    for (const [name, value] of Object.entries(carried)) headers.set(name, value);
    return headers;
  }
  const merged: Record<string, string> = { ...carried };
  for (const [name, value] of Object.entries(own))
    if (value !== undefined && !Object.hasOwn(carried, name.toLowerCase())) merged[name] = String(value);
  return merged;
}

/** Whatever is waited for, a caller who hangs up is gone at once; the wait is not ended, for it may be that of others, too. */
function untilAborted<T>(awaited: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return awaited;
  return new Promise((resolve, reject) => {
    const aborted = (): void => reject(signal.reason);
    if (signal.aborted) aborted();
    signal.addEventListener('abort', aborted, { once: true });
    awaited.then(resolve, reject).finally(() => signal.removeEventListener('abort', aborted));
  });
}

function isStream(body: RequestInit['body']): boolean {
  return body instanceof ReadableStream || (typeof body === 'object' && body !== null && Symbol.asyncIterator in body);
}

function refuseForeign(input: string | URL | Request, origins: ReadonlySet<string>): void {
  // An address that begins with an origin and a slash has that origin, and need not be parsed for it once more.
  if (typeof input === 'string') for (const origin of origins) if (input.startsWith(`${origin}/`)) return;
  const { origin } = urlOf(input);
  if (origins.has(origin)) return;
  throw new ForeignOriginError(`these credentials are for ${[...origins].join(', ')}, not for ${origin}`);
}

function refuseRedirect(response: Response, input: string | URL | Request): void {
  const { status, type } = response;
  if (type !== 'opaqueredirect' && (status < 300 || status > 399 || status === 304)) return;
  const { href, origin } = urlOf(input);
  const location = response.headers.get('location');
  const target = location === null ? null : URL.parse(location, href);
  throw new ForeignOriginError(
    `${origin} redirects ${target === null ? 'elsewhere' : `to ${target.origin}`}; credentials do not follow`,
  );
}

function urlOf(input: string | URL | Request): URL {
  return input instanceof URL ? input : new URL(input instanceof Request ? input.url : input);
}
