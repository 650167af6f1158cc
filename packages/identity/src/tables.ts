import type {
  Actor,
  AuditEntityType,
  AuditEntry,
  ClientId,
  GroupId,
  MappingRuleId,
  Membership,
  MemberType,
  OwnerType,
  ResourceProperty,
  ResourceType,
  RoleId,
  TenantId,
  Username,
} from '@stagedoor/access';
import type { ColumnType, Kysely } from 'kysely';
import type { AuditActorType, AuditCategory, AuditOperationType } from './audit/audit-words.ts';

/** PostgreSQL's driver gives 64-bit integers as text, SQLite's gives numbers: readers say `Number(…)`. */
type BigInteger = ColumnType<number | string, number, number>;

/** The tables of this package. Ids have their types because nothing but this package writes them, and it parses them first. */
export type IdentityTables = {
  users: { username: Username; name: string; email: string; password_hash: string; credential_version: string };
  groups: { group_id: GroupId; name: string; description: string };
  roles: { role_id: RoleId; name: string; description: string };
  tenants: { tenant_id: TenantId; name: string; description: string };
  mapping_rules: { mapping_rule_id: MappingRuleId; name: string; claim_name: string; claim_value: string };
  memberships: {
    container_type: Membership['containerType'];
    container_id: string;
    member_type: MemberType;
    member_id: string;
  };
  authorizations: {
    authorization_key: number;
    owner_type: OwnerType;
    owner_id: string;
    resource_type: ResourceType;
    /** `*` or an id; null where the grant is by property. */
    resource_id: string | null;
    resource_property_name: ResourceProperty | null;
    /** A JSON array of permission types. */
    permission_types: string;
  };
  /** User names and client ids are disjoint. A deleted client leaves its name here, retired (1) for good. */
  principal_names: { name: Username | ClientId; kind: 'user' | 'client'; retired: 0 | 1 };
  /** Sessions ended before their time; `ends_at` (milliseconds) is when each would have expired anyway. */
  ended_sessions: { session_id: string; ends_at: BigInteger };
  /** Facts that stay true once they were true. */
  latches: { name: 'administrator_has_existed' };
  /** Append only: triggers refuse an update, and a deletion of what is younger than `audit_log_pruned_before`. */
  audit_log: {
    audit_log_key: number;
    /** Milliseconds since the epoch. */
    at: BigInteger;
    actor_kind: Actor['kind'];
    actor_type: AuditActorType;
    actor_id: string | null;
    credential: Actor['credential'];
    operation: string;
    operation_type: AuditOperationType;
    entity_type: AuditEntityType;
    entity_key: string | null;
    related_entity_type: AuditEntityType | null;
    related_entity_key: string | null;
    category: AuditCategory;
    result: AuditEntry['outcome'];
    code: string | null;
    count: BigInteger;
  };
  identity_meta: {
    name: 'epoch' | 'last_authorization_key' | 'last_audit_log_key' | 'audit_log_pruned_before';
    value: BigInteger;
  };
};

export type IdentityDatabase = Kysely<IdentityTables>;
