import {
  anonymous,
  authenticated,
  type Missing,
  type Refusal,
  refuse,
  type Visibility,
  visibilityOf,
} from '@stagedoor/access';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { asksAboutFound, refuseBrowserTricks, refuseByDecision } from './admit.ts';
import { answerError, answerRefusal, answerReply, pathOf, rememberTarget } from './answer.ts';
import { authenticate, callerOf } from './authenticate.ts';
import { checkBody, checkNames } from './check-schema.ts';
import type { Dialect } from './dialect.ts';
import type { Admission, Authenticated, Door } from './door.ts';
import { Failure, Refused } from './failure.ts';
import { HostGuard } from './host-guard.ts';
import type { RequestHandler } from './listener.ts';
import type { OperationCounts } from './metrics.ts';
import type { Call, Method, Operation, Reply } from './operation.ts';
import { type ContextPath, readTarget } from './path-guard.ts';
import { decodeBody, readMultipart, refuseMediaType } from './read-body.ts';

const METHODS: readonly Method[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const KNOWN_METHODS: ReadonlySet<string> = new Set([...METHODS, 'HEAD', 'OPTIONS']);
const BODY_LIMIT = 4 * 1024 * 1024;
/** What everybody may send who has not shown who he is: a login, the first set-up. */
const ANONYMOUS_BODY_LIMIT = 64 * 1024;
// Beyond what a header block holds: the router never answers in its own words and never before authentication.
const MAX_PARAM_LENGTH = 65_536;

export type GatewayParts = {
  readonly door: Door;
  readonly dialects: readonly Dialect[];
  readonly context: ContextPath;
  /** Host names beside the loopback ones that this server answers for. */
  readonly hosts: readonly string[];
};

/** One row in its dialect, with its counts: what a request meets. */
type Entrance = {
  readonly door: Door;
  readonly dialect: Dialect;
  readonly operation: Operation;
  readonly counts: OperationCounts;
};

/** A request on its way: set by the first step, read by the later ones. */
type Passage = { readonly admission: Admission | null; readonly startedAt: number };

declare module 'fastify' {
  interface FastifyRequest {
    passage: Passage | null;
  }
}

/** Builds the handler of the REST listener: host and path are judged first, then the route, the caller, the decision. */
export async function createGateway(parts: GatewayParts): Promise<{ handler: RequestHandler; close(): Promise<void> }> {
  const app = Fastify({
    logger: false,
    bodyLimit: BODY_LIMIT,
    routerOptions: { caseSensitive: true, ignoreTrailingSlash: false, maxParamLength: MAX_PARAM_LENGTH },
  });
  app.decorateRequest('passage', null);
  readWholeBodies(app);
  for (const dialect of parts.dialects) mountDialect(app, parts.door, dialect);
  answerUnknownPaths(app, parts);
  await app.ready();
  const hosts = new HostGuard(parts.hosts);
  const fallback = fallbackDialect(parts.dialects);
  return {
    handler: (request, response) => {
      if (!hosts.allows(request)) {
        answerRefusal(parts.door, fallback, request, response, refuse('HOST_REFUSED'));
        return;
      }
      const written = request.url ?? '';
      const target = readTarget(written, parts.context);
      if (!target.ok) {
        answerRefusal(parts.door, fallback, request, response, refuse('PATH_AMBIGUOUS'));
        return;
      }
      if (target.url !== written) {
        rememberTarget(request, written);
        request.url = target.url;
      }
      if (!KNOWN_METHODS.has(request.method ?? '')) {
        const allow = { allow: [...KNOWN_METHODS].join(', ') };
        answerError(
          parts.door,
          fallback,
          request,
          response,
          new Failure('method-not-allowed', 'Method not allowed', { headers: allow }),
        );
        return;
      }
      app.routing(request, response);
    },
    close: () => app.close(),
  };
}

/** Bodies come whole and bounded; what they mean is the operation's matter. Multipart is read by the one who asked. */
function readWholeBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(/^multipart\/form-data/i, (_request, _payload, done) => done(null));
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
}

function mountDialect(app: FastifyInstance, door: Door, dialect: Dialect): void {
  const byPath = Map.groupBy(dialect.operations, (operation) => operation.path);
  for (const below of ['', ...dialect.alsoBelow]) {
    for (const [path, operations] of byPath) {
      const url = below + path.replace(/\{(\w+)\}/g, ':$1');
      for (const operation of operations)
        mountOperation(app, url, {
          door,
          dialect,
          operation,
          counts: door.metrics.operation(dialect.name, operation.id),
        });
      mountOtherMethods(app, url, door, dialect, operations);
    }
  }
}

