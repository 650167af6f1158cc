import {
  DEFAULT_TENANT,
  type PermissionType,
  RESOURCE_PERMISSIONS,
  RESOURCE_PROPERTIES,
  RESOURCE_TYPES,
  type ResourceProperty,
  type ResourceType,
  type RoleId,
} from '@stagedoor/access';
import { takeKeys } from './keys.ts';
import type { IdentityDatabase } from './tables.ts';

type Grants = readonly (readonly [ResourceType, readonly PermissionType[]])[];
type DefaultRole = {
  readonly id: string;
  readonly name: string;
  readonly inDefaultTenant: boolean;
  readonly grants: Grants;
};

const TASK_WORKER = 'task-worker';

const everything: Grants = RESOURCE_TYPES.map((type) => [type, RESOURCE_PERMISSIONS[type]]);
const everyReading: Grants = everything
  .map(([type, permissions]) => [type, permissions.filter((permission) => permission.startsWith('READ'))] as const)
  .filter(([, permissions]) => permissions.length > 0);

/** The roles that Camunda brings along (facts, section 5.3). Those of `task-worker` are by property: see `insertTaskWorkerGrants`. */
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
  { id: TASK_WORKER, name: 'Task Worker', inDefaultTenant: false, grants: [] },
];

/** Keys of `default-roles` in a configuration (facts, section 1.3). */
export const DEFAULT_ROLE_IDS: readonly string[] = DEFAULT_ROLES.map((role) => role.id);

/**
 * Writes the default roles and the default tenant. A migration calls it, so it happens once in a database's life: what
 * somebody takes away from a default role later does not come back with the next start. It writes the tables as the
 * migration before it left them.
 */
export async function insertDefaultRecords(tx: IdentityDatabase): Promise<void> {
  await tx.insertInto('tenants').values({ tenant_id: DEFAULT_TENANT, name: 'Default', description: '' }).execute();
  for (const { id, name, inDefaultTenant, grants } of DEFAULT_ROLES) {
    const roleId = id as RoleId; // A literal of this file.
    await tx.insertInto('roles').values({ role_id: roleId, name, description: '' }).execute();
    for (const [resourceType, permissions] of grants) {
      await insertGrant(tx, roleId, permissions, { resource_type: resourceType, resource_id: '*' });
    }
    if (!inDefaultTenant) continue;
    const membership = { container_type: 'tenant', container_id: DEFAULT_TENANT, member_type: 'role' } as const;
    await tx
      .insertInto('memberships')
      .values({ ...membership, member_id: roleId })
      .execute();
  }
}

/** Nothing where somebody has deleted the role: it does not come back. */
export async function insertTaskWorkerGrants(tx: IdentityDatabase): Promise<void> {
  const roleId = TASK_WORKER as RoleId; // A literal of this file.
  const role = await tx.selectFrom('roles').select('role_id').where('role_id', '=', roleId).executeTakeFirst();
  if (!role) return;
  for (const property of RESOURCE_PROPERTIES) {
    const target = { resource_type: 'USER_TASK', resource_property_name: property } as const;
    await insertGrant(tx, roleId, ['READ', 'CLAIM', 'COMPLETE'], target);
  }
}

async function insertGrant(
  tx: IdentityDatabase,
  ownerId: RoleId,
  permissions: readonly PermissionType[],
  target: { resource_type: ResourceType; resource_id?: string; resource_property_name?: ResourceProperty },
): Promise<void> {
  const key = (await takeKeys(tx, 'last_authorization_key', 1)) + 1;
  const owner = { authorization_key: key, owner_type: 'ROLE', owner_id: ownerId } as const;
  await tx
    .insertInto('authorizations')
    .values({ ...owner, ...target, permission_types: JSON.stringify(permissions) })
    .execute();
}
