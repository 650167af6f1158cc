export type { StoredAuthorization } from './authorization-rows.ts';
export type { NewGrant } from './check-grant.ts';
export { MAX_PASSWORD_BYTES, type NewUser } from './check-user.ts';
export type { ClientCommands } from './client-commands.ts';
export type { EndedSessions } from './ended-sessions.ts';
export type { GrantCommands } from './grant-commands.ts';
export { createIdentity, type Identity, type IdentityOptions } from './identity.ts';
export { IdentityError, type IdentityErrorCode, type RejectedCommand } from './identity-error.ts';
export type { ForeignRecords } from './identity-parts.ts';
export {
  InitializationError,
  type InitializationPlan,
  type InitializationReport,
  type PlannedAuthorization,
  type PlannedMembers,
} from './initialization/initialization-plan.ts';
export { identityMigrations } from './migrations.ts';
export { createPasswordHashing, type PasswordHashing } from './passwords/password-hashing.ts';
export { createPasswordVerifier, type PasswordVerifierOptions, type Timer } from './passwords/password-verifier.ts';
export type { RecordStore } from './record-store.ts';
export type { IdentityDatabase, IdentityTables } from './tables.ts';
export type { ListedUser, UserCommands } from './user-commands.ts';