function mountOperation(
  app: FastifyInstance,
  url: string,
  entrance: Entrance,
  method: Method | 'OPTIONS' = entrance.operation.method,
): void {
  const { door, dialect, operation } = entrance;
  app.route({
    method,
    url,
    bodyLimit: operation.requirement.kind === 'anonymous' ? ANONYMOUS_BODY_LIMIT : BODY_LIMIT,
    onRequest: (request, reply, next) => admit(entrance, request, reply, next),
    handler: (request, reply) => {
      reply.hijack();
      handle(entrance, request, reply).catch((error: unknown) => {
        if (error instanceof Refused) answer(entrance, request, reply, error.refusal);
        else finish(entrance, request, answerError(door, dialect, request.raw, reply.raw, error));
      });
    },
    errorHandler: (error, request, reply) => {
      reply.hijack();
      finish(entrance, request, answerError(door, dialect, request.raw, reply.raw, bodyFailure(error)));
    },
  });
}

/** Authentication, the browser's checks, and as much of the decision as needs no body: before a byte of it is read. */
function admit(entrance: Entrance, request: FastifyRequest, reply: FastifyReply, next: () => void): void {
  const { door, dialect, operation } = entrance;
  const startedAt = performance.now();
  const arrive = (authenticated: Authenticated | null): void => {
    if (authenticated?.kind === 'refused') answer(entrance, request, reply, authenticated.refusal);
    else if (authenticated?.kind === 'gone') leave(request, reply);
    else proceed(entrance, request, reply, { admission: authenticated?.admission ?? null, startedAt }, next);
  };
  // A fault here denies as any other does: it is answered, and it does not take the process along.
  const fail = (error: unknown): void => {
    reply.hijack();
    finish(entrance, request, answerError(door, dialect, request.raw, reply.raw, error));
  };
  try {
    const authenticated = operation.requirement.kind === 'anonymous' ? null : authenticate(door, dialect, request.raw);
    if (authenticated instanceof Promise) authenticated.then(arrive).catch(fail);
    else arrive(authenticated);
  } catch (error) {
    fail(error);
  }
}

function proceed(
  entrance: Entrance,
  request: FastifyRequest,
  reply: FastifyReply,
  passage: Passage,
  next: () => void,
): void {
  const { door, dialect, operation } = entrance;
  const { admission } = passage;
  request.passage = passage;
  const refusal =
    refuseBrowserTricks(door, request.raw, admission) ??
    (admission === null || asksAboutFound(operation.requirement) ? null : decideNow(entrance, admission, []));
  const wrongType = refusal === null ? refuseMediaType(operation, request.raw) : null;
  if (refusal !== null) {
    answer(entrance, request, reply, refusal);
  } else if (wrongType !== null) {
    reply.hijack();
    finish(entrance, request, answerError(door, dialect, request.raw, reply.raw, wrongType));
  } else {
    next();
  }
}

/** The caller hung up while he waited: nobody is there to be answered. */
function leave(request: FastifyRequest, reply: FastifyReply): void {
  reply.hijack();
  request.raw.destroy();
}

/** Body, schemas, what the decision needs to look up, and the operation itself. */
async function handle(entrance: Entrance, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { door, operation } = entrance;
  const admission = request.passage?.admission ?? null;
  const call = readCall(entrance, request, admission);
  if (operation.body.schema) await checkBody(operation.body.schema, call.body);
  if (admission !== null && asksAboutFound(operation.requirement)) {
    // A row that forgot to look anything up is asked about nothing, which denies.
    const found = operation.find === null ? [] : await operation.find(call);
    const refusal = decideNow(entrance, admission, found);
    if (refusal !== null) {
      answer(entrance, request, reply, refusal);
      return;
    }
  }
  const answered = operation.handle(call);
  const result: Reply = answered instanceof Promise ? await answered : answered;
  answerReply(door, request.raw, reply.raw, result, admission);
  finish(entrance, request, result.status);
}

function readCall({ door, operation }: Entrance, request: FastifyRequest, admission: Admission | null): Call {
  const { params, query } = request;
  if (operation.params) checkNames(operation.params, params, 'path');
  if (operation.query) checkNames(operation.query, query, 'query');
  const body = decodeBody(operation, Buffer.isBuffer(request.body) ? request.body : undefined);
  return {
    principal: admission?.principal ?? { kind: 'anonymous' },
    params,
    query,
    body,
    visibility: visibilityFor(door, operation, admission),
    path: pathOf(request.raw),
    caller: callerOf(request.raw),
    headers: request.raw.headers,
    multipart: () => readMultipart(request.raw),
  };
}

const EVERYTHING: Visibility = { kind: 'all' };
const NOTHING: Visibility = { kind: 'none' };

/** Only an operation guarded by one `visible` permission narrows a collection; it sees nothing until that is worked out. */
function visibilityFor(door: Door, { requirement }: Operation, admission: Admission | null): Visibility {
  if (requirement.kind !== 'permission') return NOTHING;
  if (requirement.of !== 'visible') return EVERYTHING;
  return admission === null ? NOTHING : visibilityOf(door.snapshot(), door.policy, admission.principal, requirement);
}

