import type { ServerResponse } from 'node:http';
import { REFUSALS, type Refusal } from '@stagedoor/access';
import type { Dialect, Problem, Wire } from '../dialect.ts';
import type { Admission, Door, RawRequest } from '../door.ts';
import { Failure } from '../failure.ts';
import { clientAddress } from '../listening/behind-proxies.ts';
import type { Reply } from '../operation.ts';
import { CSRF_NAME } from '../sessions/cookies.ts';
import type { Session } from '../sessions/sessions.ts';
import { type ChallengeScheme, challengeOf } from './challenge.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

/** Names and values in turn, as Node takes them without copying. */
type Headers = (string | readonly string[])[];

/** A reply on its way out, with what a live session adds. */
export function answerReply(
  door: Door,
  request: RawRequest,
  response: ServerResponse,
  reply: Reply,
  admission: Admission | null,
): void {
  const headers: Headers = [...SECURITY_HEADERS];
  const renewal = admission?.session ? renew(door, request, admission.session, headers) : null;
  for (const name in reply.headers) {
    const value = reply.headers[name] ?? '';
    headers.push(name, name === 'set-cookie' && renewal !== null ? [value, renewal].flat() : value);
  }
  if (renewal !== null && reply.headers?.['set-cookie'] === undefined) headers.push('set-cookie', renewal);
  if (reply.body === undefined) write(response, reply.status, headers, null);
  else write(response, reply.status, [...headers, 'content-type', reply.type ?? 'application/json'], textOf(reply));
}

function textOf({ body, type }: Reply): string {
  return type === undefined ? JSON.stringify(body) : String(body);
}

function renew(door: Door, request: RawRequest, session: Session, headers: Headers): string | null {
  if (request.method === 'GET' && door.sessions.wantsCsrf(session))
    headers.push(CSRF_NAME, door.sessions.csrfToken(session));
  return door.sessions.renewal(session);
}

/** The one place that answers refusals: the public face to the caller, the operator's to the log and the counts. */
export function answerRefusal(
  door: Door,
  dialect: Dialect,
  request: RawRequest,
  response: ServerResponse,
  refusal: Refusal,
): void {
  const { status, step } = REFUSALS[refusal.code];
  const headers: Headers = [...SECURITY_HEADERS];
  const scheme = schemeFor(door, dialect, request);
  const fromScript = request.headers['x-requested-with'] === 'XMLHttpRequest';
  const challenge = dialect.challenges ? challengeOf(refusal, scheme, fromScript) : null;
  if (challenge !== null) headers.push('www-authenticate', challenge);
  if (refusal.retryAfterSeconds !== undefined) headers.push('retry-after', String(refusal.retryAfterSeconds));
  const path = pathOf(request);
  door.metrics.refused(refusal.code);
  door.log.refused({
    code: refusal.code,
    step,
    status,
    method: request.method ?? '',
    path,
    reason: refusal.operator,
    address: clientAddress(request),
  });
  writeProblem(door, dialect, request, response, { kind: 'refusal', refusal, status }, headers);
}

/** Whoever came with a bound token hears of the scheme that he used; others need not know that there is one. */
function schemeFor(door: Door, dialect: Dialect, { headers }: RawRequest): ChallengeScheme {
  if (dialect.credentials !== 'bearer' && door.method !== 'oidc') return 'Basic';
  return /^dpop(?: |$)/i.test(headers.authorization ?? '') ? 'DPoP' : 'Bearer';
}

/** Anything that was thrown. What is no `Failure` is a fault: its caller learns an id, its operator the rest. */
export function answerError(
  door: Door,
  dialect: Dialect,
  request: RawRequest,
  response: ServerResponse,
  error: unknown,
): number {
  const failure =
    error instanceof Failure
      ? error
      : new Failure('fault', `the request could not be served (${door.newId()})`, { cause: error });
  if (failure.kind === 'fault') door.log.fault({ method: request.method ?? '', path: pathOf(request), error: failure });
  writeProblem(door, dialect, request, response, { kind: 'failure', failure }, [
    ...SECURITY_HEADERS,
    ...Object.entries(failure.headers).flat(),
  ]);
  return failure.status;
}

/** The path as the caller wrote it, without the query: passwords stand in queries (`/api/login`). */
export function pathOf(request: Pick<RawRequest, 'url'>): string {
  const target = writtenTargets.get(request) ?? request.url ?? '';
  const mark = target.indexOf('?');
  return mark === -1 ? target : target.slice(0, mark);
}

const writtenTargets = new WeakMap<Pick<RawRequest, 'url'>, string>();

/** Remembers the target as it was written where a context path was taken off it. */
export function rememberTarget(request: RawRequest, target: string): void {
  writtenTargets.set(request, target);
}

function writeProblem(
  door: Door,
  dialect: Dialect,
  request: RawRequest,
  response: ServerResponse,
  problem: Problem,
  headers: Headers,
): void {
  const wire: Wire = dialect.problem(problem, { path: pathOf(request), now: door.clock.now(), instance: door.newId });
  const status = problem.kind === 'refusal' ? problem.status : problem.failure.status;
  const body = typeof wire.body === 'string' ? wire.body : JSON.stringify(wire.body);
  write(response, status, [...headers, 'content-type', wire.type], body);
}

function write(response: ServerResponse, status: number, headers: Headers, body: string | null): void {
  if (response.headersSent || response.destroyed) return;
  if (body !== null) headers.push('content-length', String(Buffer.byteLength(body)));
  // Node takes such a list, lists as values included; its types know only of objects and of lists of texts.
  response.writeHead(status, headers as string[]);
  if (body === null) response.end();
  else response.end(body);
}
