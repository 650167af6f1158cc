import type { IncomingHttpHeaders } from 'node:http';
import {
  type Caller,
  type Decision,
  type Missing,
  type Principal,
  REFUSALS,
  type Refusal,
  type Requirement,
  reachesTenant,
  refuse,
  type Subject,
  type TenantsReached,
  tenantsReached,
} from '@stagedoor/access';
import { permissionsOf } from '../auditing/audited-row.ts';
import type { Admission, Authenticated, Door } from '../door.ts';
import { Failure, Refused } from '../failure.ts';
import { asksAboutFound, decideRow, narrows, refusalOf, refuseBrowserTricks, visibilityFor } from '../passage/admit.ts';
import { authenticate, type Presented, refuseRepeatedHeader } from '../passage/authenticate.ts';
import { checkNames } from '../passage/check-schema.ts';
import type { Entrance } from '../passage/passage.ts';
import { readCredentials } from '../passage/read-credentials.ts';
import type { Params } from '../passage/routes.ts';
import { leadsNowhere, type WayIn } from '../passage/way-in.ts';
import { BodyNotReplayed, ExplainedCall } from './explained-call.ts';
import type { ExplainedStep, ExplainedStepName, Explanation } from './explanation.ts';
import { grantCommand, userCommand } from './grant-command.ts';
import {
  admissionInWords,
  credentialsInWords,
  decisionInWords,
  listed,
  membershipsInWords,
  principalInWords,
  visibilityInWords,
} from './in-words.ts';
import { WHAT_TO_DO } from './what-to-do.ts';

export type ExplainQuestion = {
  readonly method: string;
  /** A path with or without a query, or a whole URL, whose host is judged then. */
  readonly target: string;
  /** Headers of the request that is replayed, as they would be sent; names in any case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** In place of credentials: what would this one be answered? */
  readonly as: Subject | null;
  /** The tenant that the body would name; null where it names none. */
  readonly tenantId: string | null;
  /** Whose address limits the guessing of passwords. */
  readonly caller: Caller;
};

type Entered = { readonly entrance: Entrance; readonly params: Params; readonly presented: Presented };
type Admitted = Entered & { readonly admission: Admission };

/**
 * Replays a credential and an operation without doing it: every step is decided by the code that decides it for a request.
 * The body is not replayed. Who may ask is not checked here, and passwords are verified: callers of this are administrators.
 */
export function explain(way: WayIn, question: ExplainQuestion): Promise<Explanation> {
  return new Replay(way, question).run();
}

class Replay {
  readonly #way: WayIn;
  readonly #question: ExplainQuestion;
  readonly #steps: ExplainedStep[] = [];

  constructor(way: WayIn, question: ExplainQuestion) {
    this.#way = way;
    this.#question = question;
  }

  async run(): Promise<Explanation> {
    const presented = presentedOf(this.#question);
    const led = this.#way.lead(presented);
    if (led.kind === 'refused') return this.#refused(refuse(led.code));
    this.#say('host', 'passed', 'this server answers for the host name');
    this.#say('path', 'passed', 'the path can be read in one way only');
    if (led.kind === 'failed') return this.#failed(led.failure);
    const { entrance, params, url } = led;
    const { operation, dialect } = entrance;
    if (leadsNowhere(operation)) this.#say('route', 'open', 'no operation is there; first its caller has to be known');
    else this.#say('route', 'passed', `${operation.id} (${dialect.name}): ${operation.method} ${operation.path}`);
    return this.#enter({ entrance, params, presented: { ...presented, url } });
  }

  async #enter(way: Entered): Promise<Explanation> {
    const { door, operation } = way.entrance;
    const { authenticated, atOnce } = await this.#authenticate(way.entrance, way.presented);
    if (authenticated.kind === 'refused') return this.#refused(authenticated.refusal);
    if (authenticated.kind === 'gone') return this.#failed(new Failure('malformed', 'the caller hung up'));
    const { admission } = authenticated;
    this.#sayWho(door, admission, atOnce);
    const browser = refuseBrowserTricks(door, way.presented, admission);
    if (browser !== null) return this.#refused(browser);
    this.#say('origin', 'passed', 'nothing says that a page of another origin sent it');
    if (leadsNowhere(operation)) return this.#failed(new Failure('unknown-path', 'no operation is there'));
    return this.#decide({ ...way, admission });
  }

