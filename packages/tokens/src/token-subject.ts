import { type GroupId, type Parsed, parseForeignId, type Subject, type TokenSubject } from '@stagedoor/access';
import { readClaim } from './claim-path.ts';
import type { SubjectRule } from './issuer-policy.ts';

type Claims = Readonly<Record<string, unknown>>;

/** Whom verified claims name, by their issuer's policy. `problem` completes "the token …". */
export function subjectOfClaims(
  claims: Claims,
  rule: SubjectRule,
  groupsClaim: string | undefined,
): Parsed<TokenSubject> {
  const subject = rule.kind === 'client' ? clientOf(claims, rule.clientIdClaims) : byClaims(claims, rule);
  if (!subject.ok) return subject;
  const groups = groupsClaim === undefined ? ({ ok: true, value: null } as const) : groupsOf(claims, groupsClaim);
  if (!groups.ok) return groups;
  return { ok: true, value: { subject: subject.value, groups: groups.value, claims } };
}

/** A claim that is there but is no id refuses the token: falling through to another claim would be choosing by coincidence. */
function byClaims(claims: Claims, rule: Extract<SubjectRule, { kind: 'claims' }>): Parsed<Subject> {
  const username = present(readClaim(claims, rule.usernameClaim));
  const clientId = rule.clientIdClaim === undefined ? undefined : present(readClaim(claims, rule.clientIdClaim));
  if (username !== undefined && (rule.preferUsernameClaim === true || clientId === undefined)) return asUser(username);
  if (clientId !== undefined) return asClient(clientId);
  return { ok: false, problem: 'has neither the username claim nor the client id claim' };
}

function clientOf(claims: Claims, paths: readonly string[]): Parsed<Subject> {
  for (const path of paths) {
    const clientId = present(readClaim(claims, path));
    if (clientId !== undefined) return asClient(clientId);
  }
  return { ok: false, problem: 'has no client id claim' };
}

function present(value: unknown): unknown {
  return value ?? undefined;
}

function asUser(value: unknown): Parsed<Subject> {
  const parsed = parseForeignId('username', value);
  return parsed.ok
    ? { ok: true, value: { kind: 'user', username: parsed.value } }
    : { ok: false, problem: `names nobody: ${parsed.problem}` };
}

function asClient(value: unknown): Parsed<Subject> {
  const parsed = parseForeignId('clientId', value);
  return parsed.ok
    ? { ok: true, value: { kind: 'client', clientId: parsed.value } }
    : { ok: false, problem: `names nobody: ${parsed.problem}` };
}

/** A text or a list of texts; none where the claim is missing, since the records' groups do not count then. */
function groupsOf(claims: Claims, path: string): Parsed<readonly GroupId[]> {
  const value = present(readClaim(claims, path)) ?? [];
  const groups: GroupId[] = [];
  for (const item of Array.isArray(value) ? value : [value]) {
    const parsed = parseForeignId('groupId', item);
    if (!parsed.ok) return { ok: false, problem: `has groups that cannot be read: ${parsed.problem}` };
    groups.push(parsed.value);
  }
  return { ok: true, value: groups };
}
