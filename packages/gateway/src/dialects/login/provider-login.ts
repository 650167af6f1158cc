import type { IncomingHttpHeaders } from 'node:http';
import { anonymous, refuse } from '@stagedoor/access';
import { problemDetails } from '../../answering/problem-details.ts';
import { type LoginAudit, noteLogin } from '../../auditing/note-login.ts';
import type { Dialect, Problem, Where, Wire } from '../../dialect.ts';
import { Failure, Refused } from '../../failure.ts';
import { type Operation, operation, type Reply } from '../../operation.ts';
import { object, text } from '../../schema.ts';
import { CSRF_FIELD, CSRF_NAME, clearCookie, SESSION_COOKIES } from '../../sessions/cookies.ts';
import type { PendingLogins } from '../../sessions/pending-logins.ts';
import type { Sessions } from '../../sessions/sessions.ts';
import { ownPath } from './own-path.ts';
import { choicePage, loginProblemPage, logoutProblemPage } from './provider-pages.ts';
import type { ProviderUnavailable, RelyingParty } from './relying-party.ts';

export type ProviderLoginParts = LoginAudit & {
  readonly sessions: Sessions;
  readonly pending: PendingLogins;
  readonly relyingParty: RelyingParty;
};

const HTML = 'text/html; charset=utf-8';
const ONE_PROVIDER = object({ provider: text });

/** Login of people at identity providers, by the paths of the original (facts, section 2.4). It is there in `oidc` only. */
export function providerLoginDialect(parts: ProviderLoginParts): Dialect {
  return {
    name: 'login',
    api: 'orchestration',
    credentials: 'as-configured',
    challenges: false,
    operations: [...logins(parts), ...logouts(parts)],
    alsoBelow: [],
    territory: [],
    forbidden: () => 'Access is denied',
    problem: (problem, where) => problemOf(problem, where, parts.relyingParty),
  };
}

function logins(parts: ProviderLoginParts): readonly Operation[] {
  return [
    operation({
      id: 'chooseProvider',
      method: 'GET',
      path: '/login',
      summary: 'Where people log in',
      requirement: anonymous,
      responses: { 200: text, 302: null },
      handle: ({ query }) => choose(parts, query),
    }),
    operation({
      id: 'beginProviderLogin',
      method: 'GET',
      path: '/oauth2/authorization/{provider}',
      summary: 'Begins a login at an identity provider',
      requirement: anonymous,
      params: ONE_PROVIDER,
      responses: { 302: null },
      handle: ({ params, query }) => begin(parts, params.provider, query),
    }),
    operation({
      id: 'finishProviderLogin',
      method: 'GET',
      path: '/sso-callback',
      summary: 'Where identity providers send people back to',
      requirement: anonymous,
      responses: { 302: null },
      handle: ({ query, headers }) => finish(parts, query, headers),
    }),
  ];
}

function logouts(parts: ProviderLoginParts): readonly Operation[] {
  return [
    operation({
      id: 'logout',
      method: 'POST',
      path: '/logout',
      summary: 'Ends the session',
      requirement: anonymous,
      body: { kind: 'form', optional: true },
      responses: { 204: null, 303: null },
      handle: ({ headers, body }) => logOut(parts, headers, body),
    }),
    operation({
      id: 'logoutByProvider',
      method: 'POST',
      path: '/logout/connect/back-channel/{provider}',
      summary: 'Takes the word of an identity provider that a login is over',
      requirement: anonymous,
      params: ONE_PROVIDER,
      body: { kind: 'form' },
      responses: { 200: null },
      handle: ({ params, body }) => endByProvider(parts, params.provider, body),
    }),
  ];
}

/** A page for people; JSON for providers and scripts. */
function problemOf(problem: Problem, where: Where, { home }: RelyingParty): Wire {
  if (where.path.includes('/back-channel/')) {
    const description = problem.kind === 'refusal' ? problem.refusal.detail : problem.failure.message;
    // OpenID Connect Back-Channel Logout 1.0 section 2.8.
    return { type: 'application/json', body: { error: 'invalid_request', error_description: description } };
  }
  if (problem.kind === 'refusal' && problem.refusal.code === 'CSRF_MISSING')
    return { type: HTML, body: logoutProblemPage(home) };
  if (problem.kind === 'failure' || where.path.endsWith('/logout')) return problemDetails(problem, where);
  const { detail } = problem.refusal;
  return { type: HTML, body: loginProblemPage(`${detail[0]?.toUpperCase()}${detail.slice(1)}.`, `${home}login`) };
}

function choose({ relyingParty: { providers, home } }: ProviderLoginParts, query: unknown): Reply {
  const returnTo = encodeURIComponent(ownPath((query as Query).returnTo, home));
  const addressOf = (id: string) => `${home}oauth2/authorization/${encodeURIComponent(id)}?returnTo=${returnTo}`;
  const [first, ...others] = providers;
  if (others.length === 0) return { status: 302, headers: { location: addressOf(first.id) } };
  const links = providers.map(({ id, name }) => ({ name, address: addressOf(id) }));
  return { status: 200, type: HTML, body: choicePage(links) };
}

