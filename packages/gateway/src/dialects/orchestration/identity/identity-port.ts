import type { Actor } from '@stagedoor/access';
import type {
  AuditLog,
  GrantCommands,
  IdentityCommands,
  MappingRuleCommands,
  MemberCommands,
  NamedRecordCommands,
  RecordReads,
} from '@stagedoor/identity';

/** The changes of records that v2 asks for. Each is committed with its row of the audit log; all throw `IdentityError`. */
export type RecordCommands = Pick<IdentityCommands, 'createUser' | 'updateUser' | 'deleteUser'> &
  NamedRecordCommands &
  MappingRuleCommands &
  MemberCommands &
  GrantCommands;

/** What the identity rows ask of the records, which `@stagedoor/identity` keeps. Reads are not checked for rights there. */
export type IdentityRecords = Omit<RecordReads, 'listUsers' | 'listGrants'> & {
  by(actor: Actor): RecordCommands;
  readonly audit: Pick<AuditLog, 'search' | 'entry'>;
};
