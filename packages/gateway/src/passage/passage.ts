import type { ServerResponse } from 'node:http';
import { anonymousPrincipal, type Found, type Refusal, tenantsReached } from '@stagedoor/access';
import { answerError, answerRefusal, answerReply } from '../answering/answer.ts';
import { auditedRowOf } from '../auditing/audited-row.ts';
import { noteEnd, noteRefusal } from '../auditing/note.ts';
import type { Dialect } from '../dialect.ts';
import type { Admission, Authenticated, Door, RawRequest } from '../door.ts';
import { Failure, Refused } from '../failure.ts';
import type { OperationCounts } from '../metrics.ts';
import type { Operation, Reply } from '../operation.ts';
import { actorOf } from './actor-of.ts';
import { asksAboutFound, decideRow, narrows, refusalOf, refuseBrowserTricks, visibilityFor } from './admit.ts';
import { authenticate, refuseRepeatedHeader } from './authenticate.ts';
import { checkBody, checkNames } from './check-schema.ts';
import { IncomingCall } from './incoming-call.ts';
import { decodeBody, refuseMediaType } from './read-body.ts';
import { ANONYMOUS_BODY_LIMIT, BODY_LIMIT, readWholeBody } from './read-whole-body.ts';
import type { Params } from './routes.ts';

/** One row in its dialect, with its counts: what a request meets. */
export type Entrance = {
  readonly door: Door;
  readonly dialect: Dialect;
  readonly operation: Operation;
  readonly counts: OperationCounts;
};

/**
 * The way of one request from its route to its answer, in this order: who is calling, the browser's checks, as much of the
 * decision as needs no body, the media type; then body, schema, look-up, the rest of the decision, and the operation.
 * Whatever throws on the way is answered, and denies.
 */
export class Passage {
  readonly #entrance: Entrance;
  readonly #request: RawRequest;
  readonly #response: ServerResponse;
  readonly #params: Params;
  readonly #startedAt = performance.now();
  #admission: Admission | null = null;

  constructor(entrance: Entrance, request: RawRequest, response: ServerResponse, params: Params) {
    this.#entrance = entrance;
    this.#request = request;
    this.#response = response;
    this.#params = params;
  }

