import {
  assertNever,
  type GroupId,
  type Parsed,
  parseForeignId,
  type RoleId,
  type Subject,
  type TokenSubject,
  tokenRoleOf,
} from '@stagedoor/access';
import { readClaim } from './claim-path.ts';
import { type IssuerPolicy, meetsPin, type SubjectRule } from './issuer-policy.ts';

/** What tokens of Camunda 8.6 carried their rights in (facts, section 2.5). */
export const COMPONENT_PERMISSIONS_CLAIM = 'permissions';

type Claims = Readonly<Record<string, unknown>>;

/** Whom a token names, and which claim named him. */
type NamedSubject = { readonly subject: Subject; readonly claim: string };

/** Whom verified claims name, by their issuer's policy. `problem` completes "the token …". */
export function subjectOfClaims(
  claims: Claims,
  {
    subject: rule,
    groupsClaim,
    componentPermissions,
  }: Pick<IssuerPolicy, 'subject' | 'groupsClaim' | 'componentPermissions'>,
): Parsed<{ readonly token: TokenSubject; readonly subjectClaim: string }> {
  const named = namedBy(claims, rule);
  if (!named.ok) return named;
  const groups = groupsClaim === undefined ? ({ ok: true, value: null } as const) : groupsOf(claims, groupsClaim);
  if (!groups.ok) return groups;
  const base = { subject: named.value.subject, groups: groups.value, claims };
  const token = componentPermissions === true ? { ...base, roles: rolesOf(claims) } : base;
  return { ok: true, value: { token, subjectClaim: named.value.claim } };
}

function namedBy(claims: Claims, rule: SubjectRule): Parsed<NamedSubject> {
  switch (rule.kind) {
    case 'client':
      return clientOf(claims, rule.clientIdClaims);
    case 'claims':
      return byClaims(claims, rule);
    case 'marked':
      return byMark(claims, rule);
    default:
      return assertNever(rule);
  }
}

/** The kind is decided by the mark alone: a token that then lacks the claim of its kind names nobody. */
function byMark(
  claims: Claims,
  { usernameClaim, clientIdClaim, mark }: Extract<SubjectRule, { kind: 'marked' }>,
): Parsed<NamedSubject> {
  const isUser =
    mark.of === 'user'
      ? present(readClaim(claims, mark.claim)) !== undefined
      : !mark.values.every((pin) => meetsPin(claims, pin));
  const claim = isUser ? usernameClaim : clientIdClaim;
  const value = present(readClaim(claims, claim));
  if (value === undefined)
    return { ok: false, problem: `is a ${isUser ? 'user' : 'client'}'s and does not have the claim that names one` };
  return isUser ? asUser(value, claim) : asClient(value, claim);
}

/** A claim that is there but is no id refuses the token: falling through to another claim would be choosing by coincidence. */
function byClaims(claims: Claims, rule: Extract<SubjectRule, { kind: 'claims' }>): Parsed<NamedSubject> {
  const { usernameClaim, clientIdClaim } = rule;
  const username = present(readClaim(claims, usernameClaim));
  const clientId = clientIdClaim === undefined ? undefined : present(readClaim(claims, clientIdClaim));
  if (username !== undefined && (rule.preferUsernameClaim === true || clientId === undefined))
    return asUser(username, usernameClaim);
  if (clientIdClaim !== undefined && clientId !== undefined) return asClient(clientId, clientIdClaim);
  return { ok: false, problem: 'has neither the username claim nor the client id claim' };
}

function clientOf(claims: Claims, paths: readonly string[]): Parsed<NamedSubject> {
  for (const path of paths) {
    const clientId = present(readClaim(claims, path));
    if (clientId !== undefined) return asClient(clientId, path);
  }
  return { ok: false, problem: 'has no client id claim' };
}

function present(value: unknown): unknown {
  return value ?? undefined;
}

function asUser(value: unknown, claim: string): Parsed<NamedSubject> {
  const parsed = parseForeignId('username', value);
  return parsed.ok
    ? { ok: true, value: { subject: { kind: 'user', username: parsed.value }, claim } }
    : { ok: false, problem: `names nobody: ${parsed.problem}` };
}

function asClient(value: unknown, claim: string): Parsed<NamedSubject> {
  const parsed = parseForeignId('clientId', value);
  return parsed.ok
    ? { ok: true, value: { subject: { kind: 'client', clientId: parsed.value }, claim } }
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

/** What is of another form, or for another component, grants nothing. */
function rolesOf({ [COMPONENT_PERMISSIONS_CLAIM]: permissions }: Claims): readonly RoleId[] {
  if (typeof permissions !== 'object' || permissions === null || !Object.hasOwn(permissions, 'operate-api')) return [];
  const { 'operate-api': named } = permissions as { readonly 'operate-api': unknown };
  if (!Array.isArray(named)) return [];
  const roles = named.flatMap((permission: unknown) => tokenRoleOf(permission) ?? []);
  return [...new Set(roles)].sort();
}
