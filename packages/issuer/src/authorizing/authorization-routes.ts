import type { IncomingMessage } from 'node:http';
import { assertNever } from '@stagedoor/access';
import type { ClientRegistry } from '../client-registry.ts';
import type { IssuerForm } from '../issuer-forms.ts';
import { nameOfParameter } from '../known-parameters.ts';
import { readBody } from '../read-body.ts';
import { readParameters } from '../read-parameters.ts';
import type { Outcome, ReadParameters } from '../token-request.ts';
import { type AuthorizationRequest, readAuthorizationRequest } from './authorization-request.ts';
import { type BrowserAnswer, callerOf, isForm, queryOf, readCookie, written } from './browser-request.ts';
import { type LoggingIn, logInPerson } from './log-in-person.ts';
import { loginPage, messagePage } from './login-page.ts';
import type { PendingRequests } from './pending-requests.ts';
import { withParameters } from './redirect-uris.ts';

export type Authorizing = LoggingIn & {
  readonly origin: string;
  readonly registry: ClientRegistry;
  readonly pending: PendingRequests;
  readonly addressOf: (request: IncomingMessage) => string;
};

const COOKIE = 'stagedoor-login';

/**
 * The authorization endpoint (RFC 6749 section 3.1): shows the login page to whoever an application that is registered sends
 * here. The request comes as a query or as a form (OpenID Connect Core section 3.1.2.1).
 */
export async function answerAuthorization(
  request: IncomingMessage,
  form: IssuerForm,
  authorizing: Authorizing,
): Promise<BrowserAnswer> {
  const query = await queryOf(request);
  return query === null ? unreadable() : askForLogin(query, form, authorizing, { status: 200, problem: null });
}

/** What the login page sends: the person's name and password, and the request that he came with. */
export async function answerLogin(
  request: IncomingMessage,
  form: IssuerForm,
  authorizing: Authorizing,
): Promise<BrowserAnswer> {
  const sent = isForm(request) ? readParameters(await readBody(request), 'form') : null;
  if (sent === null || !sent.ok) return unreadable();
  const { parameters } = sent.value;
  const browser = readCookie(request, COOKIE);
  const pending = authorizing.pending.open(parameters.get('request') ?? '', form.authorizationPath, browser);
  if (pending === null) return unreadable();
  const again = (status: number, problem: string, headers = {}) =>
    askForLogin(pending.query, form, authorizing, { status, problem, headers });
  // Chromium and Firefox say where a form was sent from; the cookie says it of everybody else's.
  const site = request.headers['sec-fetch-site'] ?? 'same-origin';
  if (!pending.isOfThisBrowser || !['same-origin', 'none'].includes(site))
    return again(403, 'This page was open for too long, or was not opened in this browser. Please log in now.');
  const read = readPending(pending.query, authorizing);
  if (read.kind !== 'good') return unreadable();
  const username = parameters.get('username') ?? '';
  const password = parameters.get('password') ?? '';
  const caller = callerOf(request, authorizing.addressOf(request));
  const verdict = await logInPerson({ username, password, caller, issuer: form.issuer }, read.request, authorizing);
  switch (verdict.kind) {
    case 'in':
      return answerApplication(form, read.request, { code: verdict.code }, clearedCookie(form, authorizing));
    case 'refused':
      return again(401, 'The user name or the password is wrong.');
    case 'limited':
      return again(429, 'There were too many attempts. Please wait a little before the next one.', {
        'retry-after': String(verdict.retryAfterSeconds),
      });
    case 'gone':
      return { status: 408, headers: {}, body: '' };
    default:
      return assertNever(verdict);
  }
}

type Showing = {
  readonly status: number;
  readonly problem: string | null;
  readonly headers?: Readonly<Record<string, string>>;
};

/** Every showing is for one browser anew: who had the page before has nothing that belongs to it. */
function askForLogin(
  query: string,
  form: IssuerForm,
  authorizing: Authorizing,
  { status, problem, headers = {} }: Showing,
): BrowserAnswer {
  const read = readPending(query, authorizing);
  switch (read.kind) {
    case 'untrusted':
      return written(400, messagePage('This does not lead on', `Stagedoor stops here: ${read.problem}.`));
    case 'refused':
      return answerApplication(form, read, { error: read.error, error_description: read.description });
    case 'good':
      break;
    default:
      return assertNever(read);
  }
  const { client, redirectUri } = read.request;
  const browser = authorizing.pending.newBrowser();
  const page = loginPage({
    application: client.name,
    action: form.loginPath,
    request: authorizing.pending.seal(query, form.authorizationPath, browser),
    redirectUri,
    problem,
  });
  return written(status, page, { ...headers, 'set-cookie': cookie(form, authorizing, browser) });
}

type Read = ReturnType<typeof readAuthorizationRequest>;

function readPending(query: string, { registry }: Authorizing): Read {
  const read: Outcome<ReadParameters> = readParameters(Buffer.from(query), 'form');
  if (read.ok) return readAuthorizationRequest(read.value, registry);
  const { problem } = read;
  if (problem.kind === 'parameter-repeated')
    return { kind: 'untrusted', problem: `${nameOfParameter(problem.name)} of the request is given more than once` };
  return { kind: 'untrusted', problem: 'the request of the application cannot be read' };
}

/** 303, so that no browser sends the password on (RFC 9700 section 4.12); `iss` is of RFC 9207. */
function answerApplication(
  form: IssuerForm,
  { redirectUri, state }: Pick<AuthorizationRequest, 'redirectUri' | 'state'>,
  parameters: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): BrowserAnswer {
  const location = withParameters(redirectUri, { ...parameters, state, iss: form.issuer });
  return { status: 303, headers: { 'cache-control': 'no-store', ...headers, location }, body: '' };
}

function unreadable(): BrowserAnswer {
  const sentence = 'Stagedoor cannot read this request: go back to the application and begin again.';
  return written(400, messagePage('This does not lead on', sentence));
}

function cookie({ authorizationPath }: IssuerForm, { origin }: Authorizing, value: string): string {
  // It comes back with the form of our own page alone.
  return `${COOKIE}=${value}; Path=${authorizationPath}; HttpOnly; SameSite=Strict${origin.startsWith('https:') ? '; Secure' : ''}`;
}

function clearedCookie(form: IssuerForm, authorizing: Authorizing): Readonly<Record<string, string>> {
  return { 'set-cookie': `${cookie(form, authorizing, '')}; Max-Age=0` };
}
