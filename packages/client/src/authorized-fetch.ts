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
    const request = new Request(input, { ...init, redirect: 'manual' });
    refuseForeign(request.url, origins);
    const again = canBeSentAgain(input, init) ? request.clone() : undefined;
    const need: TokenNeed = { ...tokenNeed, signal: request.signal };
    const authorization = await authorizer.authorize(need);
    const response = await send(withHeaders(request, authorization.headers));
    refuseRedirect(response, request.url);
    if (response.status !== 401 || !authorization.rejected() || again === undefined) return response;
    await response.body?.cancel();
    const second = await authorizer.authorize(need);
    const secondResponse = await send(withHeaders(again, second.headers));
    refuseRedirect(secondResponse, request.url);
    return secondResponse;
  };
}

function withHeaders(request: Request, headers: Readonly<Record<string, string>>): Request {
  for (const [name, value] of Object.entries(headers)) request.headers.set(name, value);
  return request;
}

function canBeSentAgain(input: string | URL | Request, init: RequestInit): boolean {
  const body = init.body ?? (input instanceof Request ? input.body : null);
  return (
    !(body instanceof ReadableStream) && !(typeof body === 'object' && body !== null && Symbol.asyncIterator in body)
  );
}

function refuseForeign(url: string, origins: ReadonlySet<string>): void {
  const { origin } = new URL(url);
  if (origins.has(origin)) return;
  throw new ForeignOriginError(`these credentials are for ${[...origins].join(', ')}, not for ${origin}`);
}

function refuseRedirect(response: Response, url: string): void {
  if (response.type !== 'opaqueredirect' && (response.status < 300 || response.status > 399 || response.status === 304))
    return;
  const location = response.headers.get('location');
  const where = location === null ? 'elsewhere' : `to ${new URL(location, url).origin}`;
  throw new ForeignOriginError(`${new URL(url).origin} redirects ${where}; credentials do not follow`);
}
