import type { KeyedAuthorization } from './grant.ts';
import type { PermissionOf, PermissionType, ResourceType } from './permissions.ts';
import type { RoleId } from './vocabulary.ts';

type Grants = { readonly [R in ResourceType]?: readonly PermissionOf<R>[] };

/** What Operate 8.6 let people do, in grants on every resource of the type. The one place that translates it. */
const LEVELS = {
  read: {
    PROCESS_DEFINITION: ['READ_PROCESS_DEFINITION', 'READ_PROCESS_INSTANCE'],
    DECISION_DEFINITION: ['READ_DECISION_DEFINITION', 'READ_DECISION_INSTANCE'],
    DECISION_REQUIREMENTS_DEFINITION: ['READ'],
  },
  operate: {
    PROCESS_DEFINITION: [
      'UPDATE_PROCESS_INSTANCE',
      'CANCEL_PROCESS_INSTANCE',
      'MODIFY_PROCESS_INSTANCE',
      'SUSPEND_PROCESS_INSTANCE',
    ],
    BATCH: [
      'READ',
      'UPDATE',
      'CREATE_BATCH_OPERATION_CANCEL_PROCESS_INSTANCE',
      'CREATE_BATCH_OPERATION_MIGRATE_PROCESS_INSTANCE',
      'CREATE_BATCH_OPERATION_MODIFY_PROCESS_INSTANCE',
      'CREATE_BATCH_OPERATION_RESOLVE_INCIDENT',
      'CREATE_BATCH_OPERATION_SUSPEND_PROCESS_INSTANCE',
    ],
  },
  delete: {
    PROCESS_DEFINITION: ['DELETE_PROCESS_INSTANCE'],
    DECISION_DEFINITION: ['DELETE_DECISION_INSTANCE'],
    RESOURCE: ['DELETE_PROCESS', 'DELETE_DRD'],
    BATCH: [
      'CREATE_BATCH_OPERATION_DELETE_DECISION_DEFINITION',
      'CREATE_BATCH_OPERATION_DELETE_DECISION_INSTANCE',
      'CREATE_BATCH_OPERATION_DELETE_PROCESS_DEFINITION',
      'CREATE_BATCH_OPERATION_DELETE_PROCESS_INSTANCE',
    ],
  },
} as const satisfies Record<string, Grants>;
type Level = keyof typeof LEVELS;

/** The roles of Operate's users (`camunda.operate.roles`), each with the levels that it has. */
const USER_ROLES = {
  USER: ['read'],
  OPERATOR: ['read', 'operate'],
  OWNER: ['read', 'operate', 'delete'],
} as const satisfies Record<string, readonly Level[]>;
export type OperateRole = keyof typeof USER_ROLES;
export const OPERATE_ROLES = Object.keys(USER_ROLES) as readonly OperateRole[];

/** What `permissions: {"operate-api": […]}` of a token may name, and the role that stands for it here. `parseId` reserves the ids. */
const TOKEN_ROLES: ReadonlyMap<unknown, { readonly role: RoleId; readonly levels: readonly Level[] }> = new Map([
  ['read:*', { role: 'operate:read' as RoleId, levels: ['read'] }],
  ['write:*', { role: 'operate:write' as RoleId, levels: ['operate', 'delete'] }],
]);

type Granted = { readonly resourceType: ResourceType; readonly permissionTypes: readonly PermissionType[] };

function grantsOf(levels: readonly Level[]): readonly Granted[] {
  const joined = new Map<ResourceType, PermissionType[]>();
  for (const level of levels) {
    for (const [type, permissions] of Object.entries(LEVELS[level]) as [ResourceType, readonly PermissionType[]][]) {
      joined.set(type, [...(joined.get(type) ?? []), ...permissions]);
    }
  }
  return [...joined].map(([resourceType, permissionTypes]) => ({ resourceType, permissionTypes }));
}

/** The permissions of a user of Operate 8.6 with these roles, each resource type once. */
export function grantsOfOperateRoles(roles: readonly OperateRole[]): readonly Granted[] {
  return grantsOf([...new Set(roles.flatMap((role): readonly Level[] => USER_ROLES[role]))]);
}

/** The role of a permission of a token; undefined for what Operate 8.6 did not know. */
export function tokenRoleOf(permission: unknown): RoleId | undefined {
  return TOKEN_ROLES.get(permission)?.role;
}

/** The grants of those roles. No record has them, so that nobody changes or removes them. */
export const TOKEN_ROLE_GRANTS: readonly KeyedAuthorization[] = [...TOKEN_ROLES.values()].flatMap(({ role, levels }) =>
  grantsOf(levels).map(({ resourceType, permissionTypes }): KeyedAuthorization => {
    const authorizationKey = `${role}/${resourceType}`;
    return { authorizationKey, ownerType: 'ROLE', ownerId: role, resourceType, resourceId: '*', permissionTypes };
  }),
);
