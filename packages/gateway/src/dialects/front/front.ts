import { createHash } from 'node:crypto';
import { anonymous } from '@stagedoor/access';
import { bootError } from '../../answering/boot-error.ts';
import { STYLE } from '../../answering/html.ts';
import type { Dialect, Problem, Where, Wire } from '../../dialect.ts';
import type { Door } from '../../door.ts';
import { operation, type Reply } from '../../operation.ts';
import { text } from '../../schema.ts';
import type { Sessions } from '../../sessions/sessions.ts';
import { type FrontPage, type Visitor, writeFrontPage } from './front-page.ts';

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');
const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; frame-ancestors 'none'`;
/** Browsers hold the whole way of a form against `form-action`, and a log-out ends where the provider says. */
const POLICY_WITHOUT_FORMS = `${POLICY}; form-action 'none'`;

/**
 * The page at `/`: what runs here and what to try. It says nothing that the start did not print, but whose session came along: a
 * name that opens nothing, so that nobody looks up whether it still has rights.
 */
export function frontDialect(page: () => FrontPage, { sessions }: Pick<Door, 'sessions'>): Dialect {
  return {
    name: 'front',
    api: 'orchestration',
    credentials: 'as-configured',
    challenges: true,
    operations: [
      operation({
        id: 'getFrontPage',
        method: 'GET',
        path: '/',
        summary: 'What runs here',
        requirement: anonymous,
        responses: { 200: text },
        handle: ({ headers }) => shown(page(), visitorOf(sessions, headers.cookie)),
      }),
    ],
    alsoBelow: [],
    territory: [],
    forbidden: () => 'Access is denied',
    problem: frameworkError,
  };
}

function shown(page: FrontPage, visitor: Visitor | null): Reply {
  const hasForm = visitor !== null && page.login !== null;
  return {
    status: 200,
    type: 'text/html; charset=utf-8',
    headers: { 'content-security-policy': hasForm ? POLICY : POLICY_WITHOUT_FORMS },
    body: writeFrontPage(page, visitor),
  };
}

function visitorOf(sessions: Sessions, cookieHeader: string | undefined): Visitor | null {
  const session = sessions.read(cookieHeader);
  return session === null ? null : { username: session.username, csrfToken: sessions.csrfToken(session) };
}

/** What belongs to no API gets the framework's error body; a refusal keeps its words and its code. */
function frameworkError(problem: Problem, where: Where): Wire {
  if (problem.kind === 'failure') return bootError(problem.failure.status, where.path, where.now);
  const wire = bootError(problem.status, where.path, where.now);
  return {
    type: wire.type,
    body: { ...(wire.body as object), message: problem.refusal.detail, code: problem.refusal.code },
  };
}