  async #authenticate(
    { door, dialect, operation }: Entrance,
    presented: Presented,
  ): Promise<{ authenticated: Authenticated; atOnce: boolean }> {
    const { as } = this.#question;
    const anonymous: Authenticated = {
      kind: 'admitted',
      admission: { principal: { kind: 'anonymous' }, via: 'anonymous', session: null },
    };
    if (as !== null) {
      this.#say('credentials', 'passed', 'none are replayed: the caller is taken for granted');
      const principal = door.snapshot().principalOf(as);
      const via = as.kind === 'user' ? 'basic' : 'bearer';
      return { authenticated: { kind: 'admitted', admission: { principal, via, session: null } }, atOnce: true };
    }
    const words = credentialsInWords(readCredentials(presented), presented.headers.cookie !== undefined);
    if (operation.requirement.kind === 'anonymous') {
      const repeated = refuseRepeatedHeader(presented);
      if (repeated === null) this.#say('credentials', 'passed', `${words}; nobody looks at them here`);
      return { authenticated: repeated ?? anonymous, atOnce: true };
    }
    const answer = authenticate(door, dialect, presented);
    const authenticated = await answer;
    const unread = authenticated.kind === 'refused' && REFUSALS[authenticated.refusal.code].step === 'credentials';
    if (!unread) this.#say('credentials', 'passed', words);
    return { authenticated, atOnce: !(answer instanceof Promise) };
  }

  #sayWho(door: Door, admission: Admission, atOnce: boolean): void {
    const { principal, evidence } = admission;
    if (this.#question.as === null) this.#say('authentication', 'passed', admissionInWords(admission, atOnce));
    const unknown = isUnknownUser(door, principal) ? ', of whom there is no record here' : '';
    this.#say('principal', 'passed', principalInWords(principal, evidence) + unknown);
    if (principal.kind !== 'anonymous') this.#say('memberships', 'passed', membershipsInWords(principal, evidence));
  }

  async #decide(way: Admitted): Promise<Explanation> {
    const { door, operation } = way.entrance;
    try {
      const refused = await this.#refuseByDecision(way, callOf(way, this.#question.caller));
      if (refused !== null) return refused;
    } catch (error) {
      if (error instanceof BodyNotReplayed) return this.#depends(way.entrance, way.admission.principal);
      if (error instanceof Refused) return this.#refused(error.refusal);
      if (error instanceof Failure) return this.#failed(error);
      throw error;
    }
    const { principal } = way.admission;
    const foreign = this.#refuseTenant(tenantsReached(door.policy, principal));
    if (foreign !== null) return foreign;
    if (!narrows(operation.requirement)) return this.#end('allowed', null);
    const visibility = visibilityFor(door, operation, principal);
    this.#say('decision', 'passed', visibilityInWords(visibility));
    const hidden = visibility.kind === 'none' ? wildcards(operation.requirement) : [];
    return this.#end('allowed', grantsFor(door, principal, operation.requirement, hidden));
  }

  async #refuseByDecision({ entrance, admission }: Admitted, call: ExplainedCall): Promise<Explanation | null> {
    const { door, dialect, operation } = entrance;
    const { principal } = admission;
    if (operation.params) checkNames(operation.params, call.params, 'path');
    if (operation.query) checkNames(operation.query, call.query, 'query');
    const found = asksAboutFound(operation) && operation.find !== null ? await operation.find(call) : [];
    const decision = decideRow(door, principal, operation, found);
    const refusal = refusalOf(decision, (missing) => dialect.forbidden(missing, operation));
    if (refusal !== null) {
      const grants = grantsFor(door, principal, operation.requirement, missingOf(decision));
      return this.#refused(refusal, decisionInWords(decision, operation.requirement), grants);
    }
    this.#say('decision', 'passed', decisionInWords(decision, operation.requirement));
    const own = operation.refuses?.(call) ?? null;
    return own === null ? null : this.#refused(own);
  }

  /** Apart from permissions. Some rows answer it with 404, as if nothing were there; the reason is the same. */
  #refuseTenant(reached: TenantsReached): Explanation | null {
    const { tenantId } = this.#question;
    if (reached.kind === 'all') return null;
    this.#say('tenant', 'passed', `what is there for him is that of his tenants: ${listed(reached.ids)}`);
    return tenantId === null || reachesTenant(reached, tenantId) ? null : this.#refused(refuse('TENANT_NOT_ASSIGNED'));
  }

  /** Which item is asked about stands in the body: what is granted on all of them is certain, the rest is open. */
  #depends({ door, dialect, operation }: Entrance, principal: Principal): Explanation {
    const unread = decideRow(door, principal, { ...operation, served: false }, []);
    const refusal = refusalOf(unread, (missing) => dialect.forbidden(missing, operation));
    const grants = grantsFor(door, principal, operation.requirement, wildcards(operation.requirement));
    if (refusal !== null) return this.#refused(refusal, decisionInWords(unread, operation.requirement), grants);
    const [asked] = permissionsOf(operation.requirement);
    const reach =
      asked === undefined ? 'what it names' : `${asked.permissionType} on the ${asked.resourceType} it names`;
    this.#say('decision', 'open', `which item is meant stands in the body, which is not replayed: it takes ${reach}`);
    return this.#end('depends', grants);
  }

  #say(step: ExplainedStepName, result: ExplainedStep['result'], says: string): void {
    this.#steps.push({ step, result, says });
  }

  #refused(refusal: Refusal, words?: string, fix: string | null = null): Explanation {
    const { step } = REFUSALS[refusal.code];
    this.#say(step, 'refused', words === undefined ? refusal.operator : `${refusal.detail} (${words})`);
    const { code } = refusal;
    return { outcome: 'refused', code, step, steps: this.#steps, fix: fix ?? WHAT_TO_DO[code] };
  }

  #failed(failure: Failure): Explanation {
    this.#say('route', 'failed', `${failure.status}: ${failure.message}`);
    return { outcome: 'failed', code: null, step: 'route', steps: this.#steps, fix: null };
  }

  #end(outcome: 'allowed' | 'depends', fix: string | null): Explanation {
    const step = outcome === 'depends' ? 'decision' : null;
    return { outcome, code: null, step, steps: this.#steps, fix };
  }
}

