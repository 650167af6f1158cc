import type { Grant, OwnerType } from './grant.ts';
import type { PermissionType, ResourceType } from './permissions.ts';
import type { Principal } from './principal.ts';
import type { PermissionRequirement, Requirement } from './requirement.ts';
import type { AccessSnapshot } from './snapshot.ts';
import { assertNever } from './vocabulary.ts';

/** An item that an operation looked up before deciding: what grants may name it by. */
export type Found = {
  readonly resourceId: string;
  /** Another id for another resource type of the requirement: a user task is also known by its process. */
  readonly idOf?: Readonly<Partial<Record<ResourceType, string>>>;
  /** Of a user task. What is missing matches nothing. */
  readonly properties?: {
    readonly assignee?: string | null;
    readonly candidateUsers?: readonly string[];
    readonly candidateGroups?: readonly string[];
  };
  /** Which permission a `resolved` requirement turned out to need for this item. */
  readonly permission?: { readonly resourceType: ResourceType; readonly permissionType: PermissionType };
};

export type Missing = {
  readonly resourceType: ResourceType;
  readonly permissionType: PermissionType;
  /** Empty where only a wildcard would do. */
  readonly resourceIds: readonly string[];
};

export type Decision =
  | {
      readonly allowed: true;
      readonly because: 'anonymous-allowed' | 'authenticated' | 'checks-off' | 'unprotected' | 'granted';
      readonly by: readonly Grant[];
    }
  | { readonly allowed: false; readonly because: 'not-authenticated' }
  | { readonly allowed: false; readonly because: 'permission-missing'; readonly missing: readonly Missing[] };

/** What a collection may show: everything, exactly these ids, or nothing. Pushed into the query, before paging. */
export type Visibility =
  | { readonly kind: 'all' }
  | { readonly kind: 'ids'; readonly ids: readonly string[] }
  | { readonly kind: 'none' }
  | VisibleByProperty;

/**
 * Items that any one of these shows: its id for one of the resource types, its assignee, one of its candidate users, one of
 * its candidate groups. Only where several resource types are asked about, or a property grant matches (user tasks).
 */
export type VisibleByProperty = {
  readonly kind: 'properties';
  readonly ids: Readonly<Partial<Record<ResourceType, readonly string[]>>>;
  /** Shown where it is the assignee; null for nobody. */
  readonly assignee: string | null;
  /** Shown where it is among the candidate users; null for nobody. */
  readonly candidateUser: string | null;
  /** Shown where one of these is among the candidate groups. */
  readonly candidateGroups: readonly string[];
};

/** The switches that stand outside the records. */
export type AccessPolicy = {
  /** `camunda.security.authorizations.enabled` */
  readonly authorizationsEnabled: boolean;
  /** The API is unprotected (`none`): anonymous callers are let through, as the original's engine does. */
  readonly unprotected: boolean;
};

const ANONYMOUS_ALLOWED: Decision = { allowed: true, because: 'anonymous-allowed', by: [] };
const AUTHENTICATED: Decision = { allowed: true, because: 'authenticated', by: [] };
const CHECKS_OFF: Decision = { allowed: true, because: 'checks-off', by: [] };
const UNPROTECTED: Decision = { allowed: true, because: 'unprotected', by: [] };
const NOT_AUTHENTICATED: Decision = { allowed: false, because: 'not-authenticated' };

/**
 * Decides one requirement for one principal. `found` are the items a `found` requirement asks about, all of which must be
 * reached; with none of them the requirement denies, since nothing may pass because something was missing.
 * Not checked here: that the credential was good, tenants, and the audience of a token.
 */
