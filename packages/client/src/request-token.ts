import { signClientAssertion } from './client-assertion.ts';
import type { Clock } from './clock.ts';
import { TokenAnswerError, TokenRefusedError, TokenUnavailableError } from './errors.ts';
import { networkCause } from './network-cause.ts';
import { asOneLine } from './one-line.ts';
import { readAtMost } from './read-at-most.ts';
import { retryAfterOf } from './retry-after.ts';
import type { TokenRequest } from './token-request.ts';

export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** A token as it was got. Times are of the monotonic clock, counted from when the request left, which errs on the safe side. */
export type AccessToken = {
  readonly value: string;
  readonly obtained: number;
  readonly expires: number;
  /** What it is good for, where the issuer says so. */
  readonly scope: string | undefined;
};

/** What one request came to. */
export type TokenReply = {
  readonly outcome:
    | { readonly kind: 'token'; readonly token: AccessToken }
    | { readonly kind: 'refused'; readonly error: TokenRefusedError }
    | { readonly kind: 'unavailable'; readonly error: TokenUnavailableError }
    | { readonly kind: 'unreadable'; readonly error: TokenAnswerError };
  /** The issuer's clock less this machine's, in milliseconds; undefined where it sent no `Date`. */
  readonly skew: number | undefined;
};

/** A token answer is one or two kilobytes; a page of HTML from a proxy is not, and nothing needs to be read to its end. */
const LONGEST_ANSWER = 256 * 1_024;
/** RFC 6749 section 5.1 allows `expires_in` to be left out; a token of unknown life is taken to be a short-lived one. */
const UNKNOWN_LIFE_SECONDS = 60;
/** Longer than a year is not a life but a mistake of units. */
const LONGEST_LIFE_SECONDS = 366 * 24 * 3_600;
/** Codes of RFC 6749 section 5.2 that name a passing state, though they come with a 4xx. */
const PASSING = new Set(['temporarily_unavailable', 'slow_down', 'server_error']);

export type Asking = {
  readonly fetch: Fetch;
  readonly clock: Clock;
  /** Milliseconds for the whole answer. */
  readonly timeout: number;
  /** What is known of the issuer's clock, for the times of an assertion. */
  readonly skew: number;
};

/** The token that another one is wanted instead of. */
export type Replaced = { readonly token: AccessToken; readonly rejected: boolean };

/** Asks for a token once; throws only what reading the secret or the key throws. */
export type AskForToken = (
  request: TokenRequest,
  asking: Asking,
  replaced: Replaced | undefined,
) => Promise<TokenReply>;

/**
 * Asks the issuer, once. Nothing is retried here, no redirect is followed: a secret goes to the endpoint it is for or nowhere.
 */
export async function requestToken(request: TokenRequest, asking: Asking): Promise<TokenReply> {
  const { fetch, clock, timeout } = asking;
  const { headers, body, shown } = await formOf(request, clock.wall() + asking.skew);
  const obtained = clock.monotonic();
  const giveUp = new AbortController();
  const calledOff = clock.after(timeout, () => giveUp.abort());
  try {
    const response = await fetch(request.endpoint, {
      method: 'POST',
      headers,
      body: body.toString(),
      redirect: 'manual',
      credentials: 'omit',
      cache: 'no-store',
      signal: giveUp.signal,
    });
    const skew = skewOf(response, clock);
    const text = await readAtMost(response, LONGEST_ANSWER, request.endpoint);
    const issuerTime = clock.wall() + (skew ?? 0);
    const outcome = response.ok
      ? grantOf(request, text, obtained)
      : refusalOf(request, response, { text, shown, now: issuerTime });
    return { outcome, skew };
  } catch (error) {
    if (error instanceof TokenAnswerError) return { outcome: { kind: 'unreadable', error }, skew: undefined };
    const what = giveUp.signal.aborted ? `did not answer within ${timeout} ms` : 'cannot be reached';
    const unavailable = new TokenUnavailableError(`${request.endpoint.href} ${what}`, { cause: networkCause(error) });
    return { outcome: { kind: 'unavailable', error: unavailable }, skew: undefined };
  } finally {
    calledOff();
  }
}