/** Where one of several would do, the first of them is enough. */
function grantsFor(
  door: Door,
  principal: Principal,
  requirement: Requirement,
  missing: readonly Missing[],
): string | null {
  const enough = requirement.kind === 'any-of' || requirement.kind === 'resolved' ? missing.slice(0, 1) : missing;
  const grants = grantCommand(principal, enough);
  return grants !== null && isUnknownUser(door, principal) ? `${userCommand(principal.username)}\n${grants}` : grants;
}

/** Where users are the records' own matter, nothing can be granted to one of whom there is none. */
function isUnknownUser(door: Door, principal: Principal): principal is Extract<Principal, { kind: 'user' }> {
  return door.method !== 'oidc' && principal.kind === 'user' && door.snapshot().user(principal.username) === undefined;
}

function wildcards(requirement: Requirement): readonly Missing[] {
  return permissionsOf(requirement).map(({ resourceType, permissionType }) => {
    return { resourceType, permissionType, resourceIds: [] };
  });
}

function missingOf(decision: Decision): readonly Missing[] {
  return !decision.allowed && decision.because === 'permission-missing' ? decision.missing : [];
}

function callOf({ entrance, params, presented, admission }: Admitted, caller: Caller): ExplainedCall {
  const { door, operation } = entrance;
  const { principal } = admission;
  const { url = '', headers } = presented;
  const visibility = visibilityFor(door, operation, principal);
  const tenants = tenantsReached(door.policy, principal);
  return new ExplainedCall({ admission, params, url, headers, caller, visibility, tenants });
}

/** The request that is replayed, in the shape that the listener hands on. A URL of its own names the host. */
function presentedOf({ method, target, headers, caller }: ExplainQuestion): Presented & { readonly url: string } {
  const { host, url } = splitTarget(target);
  const sent = headers.some(([name]) => name.toLowerCase() === 'host')
    ? headers
    : [['Host', host] as const, ...headers];
  const byName: IncomingHttpHeaders = {};
  // As in Node: the first of a repeated header is kept, and the raw list has them all.
  for (const [name, value] of sent) byName[name.toLowerCase()] ??= value;
  return { method: method.toUpperCase(), url, headers: byName, rawHeaders: sent.flat(), caller };
}

function splitTarget(target: string): { host: string; url: string } {
  const match = /^https?:\/\/([^/?#]*)(.*)$/s.exec(target);
  if (match === null) return { host: 'localhost', url: target };
  const [, host = '', rest = ''] = match;
  return { host, url: rest.startsWith('/') ? rest : `/${rest}` };
}
