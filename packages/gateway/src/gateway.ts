import type { ServerResponse } from 'node:http';
import { anonymous, authenticated, type RefusalCode, refuse } from '@stagedoor/access';
import { answerError, answerRefusal, rememberTarget } from './answering/answer.ts';
import type { Dialect } from './dialect.ts';
import type { Door, RawRequest } from './door.ts';
import { Failure } from './failure.ts';
import { HostGuard } from './listening/host-guard.ts';
import type { RequestHandler } from './listening/listener.ts';
import { type ContextPath, readTarget } from './listening/path-guard.ts';
import { withDocument } from './openapi/with-document.ts';
import { METHODS, type Operation } from './operation.ts';
import { type Entrance, Passage } from './passage/passage.ts';
import { type Params, Routes } from './passage/routes.ts';

const KNOWN_METHODS: ReadonlySet<string> = new Set([...METHODS, 'HEAD', 'OPTIONS']);
const NO_PARAMS: Params = Object.freeze({});

export type GatewayParts = {
  readonly door: Door;
  readonly dialects: readonly Dialect[];
  readonly context: ContextPath;
  /** Host names beside the loopback ones that this server answers for. */
  readonly hosts: readonly string[];
};

/** Builds the handler of the REST listener: host, path and method are judged first, then the route begins its passage. */
export function createGateway(parts: GatewayParts): RequestHandler {
  const { door, context } = parts;
  const routes = new Routes<Entrance>();
  for (const dialect of parts.dialects)
    mountDialect(routes, door, withDocument(door.method, dialect, context.basePath));
  const hosts = new HostGuard(parts.hosts);
  const strangers = new UnknownPaths(parts);
  const { fallback } = strangers;
  const refuseNow = (request: RawRequest, response: ServerResponse, code: RefusalCode) =>
    answerRefusal(door, fallback, request, response, refuse(code));
  return (request, response) => {
    const { method = '', url: written = '' } = request;
    if (!hosts.allows(request)) return refuseNow(request, response, 'HOST_REFUSED');
    const target = readTarget(written, context);
    if (!target.ok) return refuseNow(request, response, 'PATH_AMBIGUOUS');
    if (target.url !== written) {
      rememberTarget(request, written);
      request.url = target.url;
    }
    if (!KNOWN_METHODS.has(method)) {
      answerError(door, fallback, request, response, methodUnknown());
      return;
    }
    const mark = target.url.indexOf('?');
    const path = mark === -1 ? target.url : target.url.slice(0, mark);
    const found = routes.find(method, path);
    if (found === null) new Passage(strangers.entranceFor(path), request, response, NO_PARAMS).begin();
    else new Passage(found.entrance, request, response, found.params).begin();
  };
}

function methodUnknown(): Failure {
  return new Failure('method-not-allowed', 'Method not allowed', { headers: { allow: [...KNOWN_METHODS].join(', ') } });
}

function mountDialect(routes: Routes<Entrance>, door: Door, dialect: Dialect): void {
  const byPath = Map.groupBy(dialect.operations, (operation) => operation.path);
  const entrance = (operation: Operation): Entrance => {
    return { door, dialect, operation, counts: door.metrics.operation(dialect.name, operation.id) };
  };
  for (const [path, operations] of byPath) {
    const rows = [...operations, ...otherMethods(path, operations)].map(entrance);
    const options = entrance(optionsOf(path, operations));
    for (const below of ['', ...dialect.alsoBelow]) {
      for (const row of rows) routes.add(row.operation.method, below + path, row);
      routes.add('OPTIONS', below + path, options);
    }
  }
}

function allowed(operations: readonly Operation[]): string {
  const taken = operations.map((operation) => operation.method);
  return [...taken, ...(taken.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
}

function isForEverybody(operations: readonly Operation[]): boolean {
  return operations.every(({ requirement }) => requirement.kind === 'anonymous');
}

/** A path that is known and a method that is not: 405 with `Allow`, after the caller has shown who he is where that is asked. */
function otherMethods(path: string, operations: readonly Operation[]): readonly Operation[] {
  const headers = { allow: allowed(operations) };
  const requirement = isForEverybody(operations) ? anonymous : authenticated;
  const missing = METHODS.filter((method) => !operations.some((operation) => operation.method === method));
  return missing.map((method) => ({
    id: 'methodNotAllowed',
    method,
    path,
    summary: 'A method that this path does not have',
    requirement,
    served: true,
    body: { kind: 'none' },
    responses: { 405: null },
    find: null,
    handle: () => {
      throw new Failure('method-not-allowed', `Request method '${method}' is not supported.`, { headers });
    },
  }));
}

function optionsOf(path: string, operations: readonly Operation[]): Operation {
  return {
    id: 'options',
    method: 'GET',
    path,
    summary: 'The methods of this path',
    requirement: isForEverybody(operations) ? anonymous : authenticated,
    served: true,
    body: { kind: 'none' },
    responses: { 200: null },
    find: null,
    handle: () => ({ status: 200, headers: { allow: allowed(operations) } }),
  };
}

/** An unknown path below an API is 404 only for callers who showed who they are, as in the original; elsewhere for everybody. */
class UnknownPaths {
  /** Whose error body a request gets that no dialect owns. */
  readonly fallback: Dialect;
  readonly #elsewhere: Entrance;
  readonly #territories: readonly { readonly place: string; readonly entrance: Entrance }[];

  constructor({ door, dialects }: GatewayParts) {
    const [first] = dialects;
    if (first === undefined) throw new TypeError('a gateway needs a dialect');
    this.fallback = first;
    const entrance = (dialect: Dialect, requirement: Operation['requirement']): Entrance => {
      return {
        door,
        dialect,
        operation: unknownPath(requirement),
        counts: door.metrics.operation(dialect.name, 'unknownPath'),
      };
    };
    this.#elsewhere = entrance(first, anonymous);
    this.#territories = dialects.flatMap((dialect) => {
      const inside = entrance(dialect, authenticated);
      return dialect.territory.map((place) => ({ place, entrance: inside }));
    });
  }

  entranceFor(path: string): Entrance {
    const territory = this.#territories.find(({ place }) => path === place || path.startsWith(`${place}/`));
    return territory?.entrance ?? this.#elsewhere;
  }
}

function unknownPath(requirement: Operation['requirement']): Operation {
  return {
    id: 'unknownPath',
    method: 'GET',
    path: '/',
    summary: 'A path that leads nowhere',
    requirement,
    served: true,
    body: { kind: 'none' },
    responses: { 404: null },
    find: null,
    handle: () => {
      throw new Failure('unknown-path', 'No endpoint answers at this path.');
    },
  };
}
