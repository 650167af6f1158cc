import { DEFAULT_TENANT, type NamedRecord } from '@stagedoor/access';
import {
  checkNamedRecord,
  ENTITY_TYPES,
  ID_FIELDS,
  type NamedKind,
  type NewNamedRecord,
  OPERATION_NAMES,
} from './check-record.ts';
import { quoted } from './checked.ts';
import { IdentityError, invalidArgument, type RejectedCommand } from './identity-error.ts';
import type { ActingParts } from './identity-parts.ts';
import { deleteNamedRecord, insertNamedRecord, updateNamedRecord } from './named-record-rows.ts';
import { changeRecords } from './record-change.ts';
import { removeTraces } from './removal.ts';

type Described = { readonly name: string; readonly description?: string | undefined };

export type RoleRecord = { readonly roleId: string; readonly name: string; readonly description: string };
export type GroupRecord = { readonly groupId: string; readonly name: string; readonly description: string };
export type TenantRecord = { readonly tenantId: string; readonly name: string; readonly description: string };

/**
 * Commands on roles, groups and tenants. Creating throws INVALID_ARGUMENT or ALREADY_EXISTS, updating INVALID_ARGUMENT or
 * NOT_FOUND; a description that is left out is empty. Deleting throws NOT_FOUND, takes memberships, grants and the grants on
 * the record along, and refuses the default tenant, which is where everything is that names no tenant (INVALID_ARGUMENT).
 */
export type NamedRecordCommands = {
  createRole(input: { readonly roleId: string } & Described): Promise<RoleRecord>;
  updateRole(input: { readonly roleId: string } & Described): Promise<RoleRecord>;
  deleteRole(input: { readonly roleId: string }): Promise<void>;
  createGroup(input: { readonly groupId: string } & Described): Promise<GroupRecord>;
  updateGroup(input: { readonly groupId: string } & Described): Promise<GroupRecord>;
  deleteGroup(input: { readonly groupId: string }): Promise<void>;
  createTenant(input: { readonly tenantId: string } & Described): Promise<TenantRecord>;
  updateTenant(input: { readonly tenantId: string } & Described): Promise<TenantRecord>;
  deleteTenant(input: { readonly tenantId: string }): Promise<void>;
};

export function namedRecordCommands(parts: ActingParts): NamedRecordCommands {
  return {
    createRole: async ({ roleId, ...rest }) => asRole(await create(parts, 'role', { id: roleId, ...rest })),
    updateRole: async ({ roleId, ...rest }) => asRole(await update(parts, 'role', { id: roleId, ...rest })),
    deleteRole: ({ roleId }) => remove(parts, 'role', roleId),
    createGroup: async ({ groupId, ...rest }) => asGroup(await create(parts, 'group', { id: groupId, ...rest })),
    updateGroup: async ({ groupId, ...rest }) => asGroup(await update(parts, 'group', { id: groupId, ...rest })),
    deleteGroup: ({ groupId }) => remove(parts, 'group', groupId),
    createTenant: async ({ tenantId, ...rest }) => asTenant(await create(parts, 'tenant', { id: tenantId, ...rest })),
    updateTenant: async ({ tenantId, ...rest }) => asTenant(await update(parts, 'tenant', { id: tenantId, ...rest })),
    deleteTenant: ({ tenantId }) => remove(parts, 'tenant', tenantId),
  };
}

export function asRole({ id, name, description }: NamedRecord<string>): RoleRecord {
  return { roleId: id, name, description };
}

export function asGroup({ id, name, description }: NamedRecord<string>): GroupRecord {
  return { groupId: id, name, description };
}

export function asTenant({ id, name, description }: NamedRecord<string>): TenantRecord {
  return { tenantId: id, name, description };
}

async function create(parts: ActingParts, kind: NamedKind, input: NewNamedRecord): Promise<NamedRecord<string>> {
  const checked = checkNamedRecord(kind, input, parts.idPattern);
  if (!checked.ok) throw invalidArgument(checked.problems);
  return changeRecords(parts, async (change) => {
    if (!(await insertNamedRecord(change, kind, checked.value))) {
      const message = `Expected to create ${kind} with ID ${quoted(input.id)}, but a ${kind} with this ID already exists`;
      throw new IdentityError('ALREADY_EXISTS', message, 'CREATE');
    }
    change.note(`create${OPERATION_NAMES[kind]}`, ENTITY_TYPES[kind], checked.value.id);
    return checked.value;
  });
}

async function update(parts: ActingParts, kind: NamedKind, input: NewNamedRecord): Promise<NamedRecord<string>> {
  const checked = checkNamedRecord(kind, input, parts.idPattern);
  if (!checked.ok) throw invalidArgument(checked.problems);
  return changeRecords(parts, async (change) => {
    if (!(await updateNamedRecord(change, kind, checked.value))) throw notThere('UPDATE', kind, input.id);
    change.note(`update${OPERATION_NAMES[kind]}`, ENTITY_TYPES[kind], checked.value.id);
    return checked.value;
  });
}

async function remove(parts: ActingParts, kind: NamedKind, id: string): Promise<void> {
  if (kind === 'tenant' && id === DEFAULT_TENANT) {
    throw invalidArgument([
      `Expected to delete tenant with ${ID_FIELDS.tenant} '${id}', but the default tenant cannot be deleted`,
    ]);
  }
  await changeRecords(parts, async (change) => {
    if (!(await deleteNamedRecord(change, kind, id))) throw notThere('DELETE', kind, id);
    await removeTraces(change, kind, id);
    change.note(`delete${OPERATION_NAMES[kind]}`, ENTITY_TYPES[kind], id);
  });
}

function notThere(command: RejectedCommand & ('UPDATE' | 'DELETE'), kind: NamedKind, id: string): IdentityError {
  const expected = `Expected to ${command.toLowerCase()} ${kind} with ID ${quoted(id)}`;
  return new IdentityError('NOT_FOUND', `${expected}, but a ${kind} with this ID does not exist`, command);
}