  begin(): void {
    const { door, dialect, operation } = this.#entrance;
    try {
      const anybody = operation.requirement.kind === 'anonymous';
      const authenticated = anybody ? refuseRepeatedHeader(this.#request) : authenticate(door, dialect, this.#request);
      if (authenticated === null) this.#proceed(null);
      else if (!(authenticated instanceof Promise)) this.#arrive(authenticated);
      else authenticated.then((later) => this.#arrive(later)).catch((error: unknown) => this.#fail(error));
    } catch (error) {
      this.#fail(error);
    }
  }

  #arrive(authenticated: Authenticated): void {
    if (authenticated.kind === 'admitted') this.#proceed(authenticated.admission);
    else if (authenticated.kind === 'refused') this.#refuse(authenticated.refusal);
    // The caller hung up while he waited: nobody is there to be answered.
    else this.#request.destroy();
  }

  #proceed(admission: Admission | null): void {
    const { door, operation } = this.#entrance;
    this.#admission = admission;
    const refusal =
      refuseBrowserTricks(door, this.#request, admission) ??
      (admission === null || asksAboutFound(operation) ? null : this.#decide(admission, []));
    const wrongType = refusal === null ? refuseMediaType(operation, this.#request) : null;
    if (refusal !== null) this.#refuse(refusal);
    else if (wrongType !== null) this.#fail(wrongType);
    else if (operation.body.kind === 'none' && !asksAboutFound(operation)) this.#answer(this.#call(undefined));
    else this.#readAndAnswer().catch((error: unknown) => this.#fail(error));
  }

  async #readAndAnswer(): Promise<void> {
    const { operation } = this.#entrance;
    const { kind, schema } = operation.body;
    const limit = this.#admission === null ? ANONYMOUS_BODY_LIMIT : BODY_LIMIT;
    const bytes = kind === 'json' || kind === 'form' ? await readWholeBody(this.#request, limit) : undefined;
    const call = this.#call(decodeBody(operation, bytes));
    if (schema && kind !== 'multipart') await checkBody(schema, call.body);
    if (this.#admission !== null && asksAboutFound(operation)) {
      // A row that forgot to look anything up is asked about nothing, which denies.
      const refusal = this.#decide(this.#admission, operation.find === null ? [] : await operation.find(call));
      if (refusal !== null) {
        this.#refuse(refusal);
        return;
      }
    }
    this.#answer(call);
  }

  #call(body: unknown): IncomingCall {
    const { door, operation } = this.#entrance;
    const { params, query } = operation;
    const call = new IncomingCall({
      request: this.#request,
      admission: this.#admission,
      params: this.#params,
      body,
      visibility: visibilityFor(door, operation, this.#admission?.principal ?? null),
      tenants: tenantsReached(door.policy, this.#admission?.principal ?? anonymousPrincipal),
    });
    if (params) checkNames(params, call.params, 'path');
    if (query) checkNames(query, call.query, 'query');
    return call;
  }

  #answer(call: IncomingCall): void {
    const { operation } = this.#entrance;
    const refusal = operation.refuses?.(call) ?? null;
    if (refusal !== null) {
      this.#refuse(refusal);
      return;
    }
    const answered = operation.handle(call);
    if (answered instanceof Promise)
      answered.then((reply) => this.#reply(reply, call)).catch((error: unknown) => this.#fail(error));
    else this.#reply(answered, call);
  }

  #decide(admission: Admission, found: readonly Found[]): Refusal | null {
    const { door, dialect, operation } = this.#entrance;
    const decision = decideRow(door, admission.principal, operation, found);
    return refusalOf(decision, (missing) => dialect.forbidden(missing, operation));
  }

  #reply(reply: Reply, { visibility }: IncomingCall): void {
    const { door, operation } = this.#entrance;
    const filtered = door.explaining && visibility.kind !== 'all' && narrows(operation.requirement);
    answerReply(door, this.#request, this.#response, filtered ? saysFiltered(reply) : reply, this.#admission);
    this.#noteEnd(reply.status < 400 ? 'SUCCESS' : 'FAIL');
    this.#count(reply.status);
  }

  #refuse(refusal: Refusal): void {
    const { door, dialect } = this.#entrance;
    answerRefusal(door, dialect, this.#request, this.#response, refusal);
    noteRefusal(this.#told(), refusal);
    this.#count(this.#response.statusCode);
  }

  #fail(error: unknown): void {
    const { door, dialect } = this.#entrance;
    if (error instanceof Refused) {
      this.#refuse(error.refusal);
      return;
    }
    this.#count(answerError(door, dialect, this.#request, this.#response, error));
    if (!leadsNowhere(error)) this.#noteEnd('FAIL');
  }

  #noteEnd(outcome: 'SUCCESS' | 'FAIL'): void {
    if (auditedRowOf(this.#entrance.operation).told !== 'refused') noteEnd(this.#told(), outcome);
  }

  #told() {
    const { door, operation } = this.#entrance;
    return { door, operation, params: this.#params, actor: () => actorOf(this.#admission) };
  }

  #count(status: number): void {
    this.#entrance.counts.add(status, performance.now() - this.#startedAt);
  }
}

/** Where no row is, nobody asked for anything that could be done. */
function leadsNowhere(error: unknown): boolean {
  return error instanceof Failure && (error.kind === 'unknown-path' || error.kind === 'method-not-allowed');
}

/** A search that authorizations narrowed says so, and not by how much (contract, "Explaining"). */
function saysFiltered(reply: Reply): Reply {
  return { ...reply, headers: { ...reply.headers, 'stagedoor-filtered': 'authorizations' } };
}
