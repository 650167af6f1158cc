import type { Grant } from './grant.ts';
import { bitOf } from './permission-bits.ts';
import type { PermissionType, ResourceType } from './permissions.ts';
import type { Principal } from './principal.ts';
import type { TypeReach } from './principal-reach.ts';
import type { PermissionRequirement, Requirement, ResolvedRequirement } from './requirement.ts';
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
      /** A grant for each permission and item; one on everything speaks for all items. */
      readonly by: readonly Grant[];
    }
  | { readonly allowed: false; readonly because: 'not-authenticated' }
  | { readonly allowed: false; readonly because: 'permission-missing'; readonly missing: readonly Missing[] };

/** The switches that stand outside the records. */
export type AccessPolicy = {
  /** `camunda.security.authorizations.enabled` */
  readonly authorizationsEnabled: boolean;
  /** The API is unprotected (`none`): anonymous callers are let through, as the original's engine does. */
  readonly unprotected: boolean;
  /** `camunda.security.multi-tenancy.checks-enabled`: callers reach only the tenants that they are assigned to. */
  readonly tenantChecksEnabled: boolean;
};

type Known = Exclude<Principal, { kind: 'anonymous' }>;
/** Decides one permission; which items it is asked about is the caller's matter. */
type DecidePermission = (requirement: PermissionRequirement) => Decision;

const ANONYMOUS_ALLOWED: Decision = { allowed: true, because: 'anonymous-allowed', by: [] };
const AUTHENTICATED: Decision = { allowed: true, because: 'authenticated', by: [] };
const CHECKS_OFF: Decision = { allowed: true, because: 'checks-off', by: [] };
const UNPROTECTED: Decision = { allowed: true, because: 'unprotected', by: [] };
const NARROWED: Decision = { allowed: true, because: 'granted', by: [] };
const NOT_AUTHENTICATED: Decision = { allowed: false, because: 'not-authenticated' };

/**
 * Decides one requirement for one principal. `found` are the items a `found` or `resolved` requirement asks about, all of
 * which must be reached; with none of them the requirement denies, since nothing may pass because something was missing.
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
    case 'resolved':
      return policy.authorizationsEnabled ? decideResolved(snapshot, principal, requirement, found) : CHECKS_OFF;
    case 'any-of':
      return firstAllowed(requirement.requirements.map((one) => decide(snapshot, policy, principal, one, found)));
    case 'all-of':
      return allAllowed(requirement.requirements.map((one) => decide(snapshot, policy, principal, one, found)));
    default:
      return assertNever(requirement);
  }
}

/**
 * Whether there is any grant, on any id or property, that this requirement could be met with: what an operation that looks
 * nothing up can be asked. It denies whoever could never be let through, and says nothing about any one item.
 */
export function reachesAnything(
  snapshot: AccessSnapshot,
  policy: AccessPolicy,
  principal: Principal,
  requirement: Requirement,
): Decision {
  if (requirement.kind === 'anonymous') return ANONYMOUS_ALLOWED;
  if (principal.kind === 'anonymous') return policy.unprotected ? UNPROTECTED : NOT_AUTHENTICATED;
  const anything: DecidePermission = (one) => {
    if (!policy.authorizationsEnabled) return CHECKS_OFF;
    const reach = snapshot.reachOf(principal, one.resourceType);
    const permission = bitOf(one.resourceType, one.permissionType);
    const grant = one.of === 'everything' ? reach.wildcard(permission) : reach.anything(permission);
    return grant === undefined ? missing(one, []) : granted([grant]);
  };
  switch (requirement.kind) {
    case 'authenticated':
      return AUTHENTICATED;
    case 'permission':
      return anything(requirement);
    case 'resolved':
      return firstAllowed(requirement.from.map(anything));
    case 'any-of':
      return firstAllowed(requirement.requirements.map((one) => reachesAnything(snapshot, policy, principal, one)));
    case 'all-of':
      return allAllowed(requirement.requirements.map((one) => reachesAnything(snapshot, policy, principal, one)));
    default:
      return assertNever(requirement);
  }
}

