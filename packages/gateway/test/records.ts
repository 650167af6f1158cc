import {
  AccessSnapshot,
  type ClientId,
  type KeyedAuthorization,
  type PermissionType,
  parseId,
  RESOURCE_PERMISSIONS,
  RESOURCE_TYPES,
  type SnapshotRecords,
  type Username,
  type UserRecord,
} from '@stagedoor/access';

export function usernameOf(text: string): Username {
  const parsed = parseId('username', text);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.value;
}

export function clientIdOf(text: string): ClientId {
  const parsed = parseId('clientId', text);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.value;
}

export function userOf(name: string, credentialVersion = '1'): UserRecord {
  const username = usernameOf(name);
  return {
    username,
    name: `${name}'s name`,
    email: `${name}@example.com`,
    passwordHash: 'not kept here',
    credentialVersion,
  };
}

const EVERYTHING = RESOURCE_TYPES.map((resourceType) => ({
  resourceType,
  permissionTypes: RESOURCE_PERMISSIONS[resourceType] as readonly PermissionType[],
}));

function allOf(ownerType: KeyedAuthorization['ownerType'], ownerId: string): readonly KeyedAuthorization[] {
  return EVERYTHING.map((one) => {
    return {
      authorizationKey: `${ownerType}-${ownerId}-${one.resourceType}`,
      ownerType,
      ownerId,
      resourceId: '*',
      ...one,
    };
  });
}

/**
 * `demo` may do everything, `reader` everything with the process `order` alone, `mary` nothing. The client `worker` may do
 * everything, `bare` nothing; a client `demo` shares its name with the user and nothing else.
 */
export const RECORDS: SnapshotRecords = {
  epoch: 1,
  users: [userOf('demo'), userOf('reader'), userOf('mary')],
  groups: [],
  roles: [],
  tenants: [],
  mappingRules: [],
  memberships: [],
  authorizations: [
    ...allOf('USER', 'demo'),
    ...allOf('CLIENT', 'worker'),
    {
      authorizationKey: '1',
      ownerType: 'USER',
      ownerId: 'reader',
      resourceType: 'PROCESS_DEFINITION',
      resourceId: 'order',
      permissionTypes: RESOURCE_PERMISSIONS.PROCESS_DEFINITION,
    },
  ],
  administratorHasExisted: true,
};

export function snapshotOf(more: Partial<SnapshotRecords> = {}): AccessSnapshot {
  return new AccessSnapshot({ ...RECORDS, ...more }, (claims, path) => claims[path]);
}
