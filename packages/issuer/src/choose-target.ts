import { isAudience, isScope, SCOPE_AUDIENCES, SCOPES, type Scope } from '@stagedoor/access';
import type { NamedTargets } from './named-targets.ts';
import { audiencesOf, audiencesOfScopes, type RegisteredClient } from './registered-client.ts';
import type { Outcome } from './token-request.ts';

/** `audiences`: of the table, or the client's own; at least one. `scopes`: those that the ones of the table belong to. */
export type Target = { readonly audiences: readonly string[]; readonly scopes: readonly Scope[] };

type Names = Outcome<readonly string[]>;

/** Scopes of OpenID Connect that clients ask for out of habit. There is no ID token for a client, so they mean nothing here. */
const MEANINGLESS: readonly string[] = ['openid', 'profile', 'email'];
const MAX_SCOPE_LENGTH = 4_000;
/** RFC 3986 section 4.3, as far as it has to be known here: a scheme, printable characters, no fragment. */
const ABSOLUTE_URI = /^[a-z][a-z0-9+.-]*:[!-"$-~]+$/i;
const MAX_URI_LENGTH = 2_000;

/**
 * What a token is for (contract, "Clients, scopes, audiences"). `audience` names one; every `resource` one by a URI; `scope`
 * names audiences by a scope of the table, by an audience, or by an audience and `/.default` as Entra has it. Those of the
 * three that say something must agree, and what all of them name decides. With none it is all that the client's scopes allow.
 * An audience of the client's own belongs to a service elsewhere: it is in no token that did not ask for it, because with all
 * the others beside it that service could use the token here.
 */
export function chooseTarget(client: RegisteredClient, named: NamedTargets): Outcome<Target> {
  const byScope = named.scope === undefined ? nothingNamed : readScope(client, named.scope);
  if (!byScope.ok) return byScope;
  const byResource = named.resources.length === 0 ? nothingNamed : readResources(client, named.resources);
  if (!byResource.ok) return byResource;
  const byAudience = named.audience === undefined ? [] : [named.audience];

  const [first, ...others] = [byAudience, byResource.value, byScope.value].filter((names) => names.length > 0);
  if (first === undefined) return target(audiencesOfScopes(client.scopes));
  const allowed = audiencesOf(client);
  const refused = first.find((one) => !allowed.includes(one));
  if (refused !== undefined) return { ok: false, problem: { kind: 'audience-refused', audience: refused } };
  const wanted = first.filter((one) => others.every((names) => names.includes(one)));
  if (wanted.length === 0) return { ok: false, problem: { kind: 'targets-disagree' } };
  return target(allowed.filter((one) => wanted.includes(one)));
}

/** Whether a name means something in a `scope` or a `resource` whoever asks, so that it can be nobody's own. */
export function isTakenTarget(name: string): boolean {
  return audiencesOfName(name) !== null;
}

const nothingNamed: Names = { ok: true, value: [] };

/** The audiences that a scope parameter chooses; none where it says nothing. RFC 6749 section 3.3: parted by single spaces. */
function readScope(client: RegisteredClient, scope: string): Names {
  if (scope.length > MAX_SCOPE_LENGTH) return { ok: false, problem: { kind: 'scope-refused', scope: 'too long' } };
  const audiences: string[] = [];
  for (const name of scope.split(' ')) {
    const chosen = audiencesOfName(name) ?? ownAudience(client, name.replace(/\/\.default$/, ''));
    if (chosen === null) return { ok: false, problem: { kind: 'scope-refused', scope } };
    audiences.push(...chosen);
  }
  return { ok: true, value: audiences };
}

/** RFC 8707 section 2. A URI that is not the client's is refused as one that is nobody's. */
function readResources(client: RegisteredClient, resources: readonly string[]): Names {
  const allowed = audiencesOf(client);
  const audiences: string[] = [];
  for (const resource of resources) {
    if (resource.length > MAX_URI_LENGTH || !ABSOLUTE_URI.test(resource))
      return resourceRefused('a resource has to be an absolute URI without a fragment');
    const audience = byApplicationUri(resource) ?? resource;
    if (!allowed.includes(audience)) return resourceRefused('one of the resources is not for this client');
    audiences.push(audience);
  }
  return { ok: true, value: audiences };
}

function audiencesOfName(name: string): readonly string[] | null {
  // A name that is both, `orchestration`, is the scope: it chooses itself and its other name.
  if (isScope(name)) return SCOPE_AUDIENCES[name];
  const named = name.replace(/\/\.default$/, '');
  const audience = byApplicationUri(named) ?? named;
  if (isAudience(audience)) return [audience];
  return MEANINGLESS.includes(name) ? [] : null;
}

/** The audience of an application URI as Entra makes them, `api://orchestration-api`: what names an audience of the table is a URI only so. */
function byApplicationUri(uri: string): string | null {
  const name = /^api:\/\/(.+)$/.exec(uri)?.[1];
  return name !== undefined && isAudience(name) ? name : null;
}

function ownAudience(client: RegisteredClient, name: string): readonly string[] | null {
  return client.audiences.includes(name) ? [name] : null;
}

function target(audiences: readonly string[]): Outcome<Target> {
  const scopes = SCOPES.filter((scope) => SCOPE_AUDIENCES[scope].some((audience) => audiences.includes(audience)));
  return { ok: true, value: { audiences, scopes } };
}

function resourceRefused(detail: string): Names {
  return { ok: false, problem: { kind: 'resource-refused', detail } };
}
