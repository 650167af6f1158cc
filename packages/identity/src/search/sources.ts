import { type RawBuilder, sql } from 'kysely';

/** `key`: decimal digits outside, an integer inside. `number`: milliseconds, too. */
type ColumnKind = 'text' | 'number' | 'key';
export type SearchColumn = { readonly column: string; readonly kind: ColumnKind };

/**
 * A table as a search sees it. Only what is written here becomes an identifier of SQL; whatever comes from a caller is a
 * parameter.
 */
export type SearchSource<Field extends string> = {
  readonly from: RawBuilder<unknown>;
  readonly columns: { readonly [F in Field]: SearchColumn };
  /** Unique and never null: it ends every order, and is what the ids of a visibility are compared with. */
  readonly id: Field;
};

export type UserField = 'username' | 'name' | 'email';
export type RoleField = 'roleId' | 'name' | 'description';
export type GroupField = 'groupId' | 'name' | 'description';
export type TenantField = 'tenantId' | 'name' | 'description';
export type MappingRuleField = 'mappingRuleId' | 'name' | 'claimName' | 'claimValue';
export type GrantField =
  | 'authorizationKey'
  | 'ownerId'
  | 'ownerType'
  | 'resourceType'
  | 'resourceId'
  | 'resourcePropertyName';
export type MemberField = 'memberId';
export type AuditField =
  | 'auditLogKey'
  /** Milliseconds since the epoch. */
  | 'timestamp'
  | 'actorId'
  | 'actorType'
  | 'operation'
  | 'operationType'
  | 'entityType'
  | 'entityKey'
  | 'relatedEntityType'
  | 'relatedEntityKey'
  | 'result'
  | 'category';

export const USERS: SearchSource<UserField> = {
  from: sql`users`,
  columns: { username: text('username'), name: text('name'), email: text('email') },
  id: 'username',
};

export const ROLES: SearchSource<RoleField> = {
  from: sql`roles`,
  columns: { roleId: text('role_id'), name: text('name'), description: text('description') },
  id: 'roleId',
};

export const GROUPS: SearchSource<GroupField> = {
  from: sql`groups`,
  columns: { groupId: text('group_id'), name: text('name'), description: text('description') },
  id: 'groupId',
};

export const TENANTS: SearchSource<TenantField> = {
  from: sql`tenants`,
  columns: { tenantId: text('tenant_id'), name: text('name'), description: text('description') },
  id: 'tenantId',
};

export const MAPPING_RULES: SearchSource<MappingRuleField> = {
  from: sql`mapping_rules`,
  columns: {
    mappingRuleId: text('mapping_rule_id'),
    name: text('name'),
    claimName: text('claim_name'),
    claimValue: text('claim_value'),
  },
  id: 'mappingRuleId',
};

export const GRANTS: SearchSource<GrantField> = {
  from: sql`authorizations`,
  columns: {
    authorizationKey: { column: 'authorization_key', kind: 'key' },
    ownerId: text('owner_id'),
    ownerType: text('owner_type'),
    resourceType: text('resource_type'),
    resourceId: text('resource_id'),
    resourcePropertyName: text('resource_property_name'),
  },
  id: 'authorizationKey',
};

export const MEMBERS: SearchSource<MemberField> = {
  from: sql`memberships`,
  columns: { memberId: text('member_id') },
  id: 'memberId',
};

export const AUDIT_LOG: SearchSource<AuditField> = {
  from: sql`audit_log`,
  columns: {
    auditLogKey: { column: 'audit_log_key', kind: 'key' },
    timestamp: { column: 'at', kind: 'number' },
    actorId: text('actor_id'),
    actorType: text('actor_type'),
    operation: text('operation'),
    operationType: text('operation_type'),
    entityType: text('entity_type'),
    entityKey: text('entity_key'),
    relatedEntityType: text('related_entity_type'),
    relatedEntityKey: text('related_entity_key'),
    result: text('result'),
    category: text('category'),
  },
  id: 'auditLogKey',
};

function text(column: string): SearchColumn {
  return { column, kind: 'text' };
}
