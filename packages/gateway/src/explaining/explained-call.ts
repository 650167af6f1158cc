import type { IncomingHttpHeaders } from 'node:http';
import { parse } from 'node:querystring';
import type { Actor, Caller, Principal, TenantsReached, Visibility } from '@stagedoor/access';
import type { Admission } from '../door.ts';
import type { Call, Multipart } from '../operation.ts';
import { actorOf } from '../passage/actor-of.ts';
import type { Params } from '../passage/routes.ts';

/** Thrown where a row asks for the body of a call that was never made. */
export class BodyNotReplayed extends Error {
  override readonly name = 'BodyNotReplayed';
}

type Given = {
  readonly admission: Admission;
  readonly params: Params;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly caller: Caller;
  readonly visibility: Visibility;
  readonly tenants: TenantsReached;
};

/** A call that nobody made: everything but its body is there. */
export class ExplainedCall implements Call {
  readonly principal: Principal;
  readonly actor: Actor;
  readonly params: Params;
  readonly query: unknown;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly caller: Caller;
  readonly visibility: Visibility;
  readonly tenants: TenantsReached;

  constructor({ admission, params, url, headers, caller, visibility, tenants }: Given) {
    const [path = '', query = ''] = url.split('?', 2);
    this.principal = admission.principal;
    this.actor = actorOf(admission);
    this.params = params;
    this.query = parse(query);
    this.path = path;
    this.headers = headers;
    this.caller = caller;
    this.visibility = visibility;
    this.tenants = tenants;
  }

  get body(): never {
    throw new BodyNotReplayed();
  }

  get multipart(): () => Promise<Multipart> {
    return async () => {
      throw new BodyNotReplayed();
    };
  }
}