/** `shown`: the secret or assertion in it, in every form. */
async function formOf(
  request: TokenRequest,
  now: number,
): Promise<{ headers: Headers; body: URLSearchParams; shown: readonly string[] }> {
  const { endpoint, clientId, authentication, audience, scope, resources = [] } = request;
  const headers = new Headers({ accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' });
  const body = new URLSearchParams({ grant_type: 'client_credentials' });
  let shown: string | undefined;
  switch (authentication.kind) {
    case 'secret': {
      shown = (await authentication.secret.read()).reveal();
      if (authentication.sentIn === 'header') headers.set('authorization', basicOf(clientId, shown));
      else {
        body.set('client_id', clientId);
        body.set('client_secret', shown);
      }
      break;
    }
    case 'assertion': {
      const key = await authentication.key.read();
      shown = await signClientAssertion(key, { clientId, audience: endpoint.href, now });
      body.set('client_id', clientId);
      body.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
      body.set('client_assertion', shown);
      break;
    }
    case 'certificate':
      body.set('client_id', clientId);
  }
  if (audience !== undefined) body.set('audience', audience);
  if (scope !== undefined) body.set('scope', scope);
  for (const resource of resources) body.append('resource', resource);
  return { headers, body, shown: formsOf(shown, { authorization: headers.get('authorization') }) };
}

/** RFC 6749 section 2.3.1: both are form-encoded first, and only then joined. */
function basicOf(clientId: string, secret: string): string {
  return `Basic ${btoa([clientId, secret].map(formEncoded).join(':'))}`;
}

function formEncoded(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1);
}

function skewOf(response: Response, clock: Clock): number | undefined {
  const date = Date.parse(response.headers.get('date') ?? '');
  return Number.isNaN(date) ? undefined : date - clock.wall();
}

type Said = { readonly text: string; readonly shown: readonly string[]; readonly now: number };

function refusalOf(request: TokenRequest, response: Response, { text, shown, now }: Said): TokenReply['outcome'] {
  const { endpoint, clientId } = request;
  const { status } = response;
  if (response.type === 'opaqueredirect' || (status >= 300 && status < 400))
    return unreadable(`${endpoint.href} redirects; credentials do not follow. Name the address it leads to`);
  const told = parseObject(text);
  const error = wordsOf(told?.error, shown);
  const errorDescription = wordsOf(told?.error_description, shown);
  if (status === 429 || status >= 500 || status === 408 || (error !== undefined && PASSING.has(error))) {
    const retryAfter = retryAfterOf(response.headers, now);
    const message = `${endpoint.href} answered ${status}${error === undefined ? '' : ` (${error})`}`;
    const options = retryAfter === undefined ? {} : { retryAfter };
    return { kind: 'unavailable', error: new TokenUnavailableError(message, options) };
  }
  if (error === undefined) return unreadable(`${endpoint.href} answered ${status} without an OAuth error`);
  return {
    kind: 'refused',
    error: new TokenRefusedError({ clientId, endpoint: endpoint.href, status, error, errorDescription }),
  };
}

function grantOf({ endpoint }: TokenRequest, text: string, obtained: number): TokenReply['outcome'] {
  const told = parseObject(text);
  const value = textOf(told?.access_token);
  if (value === undefined || !/^[\x21-\x7e]+$/.test(value))
    return unreadable(`${endpoint.href} answered without an access token`);
  if (textOf(told?.token_type)?.toLowerCase() !== 'bearer')
    return unreadable(`${endpoint.href} gives tokens of a type other than Bearer`);
  const expires = obtained + lifeOf(told?.expires_in) * 1_000;
  return { kind: 'token', token: { value, obtained, expires, scope: textOf(told?.scope) } };
}

function unreadable(message: string): TokenReply['outcome'] {
  return { kind: 'unreadable', error: new TokenAnswerError(message) };
}

/** What an issuer says ends up in messages and logs: a line, and never the secret that it was shown, in none of its forms. */
function wordsOf(value: unknown, shown: readonly string[]): string | undefined {
  const text = textOf(value);
  return text === undefined
    ? undefined
    : asOneLine(shown.reduce((kept, one) => kept.replaceAll(one, '[secret]'), text));
}

/** As it was sent, and as whoever looks at the request sees it. */
function formsOf(secret: string | undefined, { authorization }: { authorization: string | null }): readonly string[] {
  const sent = authorization?.slice('Basic '.length);
  const forms = secret === undefined ? [] : [secret, formEncoded(secret), encodeURIComponent(secret)];
  // A shorter one is no secret, and part of many a word.
  return [...forms, ...(sent === undefined ? [] : [sent])].filter((form) => form.length >= 8);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Some issuers (Entra v1) send the number as a text. */
function lifeOf(expiresIn: unknown): number {
  const seconds = typeof expiresIn === 'string' && /^\d+$/.test(expiresIn) ? Number(expiresIn) : expiresIn;
  if (typeof seconds !== 'number' || !(seconds > 0)) return UNKNOWN_LIFE_SECONDS;
  return Math.min(seconds, LONGEST_LIFE_SECONDS);
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