export function decide(
  snapshot: AccessSnapshot,
  policy: AccessPolicy,
  principal: Principal,
  requirement: Requirement,
  found: readonly Found[] = [],
): Decision {
  if (requirement.kind === 'anonymous') return ANONYMOUS_ALLOWED;
  if (principal.kind === 'anonymous') return policy.unprotected ? UNPROTECTED : NOT_AUTHENTICATED;
  switch (requirement.kind) {
    case 'authenticated':
      return AUTHENTICATED;
    case 'permission':
      return policy.authorizationsEnabled ? decidePermission(snapshot, principal, requirement, found) : CHECKS_OFF;
    case 'any-of':
      return firstAllowed(requirement.requirements.map((one) => decide(snapshot, policy, principal, one, found)));
    case 'all-of':
      return allAllowed(requirement.requirements.map((one) => decide(snapshot, policy, principal, one, found)));
    case 'resolved':
      return { allowed: false, because: 'permission-missing', missing: [] };
    default:
      return assertNever(requirement);
  }
}

/** What a caller may see of a collection guarded by this permission. */
export function visibilityOf(
  snapshot: AccessSnapshot,
  policy: AccessPolicy,
  principal: Principal,
  requirement: PermissionRequirement,
): Visibility {
  if (principal.kind === 'anonymous') return policy.unprotected ? { kind: 'all' } : { kind: 'none' };
  if (!policy.authorizationsEnabled) return { kind: 'all' };
  const ids = new Set<string>();
  for (const [ownerType, ownerId] of ownersOf(principal)) {
    const reach = snapshot.reach(ownerType, ownerId, requirement.resourceType, requirement.permissionType);
    if (reach.all) return { kind: 'all' };
    for (const id of reach.ids) ids.add(id);
  }
  return ids.size === 0 ? { kind: 'none' } : { kind: 'ids', ids: [...ids] };
}

function decidePermission(
  snapshot: AccessSnapshot,
  principal: Exclude<Principal, { kind: 'anonymous' }>,
  requirement: PermissionRequirement,
  found: readonly Found[],
): Decision {
  const { resourceType, permissionType } = requirement;
  if (requirement.of === 'visible') return { allowed: true, because: 'granted', by: [] };
  const wanted: readonly string[] = requirement.of === 'found' ? found.map((item) => item.resourceId) : [];
  const by: Grant[] = [];
  const left = new Set(wanted);
  for (const [ownerType, ownerId] of ownersOf(principal)) {
    const reach = snapshot.reach(ownerType, ownerId, resourceType, permissionType);
    if (reach.all && (requirement.of === 'everything' || wanted.length > 0)) {
      return { allowed: true, because: 'granted', by: [{ authorizationKey: '', ownerType, ownerId, resourceId: '*' }] };
    }
    for (const id of wanted) {
      if (reach.ids.has(id) && left.delete(id)) by.push({ authorizationKey: '', ownerType, ownerId, resourceId: id });
    }
  }
  if (wanted.length > 0 && left.size === 0) return { allowed: true, because: 'granted', by };
  return {
    allowed: false,
    because: 'permission-missing',
    missing: [{ resourceType, permissionType, resourceIds: [...left].sort() }],
  };
}

function ownersOf(principal: Exclude<Principal, { kind: 'anonymous' }>): (readonly [OwnerType, string])[] {
  const self =
    principal.kind === 'user' ? (['USER', principal.username] as const) : (['CLIENT', principal.clientId] as const);
  return [
    self,
    ...principal.roles.map((id) => ['ROLE', id] as const),
    ...principal.groups.map((id) => ['GROUP', id] as const),
    ...principal.mappingRules.map((id) => ['MAPPING_RULE', id] as const),
  ];
}

function firstAllowed(decisions: readonly Decision[]): Decision {
  const allowed = decisions.find((decision) => decision.allowed);
  if (allowed) return allowed;
  return { allowed: false, because: 'permission-missing', missing: decisions.flatMap(missingOf) };
}

function allAllowed(decisions: readonly Decision[]): Decision {
  const missing = decisions.flatMap(missingOf);
  if (decisions.length === 0 || missing.length > 0) return { allowed: false, because: 'permission-missing', missing };
  const denied = decisions.find((decision) => !decision.allowed);
  if (denied) return denied;
  return {
    allowed: true,
    because: 'granted',
    by: decisions.flatMap((decision) => (decision.allowed ? decision.by : [])),
  };
}

function missingOf(decision: Decision): readonly Missing[] {
  return !decision.allowed && decision.because === 'permission-missing' ? decision.missing : [];
}
