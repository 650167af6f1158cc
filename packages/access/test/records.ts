import {
  AccessSnapshot,
  type Authorization,
  type ClientId,
  type GrantTarget,
  type KeyedAuthorization,
  type MappingRuleId,
  type Membership,
  type ReadClaim,
  type ResourceProperty,
  type SnapshotRecords,
  type Subject,
  type Username,
} from '../src/index.ts';

/** Ids of tests are literals: nothing to parse. */
export const username = (text: string) => text as Username;
const clientId = (text: string) => text as ClientId;
export const mappingRuleId = (text: string) => text as MappingRuleId;

export const user = (text: string): Subject => ({ kind: 'user', username: username(text) });
export const client = (text: string): Subject => ({ kind: 'client', clientId: clientId(text) });

/** Claims by plain name, as the program reads those that are no JSONPath. */
export const readClaim: ReadClaim = (claims, path) => claims[path];

export const NO_RECORDS: SnapshotRecords = {
  epoch: 1,
  users: [],
  groups: [],
  roles: [],
  tenants: [],
  mappingRules: [],
  memberships: [],
  authorizations: [],
  administratorHasExisted: false,
};

export function snapshotOf(records: Partial<SnapshotRecords>): AccessSnapshot {
  return new AccessSnapshot({ ...NO_RECORDS, ...records }, readClaim);
}

/** `member('role', 'admin', 'user', 'demo')`: demo is in the role admin. */
export function member(
  containerType: Membership['containerType'],
  containerId: string,
  memberType: Membership['memberType'],
  memberId: string,
): Membership {
  return { containerType, containerId, memberType, memberId };
}

let lastKey = 0;

/** A grant with a key of its own. */
export function grant(
  [ownerType, ownerId]: readonly [Authorization['ownerType'], string],
  [resourceType, resourceId]: readonly [Authorization['resourceType'], string],
  ...permissionTypes: Authorization['permissionTypes']
): KeyedAuthorization {
  return keyed({ ownerType, ownerId, resourceType, permissionTypes }, { resourceId });
}

/** A grant on a property of user tasks. */
export function propertyGrant(
  [ownerType, ownerId]: readonly [Authorization['ownerType'], string],
  resourcePropertyName: ResourceProperty,
  ...permissionTypes: Authorization['permissionTypes']
): KeyedAuthorization {
  return keyed({ ownerType, ownerId, resourceType: 'USER_TASK', permissionTypes }, { resourcePropertyName });
}

function keyed(grant: Omit<Authorization, keyof GrantTarget>, target: GrantTarget): KeyedAuthorization {
  lastKey += 1;
  return { authorizationKey: String(lastKey), ...grant, ...target };
}
