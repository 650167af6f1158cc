import type {
  ClientId,
  GroupId,
  MappingRuleId,
  Membership,
  MemberType,
  OwnerType,
  ResourceType,
  RoleId,
  TenantId,
  Username,
} from '@stagedoor/access';
import type { ColumnType, Kysely } from 'kysely';

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
    resource_id: string;
    /** A JSON array of permission types. */
    permission_types: string;
  };
  /** User names and client ids are disjoint. A deleted client leaves its name here, retired (1) for good. */
  principal_names: { name: Username | ClientId; kind: 'user' | 'client'; retired: 0 | 1 };
  /** Sessions ended before their time; `ends_at` (milliseconds) is when each would have expired anyway. */
  ended_sessions: { session_id: string; ends_at: BigInteger };
  /** Facts that stay true once they were true. */
  latches: { name: 'administrator_has_existed' };
  identity_meta: { name: 'epoch' | 'last_authorization_key'; value: BigInteger };
};

export type IdentityDatabase = Kysely<IdentityTables>;
