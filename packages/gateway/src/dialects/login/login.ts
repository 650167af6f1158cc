import type { IncomingHttpHeaders } from 'node:http';
import { anonymous, type Caller, type PasswordVerifier, refuse, type UserRecord } from '@stagedoor/access';
import { bootError } from '../../answering/boot-error.ts';
import { problemDetails } from '../../answering/problem-details.ts';
import { type LoginAudit, noteLogin } from '../../auditing/note-login.ts';
import type { Dialect, Problem, Where, Wire } from '../../dialect.ts';
import { Failure, Refused } from '../../failure.ts';
import { type Operation, operation, type Reply } from '../../operation.ts';
import { CSRF_NAME, clearCookie, SESSION_COOKIES, type SessionForm } from '../../sessions/cookies.ts';
import type { Session, Sessions } from '../../sessions/sessions.ts';

export type LoginParts = LoginAudit & { readonly passwords: PasswordVerifier; readonly sessions: Sessions };

/** Both cookie logins: `/api/login` of 8.6 and `/login` of 8.8. They are there in `none` and `basic`, never in `oidc`. */
export function loginDialect(parts: LoginParts): Dialect {
  return {
    name: 'login',
    api: 'orchestration',
    credentials: 'as-configured',
    challenges: false,
    operations: [...logins(parts, 'operate', '/api'), ...logins(parts, 'camunda', '')],
    alsoBelow: [],
    territory: ['/api'],
    forbidden: () => 'Access is denied',
    problem: loginProblem,
  };
}

/** 8.6 answers below `/api` with a message, and the framework's error where it has nothing; 8.8 answers `/login` with problem details. */
function loginProblem(problem: Problem, where: Where): Wire {
  if (!where.path.includes('/api/')) return problemDetails(problem, where);
  if (problem.kind === 'failure') {
    const { kind, status } = problem.failure;
    return kind === 'unknown-path' ? bootError(status, where.path, where.now) : problemDetails(problem, where);
  }
  const { code, detail } = problem.refusal;
  return { type: 'application/json;charset=UTF-8', body: { message: detail, code } };
}

function logins(parts: LoginParts, form: SessionForm, below: string): readonly Operation[] {
  return [
    operation({
      id: form === 'operate' ? 'loginOperate' : 'login',
      method: 'POST',
      path: `${below}/login`,
      summary: 'Begins a session',
      requirement: anonymous,
      body: { kind: 'form', optional: true },
      responses: { 204: null },
      handle: ({ query, body, caller, headers }) => logIn(parts, form, { query, body, caller, headers }),
    }),
    operation({
      id: form === 'operate' ? 'logoutOperate' : 'logout',
      method: 'POST',
      path: `${below}/logout`,
      summary: 'Ends the session',
      requirement: anonymous,
      responses: { 204: null },
      handle: ({ headers }) => logOut(parts, headers),
    }),
  ];
}

type Attempt = {
  readonly query: unknown;
  readonly body: unknown;
  readonly caller: Caller;
  readonly headers: IncomingHttpHeaders;
};

async function logIn(parts: LoginParts, form: SessionForm, attempt: Attempt): Promise<Reply> {
  const { username, password } = readAttempt(form, attempt);
  // Whatever comes of it, the session that came along ends: a new login never continues it (recorded).
  await endSessions(parts, attempt.headers);
  const user = await verify(parts.passwords, username, password, attempt.caller);
  const session = parts.sessions.begin(user, form);
  noteLogin(parts, 'login', user.username);
  const csrf = parts.sessions.wantsCsrf(session) ? { [CSRF_NAME]: parts.sessions.csrfToken(session) } : {};
  return { status: 204, headers: { ...csrf, 'set-cookie': parts.sessions.cookies(session) } };
}

/** The page of 8.6 sends them in the query; a form is taken too. `/login` takes the form alone: queries end up in logs. */
function readAttempt(form: SessionForm, { query, body }: Attempt): { username: string; password: string } {
  const fields = body instanceof Map ? (body as ReadonlyMap<string, string>) : new Map<string, string>();
  const inQuery = form === 'operate' ? (query as { username?: unknown; password?: unknown }) : {};
  const username = fields.get('username') ?? inQuery.username;
  const password = fields.get('password') ?? inQuery.password;
  if (typeof username !== 'string' || typeof password !== 'string') throw new Refused(refuse('CREDENTIALS_MISSING'));
  return { username, password };
}

async function verify(
  passwords: PasswordVerifier,
  username: string,
  password: string,
  caller: Caller,
): Promise<UserRecord> {
  const verdict = await passwords.verify(username, password, caller);
  switch (verdict.kind) {
    case 'verified':
      return verdict.user;
    case 'limited':
      throw new Refused(refuse('ATTEMPTS_LIMITED', { retryAfterSeconds: verdict.retryAfterSeconds }));
    case 'refused':
      throw new Refused(refuse('PASSWORD_REFUSED'));
    case 'gone':
      throw new Failure('malformed', 'the request ended early');
  }
}

async function logOut(parts: LoginParts, headers: IncomingHttpHeaders): Promise<Reply> {
  await endSessions(parts, headers);
  const cookies = [...Object.values(SESSION_COOKIES), CSRF_NAME].map(clearCookie);
  return { status: 204, headers: { 'set-cookie': cookies } };
}

async function endSessions(parts: LoginParts, headers: IncomingHttpHeaders): Promise<void> {
  const end = async (session: Session) => {
    await parts.sessions.end(session);
    noteLogin(parts, 'logout', session.username);
  };
  await Promise.all(parts.sessions.readAll(headers.cookie).map(end));
}