type Query = { readonly [name: string]: string | readonly string[] | undefined };

async function begin({ relyingParty, pending }: ProviderLoginParts, provider: string, query: unknown): Promise<Reply> {
  refuseUnknown(relyingParty, provider);
  const begun = await relyingParty.begin(provider);
  if (begun.kind === 'unavailable') throw unavailable(begun);
  const returnTo = ownPath((query as Query).returnTo, relyingParty.home);
  const cookie = pending.keep({ provider, secrets: begun.secrets, returnTo });
  return { status: 302, headers: { location: begun.location, 'set-cookie': cookie } };
}

async function finish(parts: ProviderLoginParts, query: unknown, headers: IncomingHttpHeaders): Promise<Reply> {
  const { relyingParty, pending, sessions } = parts;
  const begun = pending.read(headers.cookie);
  if (begun === null) throw new Refused(refuse('LOGIN_NOT_BEGUN'));
  const finished = await relyingParty.finish(begun.provider, begun.secrets, parametersOf(query as Query));
  if (finished.kind === 'unavailable') throw unavailable(finished);
  if (finished.kind === 'refused') throw new Refused(refuse('LOGIN_REFUSED', { operator: finished.operator }));
  // A new login never continues the session that came along.
  await endSessions(parts, headers);
  const session = sessions.beginAtProvider(finished.login);
  noteLogin(parts, 'login', session.username);
  const location = new URL(relyingParty.home).origin + begun.returnTo;
  return { status: 302, headers: { location, 'set-cookie': [...sessions.cookies(session), pending.forget()] } };
}

function parametersOf(query: Query): URLSearchParams {
  const parameters = new URLSearchParams();
  for (const [name, values = []] of Object.entries(query))
    for (const value of [values].flat()) parameters.append(name, value);
  return parameters;
}

/** A page that is left goes on to the provider, and its login there ends, too; a script is told that it is done. */
async function logOut(parts: ProviderLoginParts, headers: IncomingHttpHeaders, body: unknown): Promise<Reply> {
  if (headers['content-type'] !== undefined) refuseForeignForm(parts.sessions, headers, body);
  const [ended] = await endSessions(parts, headers);
  const cookies = { 'set-cookie': [SESSION_COOKIES.camunda, CSRF_NAME].map(clearCookie) };
  if (headers.accept?.includes('text/html') !== true) return { status: 204, headers: cookies };
  const { relyingParty } = parts;
  const address = ended === undefined ? null : await relyingParty.endAddress(ended);
  return { status: 303, headers: { ...cookies, location: address ?? relyingParty.home } };
}

/**
 * A log-out needs no CSRF header (facts, section 2.4). A form cannot be sent without a media type, though, and those of our own
 * pages carry the token: a form of anybody else's page ends nothing, also in a browser that does not say where it comes from.
 */
function refuseForeignForm(sessions: Sessions, { cookie }: IncomingHttpHeaders, body: unknown): void {
  const fields: ReadonlyMap<string, string> = body instanceof Map ? body : new Map<string, string>();
  const own = fields.get(CSRF_FIELD);
  for (const session of sessions.readAll(cookie))
    if (sessions.wantsCsrf(session) && !sessions.csrfHolds(session, own, cookie))
      throw new Refused(refuse('CSRF_MISSING'));
}

async function endSessions(parts: ProviderLoginParts, headers: IncomingHttpHeaders) {
  const sessions = parts.sessions.readAll(headers.cookie);
  for (const session of sessions) {
    await parts.sessions.end(session);
    noteLogin(parts, 'logout', session.username);
  }
  return sessions.flatMap(({ login }) => login ?? []);
}

async function endByProvider(parts: ProviderLoginParts, provider: string, body: unknown): Promise<Reply> {
  refuseUnknown(parts.relyingParty, provider);
  const token = body instanceof Map ? (body as ReadonlyMap<string, string>).get('logout_token') : undefined;
  if (token === undefined) throw new Refused(refuse('LOGOUT_TOKEN_REFUSED', { operator: 'there is no logout_token' }));
  const read = await parts.relyingParty.readLogoutToken(provider, token);
  if (read.kind === 'unavailable') throw unavailable(read);
  if (read.kind === 'refused') throw new Refused(refuse('LOGOUT_TOKEN_REFUSED', { operator: read.operator }));
  for (const { username } of parts.sessions.endAtProvider(read.ended)) noteLogin(parts, 'logout', username);
  return { status: 200 };
}

function refuseUnknown({ providers }: RelyingParty, id: string): void {
  if (!providers.some((provider) => provider.id === id))
    throw new Failure('unknown-path', 'No identity provider is configured under this name.');
}

function unavailable({ operator, retryAfterSeconds }: ProviderUnavailable): Refused {
  const detail = 'the identity provider cannot be reached now: try again in a moment';
  return new Refused(refuse('ISSUER_UNAVAILABLE', { detail, operator, retryAfterSeconds }));
}
