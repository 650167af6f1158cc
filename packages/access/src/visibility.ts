import type { AccessPolicy } from './decide.ts';
import { bitOf } from './permission-bits.ts';
import type { ResourceType } from './permissions.ts';
import type { Principal } from './principal.ts';
import type { PermissionRequirement, Requirement } from './requirement.ts';
import type { AccessSnapshot } from './snapshot.ts';

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
  /** Never an empty list. */
  readonly ids: Readonly<Partial<Record<ResourceType, readonly string[]>>>;
  /** Shown where it is the assignee; null for nobody. */
  readonly assignee: string | null;
  /** Shown where it is among the candidate users; null for nobody. */
  readonly candidateUser: string | null;
  /** Shown where one of these is among the candidate groups. */
  readonly candidateGroups: readonly string[];
};

const ALL: Visibility = { kind: 'all' };
const NONE: Visibility = { kind: 'none' };

/**
 * What a caller may see of a collection guarded by a permission, or by any one of several. Anything else shows nothing: how
 * it would narrow a query is nowhere said.
 */
export function visibilityOf(
  snapshot: AccessSnapshot,
  policy: AccessPolicy,
  principal: Principal,
  requirement: Requirement,
): Visibility {
  const permissions = permissionsOf(requirement);
  if (permissions === null) return NONE;
  if (principal.kind === 'anonymous') return policy.unprotected ? ALL : NONE;
  if (!policy.authorizationsEnabled) return ALL;
  const ids = new Map<ResourceType, Set<string>>();
  const properties = new Set<string>();
  for (const { resourceType, permissionType, of } of permissions) {
    const reach = snapshot.reachOf(principal, resourceType);
    const permission = bitOf(resourceType, permissionType);
    if (reach.wildcard(permission) !== undefined) return ALL;
    if (of === 'everything') continue;
    const shown = ids.get(resourceType) ?? new Set();
    ids.set(resourceType, shown);
    for (const id of reach.ids(permission)) shown.add(id);
    for (const property of reach.properties(permission)) properties.add(property);
  }
  return narrowed(principal, ids, properties);
}

function narrowed(
  principal: Exclude<Principal, { kind: 'anonymous' }>,
  ids: ReadonlyMap<ResourceType, ReadonlySet<string>>,
  properties: ReadonlySet<string>,
): Visibility {
  const named = [...ids].filter(([, some]) => some.size > 0).map(([type, some]) => [type, [...some].sort()] as const);
  const [only] = named;
  if (properties.size === 0) {
    if (only === undefined) return NONE;
    if (ids.size === 1) return { kind: 'ids', ids: only[1] };
  }
  const username = principal.kind === 'user' ? principal.username : null;
  return {
    kind: 'properties',
    ids: Object.fromEntries(named),
    assignee: properties.has('assignee') ? username : null,
    candidateUser: properties.has('candidateUsers') ? username : null,
    candidateGroups: properties.has('candidateGroups') ? principal.groups : [],
  };
}

function permissionsOf(requirement: Requirement): readonly PermissionRequirement[] | null {
  if (requirement.kind === 'permission') return [requirement];
  if (requirement.kind !== 'any-of') return null;
  const permissions: PermissionRequirement[] = [];
  for (const one of requirement.requirements) {
    const some = permissionsOf(one);
    if (some === null) return null;
    permissions.push(...some);
  }
  return permissions;
}
