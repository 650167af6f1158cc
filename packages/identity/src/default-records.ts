import {
  type Authorization,
  DEFAULT_TENANT,
  type PermissionType,
  RESOURCE_PERMISSIONS,
  RESOURCE_TYPES,
  type ResourceType,
  type RoleId,
} from '@stagedoor/access';
import { insertAuthorizations } from './authorization-rows.ts';
import { addMemberships } from './membership-rows.ts';
import type { IdentityDatabase } from './tables.ts';

type Grants = readonly (readonly [ResourceType, readonly PermissionType[]])[];
type DefaultRole = {
  readonly id: string;
  readonly name: string;
  readonly inDefaultTenant: boolean;
  readonly grants: Grants;
};

const everything: Grants = RESOURCE_TYPES.map((type) => [type, RESOURCE_PERMISSIONS[type]]);
const everyReading: Grants = everything
  .map(([type, permissions]) => [type, permissions.filter((permission) => permission.startsWith('READ'))] as const)
  .filter(([, permissions]) => permissions.length > 0);

/**
 * The roles that Camunda brings along (facts, section 5.3). `task-worker` has grants by property only, which the model does
 * not have yet; until then it grants nothing, for a wildcard in their place would grant more.
 */
const DEFAULT_ROLES: readonly DefaultRole[] = [
  { id: 'admin', name: 'Admin', inDefaultTenant: true, grants: everything },
  { id: 'readonly-admin', name: 'Readonly Admin', inDefaultTenant: false, grants: everyReading },
  {
    id: 'connectors',
    name: 'Connectors',
    inDefaultTenant: true,
    grants: [
      [
        'PROCESS_DEFINITION',
        ['READ_PROCESS_DEFINITION', 'READ_PROCESS_INSTANCE', 'CREATE_PROCESS_INSTANCE', 'UPDATE_PROCESS_INSTANCE'],
      ],
      ['MESSAGE', ['CREATE']],
      ['DOCUMENT', ['CREATE', 'READ', 'DELETE']],
    ],
  },
  {
    id: 'app-integrations',
    name: 'App Integrations',
    inDefaultTenant: true,
    grants: [
      [
        'PROCESS_DEFINITION',
        [
          'READ_PROCESS_DEFINITION',
          'CREATE_PROCESS_INSTANCE',
          'READ_PROCESS_INSTANCE',
          'UPDATE_PROCESS_INSTANCE',
          'READ_USER_TASK',
          'UPDATE_USER_TASK',
          'CLAIM_USER_TASK',
          'COMPLETE_USER_TASK',
        ],
      ],
      ['DOCUMENT', ['CREATE']],
    ],
  },
  {
    id: 'rpa',
    name: 'RPA',
    inDefaultTenant: true,
    grants: [
      ['RESOURCE', ['READ']],
      ['PROCESS_DEFINITION', ['UPDATE_PROCESS_INSTANCE']],
    ],
  },
  { id: 'task-worker', name: 'Task Worker', inDefaultTenant: false, grants: [] },
];

/** Keys of `default-roles` in a configuration (facts, section 1.3). */
export const DEFAULT_ROLE_IDS: readonly string[] = DEFAULT_ROLES.map((role) => role.id);

/**
 * Writes the default roles and the default tenant. A migration calls it, so it happens once in a database's life: what
 * somebody takes away from a default role later does not come back with the next start.
 */
export async function insertDefaultRecords(tx: IdentityDatabase): Promise<void> {
  await tx.insertInto('tenants').values({ tenant_id: DEFAULT_TENANT, name: 'Default', description: '' }).execute();
  for (const { id, name, inDefaultTenant, grants } of DEFAULT_ROLES) {
    const roleId = id as RoleId; // A literal of this file.
    await tx.insertInto('roles').values({ role_id: roleId, name, description: '' }).execute();
    await insertAuthorizations(
      tx,
      grants.map(([type, permissions]) => wildcard(roleId, type, permissions)),
    );
    if (!inDefaultTenant) continue;
    const tenant = { containerType: 'tenant', containerId: DEFAULT_TENANT } as const;
    await addMemberships(tx, [{ ...tenant, memberType: 'role', memberId: roleId }]);
  }
}

function wildcard(
  ownerId: RoleId,
  resourceType: ResourceType,
  permissionTypes: readonly PermissionType[],
): Authorization {
  return { ownerType: 'ROLE', ownerId, resourceType, resourceId: '*', permissionTypes };
}
