export type { AuditLog } from './audit/audit-log.ts';
export type { StoredAuditEntry } from './audit/audit-rows.ts';
export {
  AUDIT_OPERATION_TYPES,
  type AuditActorType,
  type AuditCategory,
  type AuditOperationType,
} from './audit/audit-words.ts';
export type { StoredAuthorization } from './authorization-rows.ts';
export type { NewGrant } from './check-grant.ts';
export type { NewMappingRule } from './check-record.ts';
export { MAX_PASSWORD_BYTES, type NewUser, type UserUpdate } from './check-user.ts';
export type { ClientCommands, ClientOperation } from './client-commands.ts';
export type { EndedSessions } from './ended-sessions.ts';
export type { GrantCommands } from './grant-commands.ts';
export { createIdentity, type Identity, type IdentityCommands, type IdentityOptions } from './identity.ts';
export { IdentityError, type IdentityErrorCode, type RejectedCommand } from './identity-error.ts';
export type { ForeignRecords } from './identity-parts.ts';
export {
  InitializationError,
  type InitializationPlan,
  type InitializationReport,
  type PlannedAuthorization,
  type PlannedMembers,
} from './initialization/initialization-plan.ts';
export type { MappingRuleCommands, MappingRuleRecord } from './mapping-rule-commands.ts';
export type { MemberCommands, MemberName } from './member-commands.ts';
export { identityMigrations } from './migrations.ts';
export type { GroupRecord, NamedRecordCommands, RoleRecord, TenantRecord } from './named-record-commands.ts';
export { createPasswordHashing, type PasswordHashing } from './passwords/password-hashing.ts';
export { createPasswordVerifier, type PasswordVerifierOptions, type Timer } from './passwords/password-verifier.ts';
export type { RecordReads } from './record-reads.ts';
export type {
  Comparison,
  FieldCondition,
  PageRequest,
  RecordPage,
  RecordSearch,
  SearchValue,
  VisibleRecords,
} from './record-search.ts';
export type { RecordStore } from './record-store.ts';
export type {
  AuditField,
  GrantField,
  GroupField,
  MappingRuleField,
  MemberField,
  RoleField,
  TenantField,
  UserField,
} from './search/sources.ts';
export type { IdentityDatabase, IdentityTables } from './tables.ts';
export type { ListedUser, UserCommands } from './user-commands.ts';