function decidePermission(
  snapshot: AccessSnapshot,
  principal: Known,
  requirement: PermissionRequirement,
  found: readonly Found[],
): Decision {
  const { resourceType, permissionType } = requirement;
  if (requirement.of === 'visible') return NARROWED;
  const reach = snapshot.reachOf(principal, resourceType);
  const permission = bitOf(resourceType, permissionType);
  const wildcard = reach.wildcard(permission);
  if (requirement.of === 'everything') return wildcard === undefined ? missing(requirement, []) : granted([wildcard]);
  if (wildcard !== undefined && found.length > 0) return granted([wildcard]);
  return decideItems(reach, permission, requirement, found);
}

function decideItems(
  reach: TypeReach,
  permission: number,
  requirement: PermissionRequirement,
  found: readonly Found[],
): Decision {
  const { resourceType } = requirement;
  const [first] = found;
  // Nearly every question is about one item, and needs no lists.
  if (first !== undefined && found.length === 1) {
    const grant = grantOn(reach, permission, resourceType, first);
    return grant === undefined ? missing(requirement, [idFor(resourceType, first)]) : granted([grant]);
  }
  const by = new Map<string, Grant>();
  const left = new Set<string>();
  for (const item of found) {
    const grant = grantOn(reach, permission, resourceType, item);
    if (grant === undefined) left.add(idFor(resourceType, item));
    else by.set(grant.authorizationKey, grant);
  }
  return by.size > 0 && left.size === 0 ? granted([...by.values()]) : missing(requirement, [...left].sort());
}

/** Each item by the permission that it turned out to need. */
function decideResolved(
  snapshot: AccessSnapshot,
  principal: Known,
  { from }: ResolvedRequirement,
  found: readonly Found[],
): Decision {
  const none = (item?: Found): Decision => {
    const lacking = from.map(({ resourceType, permissionType }): Missing => {
      return { resourceType, permissionType, resourceIds: item === undefined ? [] : [idFor(resourceType, item)] };
    });
    return { allowed: false, because: 'permission-missing', missing: lacking };
  };
  if (found.length === 0) return none();
  return allAllowed(
    found.map((item) => {
      const needed = from.find(
        (one) =>
          one.resourceType === item.permission?.resourceType && one.permissionType === item.permission.permissionType,
      );
      // One that only narrows a collection asks nothing of an item, and so lets none through.
      if (needed === undefined || needed.of === 'visible') return none(item);
      return decidePermission(snapshot, principal, needed, [item]);
    }),
  );
}

function grantOn(reach: TypeReach, permission: number, resourceType: ResourceType, item: Found): Grant | undefined {
  const byId = reach.onId(permission, idFor(resourceType, item));
  if (byId !== undefined || item.properties === undefined) return byId;
  return reach.onProperties(permission, item.properties);
}

function idFor(resourceType: ResourceType, item: Found): string {
  return item.idOf?.[resourceType] ?? item.resourceId;
}

function granted(by: readonly Grant[]): Decision {
  return { allowed: true, because: 'granted', by };
}

function missing({ resourceType, permissionType }: PermissionRequirement, resourceIds: readonly string[]): Decision {
  return {
    allowed: false,
    because: 'permission-missing',
    missing: [{ resourceType, permissionType, resourceIds }],
  };
}

function firstAllowed(decisions: readonly Decision[]): Decision {
  const allowed = decisions.find((decision) => decision.allowed);
  if (allowed) return allowed;
  return { allowed: false, because: 'permission-missing', missing: decisions.flatMap(missingOf) };
}

function allAllowed(decisions: readonly Decision[]): Decision {
  const [first] = decisions;
  const lacking = decisions.flatMap(missingOf);
  if (first === undefined || lacking.length > 0) {
    return { allowed: false, because: 'permission-missing', missing: lacking };
  }
  const by: Grant[] = [];
  for (const decision of decisions) {
    if (!decision.allowed) return decision;
    by.push(...decision.by);
  }
  return by.length > 0 ? granted(by) : first;
}

function missingOf(decision: Decision): readonly Missing[] {
  return !decision.allowed && decision.because === 'permission-missing' ? decision.missing : [];
}