function decideNow(
  { door, dialect, operation }: Entrance,
  admission: Admission,
  found: Parameters<typeof refuseByDecision>[3],
): Refusal | null {
  return refuseByDecision(door, admission, operation.requirement, found, (missing: readonly Missing[]) =>
    dialect.forbidden(missing, operation),
  );
}

function answer(entrance: Entrance, request: FastifyRequest, reply: FastifyReply, refusal: Refusal): void {
  reply.hijack();
  answerRefusal(entrance.door, entrance.dialect, request.raw, reply.raw, refusal);
  finish(entrance, request, reply.raw.statusCode);
}

function finish({ counts }: Entrance, request: FastifyRequest, status: number): void {
  counts.add(status, request.passage === null ? 0 : performance.now() - request.passage.startedAt);
}

/** What Fastify says about a body, in our words. Its codes are its interface; anything else is a fault. */
function bodyFailure(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new Failure('too-large', 'the body is larger than is read here');
  if (code === 'FST_ERR_CTP_INVALID_CONTENT_LENGTH')
    return new Failure('malformed', 'the body is not as long as Content-Length says');
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return new Failure('unsupported-media-type', 'the Content-Type cannot be read');
  if (code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE')
    return new Failure('malformed', 'the request ended early');
  return error;
}

/** A path that is known and a method that is not: 405 with `Allow`, after the caller has shown who he is. */
function mountOtherMethods(
  app: FastifyInstance,
  url: string,
  door: Door,
  dialect: Dialect,
  operations: readonly Operation[],
): void {
  const taken = new Set<string>(operations.map((operation) => operation.method));
  const allowed = [...taken, ...(taken.has('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
  for (const method of METHODS)
    if (!taken.has(method)) mountOperation(app, url, methodNotAllowed(door, dialect, method, url, allowed));
  const everybody = operations.every(({ requirement }) => requirement.kind === 'anonymous');
  const { operation } = methodNotAllowed(door, dialect, 'GET', url, allowed);
  const options: Operation = {
    ...operation,
    id: 'options',
    requirement: everybody ? anonymous : authenticated,
    handle: () => ({ status: 200, headers: { allow: allowed } }),
  };
  mountOperation(
    app,
    url,
    { door, dialect, operation: options, counts: door.metrics.operation(dialect.name, options.id) },
    'OPTIONS',
  );
}

function methodNotAllowed(door: Door, dialect: Dialect, method: Method, path: string, allow: string): Entrance {
  const operation: Operation = {
    id: 'methodNotAllowed',
    method,
    path,
    summary: 'A method that this path does not have',
    requirement: { kind: 'authenticated' },
    body: { kind: 'none' },
    responses: { 405: null },
    find: null,
    handle: () => {
      throw new Failure('method-not-allowed', `Request method '${method}' is not supported.`, { headers: { allow } });
    },
  };
  return { door, dialect, operation, counts: door.metrics.operation(dialect.name, operation.id) };
}

/** An unknown path below an API is 404 only for callers who showed who they are, as in the original. */
function answerUnknownPaths(app: FastifyInstance, { door, dialects }: GatewayParts): void {
  const fallback = fallbackDialect(dialects);
  const strange = new Failure('unknown-path', 'No endpoint answers at this path.');
  app.setErrorHandler((error, request, reply) => {
    reply.hijack();
    answerError(door, fallback, request.raw, reply.raw, bodyFailure(error));
  });
  // In a hook, since a handler would be asked after the body was read, and nobody was authenticated by then.
  app.addHook('onRequest', (request, reply, next) => {
    if (!request.is404) return next();
    reply.hijack();
    const path = (request.raw.url ?? '').split('?', 1)[0] ?? '';
    const dialect = dialects.find((one) =>
      one.territory.some((place) => path === place || path.startsWith(`${place}/`)),
    );
    if (dialect === undefined) {
      answerError(door, fallback, request.raw, reply.raw, strange);
      return;
    }
    const caller = async () => authenticate(door, dialect, request.raw);
    caller()
      .then((authenticated) => {
        if (authenticated.kind === 'refused')
          answerRefusal(door, dialect, request.raw, reply.raw, authenticated.refusal);
        else if (authenticated.kind === 'admitted') answerError(door, dialect, request.raw, reply.raw, strange);
        else request.raw.destroy();
      })
      .catch((error: unknown) => answerError(door, dialect, request.raw, reply.raw, error));
  });
}

/** Whose error body a request gets that no dialect owns. */
function fallbackDialect(dialects: readonly Dialect[]): Dialect {
  const [first] = dialects;
  if (first === undefined) throw new TypeError('a gateway needs a dialect');
  return first;
}
