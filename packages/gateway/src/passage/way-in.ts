import { anonymous, authenticated, type RefusalCode } from '@stagedoor/access';
import type { Dialect } from '../dialect.ts';
import type { Door } from '../door.ts';
import { Failure } from '../failure.ts';
import { HostGuard } from '../listening/host-guard.ts';
import { type ContextPath, readTarget } from '../listening/path-guard.ts';
import { withDocument } from '../openapi/with-document.ts';
import { METHODS, type Operation } from '../operation.ts';
import type { Presented } from './authenticate.ts';
import type { Entrance } from './passage.ts';
import { type Params, Routes } from './routes.ts';

const KNOWN_METHODS: ReadonlySet<string> = new Set([...METHODS, 'HEAD', 'OPTIONS']);
const UNKNOWN_PATH = 'unknownPath';
const METHOD_NOT_ALLOWED = 'methodNotAllowed';
const NO_PARAMS: Params = Object.freeze({});

export type GatewayParts = {
  readonly door: Door;
  readonly dialects: readonly Dialect[];
  readonly context: ContextPath;
  /** Host names beside the loopback ones that this server answers for. */
  readonly hosts: readonly string[];
};

/** Where a request is led before anybody asks who is calling. `url` is its target without the context path. */
export type Led =
  | { readonly kind: 'refused'; readonly code: RefusalCode }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'row'; readonly entrance: Entrance; readonly params: Params; readonly url: string };

const HOST_REFUSED: Led = { kind: 'refused', code: 'HOST_REFUSED' };
const PATH_AMBIGUOUS: Led = { kind: 'refused', code: 'PATH_AMBIGUOUS' };

/** Judges host, path and method, and finds the row: the same way for a request and for `explain`. */
export class WayIn {
  /** Whose error body a request gets that no dialect owns. */
  readonly fallback: Dialect;
  readonly #routes = new Routes<Entrance>();
  readonly #hosts: HostGuard;
  readonly #context: ContextPath;
  readonly #strangers: UnknownPaths;

  constructor(parts: GatewayParts) {
    const { door, context } = parts;
    for (const dialect of parts.dialects)
      mountDialect(this.#routes, door, withDocument(door.method, dialect, context.basePath));
    this.#hosts = new HostGuard(parts.hosts);
    this.#context = context;
    this.#strangers = new UnknownPaths(parts);
    this.fallback = this.#strangers.fallback;
  }

  lead(request: Pick<Presented, 'method' | 'url' | 'headers' | 'rawHeaders'>): Led {
    const { method = '' } = request;
    if (!this.#hosts.allows(request)) return HOST_REFUSED;
    const target = readTarget(request.url ?? '', this.#context);
    if (!target.ok) return PATH_AMBIGUOUS;
    if (!KNOWN_METHODS.has(method)) return { kind: 'failed', failure: methodUnknown() };
    const { url } = target;
    const mark = url.indexOf('?');
    const path = mark === -1 ? url : url.slice(0, mark);
    const found = this.#routes.find(method, path);
    if (found !== null) return { kind: 'row', entrance: found.entrance, params: found.params, url };
    return { kind: 'row', entrance: this.#strangers.entranceFor(path), params: NO_PARAMS, url };
  }
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
    id: METHOD_NOT_ALLOWED,
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
        counts: door.metrics.operation(dialect.name, UNKNOWN_PATH),
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
    id: UNKNOWN_PATH,
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

/** The rows that stand where no operation does. */
export function leadsNowhere({ id }: Operation): boolean {
  return id === UNKNOWN_PATH || id === METHOD_NOT_ALLOWED;
}
