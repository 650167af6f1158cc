import { type Audience, isAudience, isScope, SCOPE_AUDIENCES, SCOPES, type Scope } from '@stagedoor/access';
import { audiencesOfScopes, type RegisteredClient } from './registered-client.ts';
import type { Outcome } from './token-request.ts';

export type Target = { readonly audiences: readonly Audience[]; readonly scopes: readonly Scope[] };

/** Scopes of OpenID Connect that clients ask for out of habit. There is no ID token for a client, so they mean nothing here. */
const MEANINGLESS = ['openid', 'profile', 'email'];
const MAX_SCOPE_LENGTH = 4_000;

/**
 * What a token is for (contract, "Clients, scopes, audiences"). `audience` names one; `scope` names audiences by a scope of
 * the table, by an audience, or by an audience and `/.default` as Entra has it; with neither it is all that the client's scopes
 * allow. Both together must agree, and then the audience decides.
 */
export function chooseTarget(
  client: RegisteredClient,
  audience: string | undefined,
  scope: string | undefined,
): Outcome<Target> {
  const byScope = scope === undefined ? nothingNamed : readScope(scope);
  if (!byScope.ok) return byScope;
  if (audience !== undefined && !isAudience(audience))
    return { ok: false, problem: { kind: 'audience-refused', audience } };
  if (audience !== undefined && byScope.value.length > 0 && !byScope.value.includes(audience)) {
    return { ok: false, problem: { kind: 'audience-and-scope-disagree' } };
  }
  const allowed = audiencesOfScopes(client.scopes);
  const wanted = audience === undefined ? byScope.value : [audience];
  const unallowed = wanted.find((one) => !allowed.includes(one));
  if (unallowed !== undefined) return { ok: false, problem: { kind: 'audience-refused', audience: unallowed } };
  const audiences = wanted.length === 0 ? allowed : allowed.filter((one) => wanted.includes(one));
  return { ok: true, value: { audiences, scopes: scopesOfAudiences(audiences) } };
}

const nothingNamed: Outcome<readonly Audience[]> = { ok: true, value: [] };

/** The audiences that a scope parameter chooses; none where it says nothing. RFC 6749 section 3.3: parted by single spaces. */
function readScope(scope: string): Outcome<readonly Audience[]> {
  if (scope.length > MAX_SCOPE_LENGTH) return { ok: false, problem: { kind: 'scope-refused', scope: 'too long' } };
  const audiences: Audience[] = [];
  for (const name of scope.split(' ')) {
    const chosen = audiencesOfName(name);
    if (chosen === null) return { ok: false, problem: { kind: 'scope-refused', scope } };
    audiences.push(...chosen);
  }
  return { ok: true, value: audiences };
}

function audiencesOfName(name: string): readonly Audience[] | null {
  // A name that is both, `orchestration`, is the scope: it chooses itself and its other name.
  if (isScope(name)) return SCOPE_AUDIENCES[name];
  const audience = name.replace(/\/\.default$/, '');
  if (isAudience(audience)) return [audience];
  return MEANINGLESS.includes(name) ? [] : null;
}

function scopesOfAudiences(audiences: readonly Audience[]): readonly Scope[] {
  return SCOPES.filter((scope) => SCOPE_AUDIENCES[scope].some((audience) => audiences.includes(audience)));
}
