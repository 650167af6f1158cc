import type { IncomingHttpHeaders } from 'node:http';
import { parse } from 'node:querystring';
import {
  type Actor,
  anonymousPrincipal,
  type Caller,
  type Principal,
  type TenantsReached,
  type Visibility,
} from '@stagedoor/access';
import { pathOf } from '../answering/answer.ts';
import type { Admission, RawRequest } from '../door.ts';
import type { Call, Multipart } from '../operation.ts';
import { actorOf } from './actor-of.ts';
import { callerOf } from './authenticate.ts';
import { readMultipart } from './read-multipart.ts';
import type { Params } from './routes.ts';

type Given = {
  readonly request: RawRequest;
  readonly admission: Admission | null;
  readonly params: Params;
  readonly body: unknown;
  readonly visibility: Visibility;
  readonly tenants: TenantsReached;
};

type Query = Readonly<Record<string, string | string[] | undefined>>;
const NO_QUERY: Query = Object.freeze({});

/** What a handler is given of a request. What few handlers ask for is worked out when they ask. */
export class IncomingCall implements Call {
  readonly principal: Principal;
  readonly params: Params;
  readonly body: unknown;
  readonly visibility: Visibility;
  readonly tenants: TenantsReached;
  readonly query: Query;
  readonly #request: RawRequest;
  readonly #admission: Admission | null;

  constructor({ request, admission, params, body, visibility, tenants }: Given) {
    this.#request = request;
    this.#admission = admission;
    this.principal = admission?.principal ?? anonymousPrincipal;
    this.params = params;
    this.body = body;
    this.visibility = visibility;
    this.tenants = tenants;
    this.query = queryOf(request.url ?? '');
  }

  get actor(): Actor {
    return actorOf(this.#admission);
  }

  get path(): string {
    return pathOf(this.#request);
  }

  get caller(): Caller {
    return callerOf(this.#request);
  }

  get headers(): IncomingHttpHeaders {
    return this.#request.headers;
  }

  get multipart(): () => Promise<Multipart> {
    const request = this.#request;
    return () => readMultipart(request);
  }
}

/** A name that is there twice has a list; no handler takes one for a text. */
function queryOf(url: string): Query {
  const mark = url.indexOf('?');
  return mark === -1 ? NO_QUERY : parse(url.slice(mark + 1));
}
