import {
  type AccessSnapshot,
  type Actor,
  ANONYMOUS_ACTOR,
  type Clock,
  CONFIGURATION,
  DEFAULT_ID_PATTERN,
  OPERATOR,
  type Randomness,
  type ReadClaim,
  type UserRecord,
} from '@stagedoor/access';
import { type AuditLog, auditLog } from './audit/audit-log.ts';
import type { NewUser } from './check-user.ts';
import { type ClientCommands, clientCommands } from './client-commands.ts';
import { type EndedSessions, openEndedSessions } from './ended-sessions.ts';
import { setUpFirstAdministrator } from './first-administrator.ts';
import { type GrantCommands, grantCommands } from './grant-commands.ts';
import type { ActingParts, ForeignRecords, IdentityParts } from './identity-parts.ts';
import type { InitializationPlan, InitializationReport } from './initialization/initialization-plan.ts';
import { initialize } from './initialization/initialize.ts';
import { type MappingRuleCommands, mappingRuleCommands } from './mapping-rule-commands.ts';
import { type MemberCommands, memberCommands } from './member-commands.ts';
import { type NamedRecordCommands, namedRecordCommands } from './named-record-commands.ts';
import type { PasswordHashing } from './passwords/password-hashing.ts';
import { PublishedSnapshot } from './published-snapshot.ts';
import { type RecordReads, recordReads } from './record-reads.ts';
import type { RecordStore } from './record-store.ts';
import type { IdentityTables } from './tables.ts';
import { type ListedUser, rehash, type UserCommands, userCommands } from './user-commands.ts';

export type IdentityOptions = {
  /** Has been through `identityMigrations`. Its `change` has to wait for `publish` after each COMMIT. */
  readonly store: RecordStore<IdentityTables>;
  readonly readClaim: ReadClaim;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly hashing: PasswordHashing;
  /** `camunda.security.id-validation-pattern` */
  readonly idPattern?: RegExp;
  /** What an identity provider keeps; nothing unless said. */
  readonly foreign?: ForeignRecords;
};

/**
 * What changes the records. A command commits its records and its row of the audit log in one transaction, and resolves when
 * that is in the snapshot. Refusals are `IdentityError`s. Who may call which is not checked.
 */
export type IdentityCommands = UserCommands &
  NamedRecordCommands &
  MappingRuleCommands &
  MemberCommands &
  GrantCommands &
  ClientCommands;

/** The identity records: what decides requests, and the commands that change it. Its own commands are the operator's. */
export type Identity = IdentityCommands &
  RecordReads & {
    /** The same commands by somebody else: who did it is what the audit log says. */
    by(actor: Actor): IdentityCommands;
    readonly audit: AuditLog;
    /** The records as the last change left them. Throws an Error after a `publish` or a `refresh` that failed. */
    snapshot(): AccessSnapshot;
    /** After a COMMIT: brings what it changed into the snapshot, in time proportional to that. */
    publish(): Promise<void>;
    /** Reads all records and swaps the snapshot for one of a higher epoch. */
    refresh(): Promise<void>;
    readonly endedSessions: EndedSessions;
    /**
     * Gives a user whose password has just verified a hash of our own scheme, and returns it; null where the stored hash is
     * no longer the one that verified. The password is the same one: sessions live on, and the audit log says nothing.
     */
    rehash(user: UserRecord, password: string): Promise<string | null>;
    /**
     * Creates a user in the role `admin`, while nobody has ever been in it. Throws SETUP_CLOSED, INVALID_ARGUMENT or
     * ALREADY_EXISTS. Who may call is not checked.
     */
    setUpFirstAdministrator(input: NewUser): Promise<ListedUser>;
    /** "Identity as code". Throws InitializationError with all problems, and then nothing was written. */
    initialize(plan: InitializationPlan): Promise<InitializationReport>;
  };

export async function createIdentity(options: IdentityOptions): Promise<Identity> {
  const { store, hashing, clock, randomness, idPattern = DEFAULT_ID_PATTERN } = options;
  const { foreign = { users: false, groups: false } } = options;
  const published = new PublishedSnapshot(store.db, options.readClaim);
  await published.refresh();
  const parts: IdentityParts = { store, published, hashing, clock, randomness, idPattern, foreign };
  const actingAs = (actor: Actor): ActingParts => ({ ...parts, actor });
  return {
    ...commands(actingAs(OPERATOR)),
    ...recordReads(store.db),
    by: (actor) => commands(actingAs(actor)),
    audit: auditLog(store),
    snapshot: () => published.current(),
    publish: () => published.publish(),
    refresh: () => published.refresh(),
    endedSessions: await openEndedSessions(store, clock),
    rehash: (user, password) => rehash(actingAs(OPERATOR), user, password),
    setUpFirstAdministrator: (input) => setUpFirstAdministrator(actingAs(ANONYMOUS_ACTOR), published.current(), input),
    initialize: (plan) => initialize(actingAs(CONFIGURATION), plan),
  };
}

function commands(parts: ActingParts): IdentityCommands {
  return {
    ...userCommands(parts),
    ...namedRecordCommands(parts),
    ...mappingRuleCommands(parts),
    ...memberCommands(parts),
    ...grantCommands(parts),
    ...clientCommands(parts),
  };
}
