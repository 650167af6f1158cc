import {
  type AccessSnapshot,
  type Clock,
  DEFAULT_ID_PATTERN,
  type Randomness,
  type ReadClaim,
} from '@stagedoor/access';
import type { NewUser } from './check-user.ts';
import { type ClientCommands, clientCommands } from './client-commands.ts';
import { type EndedSessions, openEndedSessions } from './ended-sessions.ts';
import { setUpFirstAdministrator } from './first-administrator.ts';
import { type GrantCommands, grantCommands } from './grant-commands.ts';
import type { ForeignRecords, IdentityParts } from './identity-parts.ts';
import type { InitializationPlan, InitializationReport } from './initialization/initialization-plan.ts';
import { initialize } from './initialization/initialize.ts';
import type { PasswordHashing } from './passwords/password-hashing.ts';
import { PublishedSnapshot } from './published-snapshot.ts';
import type { RecordStore } from './record-store.ts';
import type { IdentityTables } from './tables.ts';
import { type ListedUser, type UserCommands, userCommands } from './user-commands.ts';

export type IdentityOptions = {
  /** Has been through `identityMigrations`. Its `change` has to wait for `refresh` after each COMMIT. */
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

/** The identity records: what decides requests, and the commands that change it. */
export type Identity = UserCommands &
  GrantCommands &
  ClientCommands & {
    /** The records as the last change left them. Throws an Error after a `refresh` that failed. */
    snapshot(): AccessSnapshot;
    /** Reads the records and swaps the snapshot for one of a higher epoch. */
    refresh(): Promise<void>;
    readonly endedSessions: EndedSessions;
    /**
     * Creates a user in the role `admin`, while nobody has ever been in it. Throws SETUP_CLOSED, INVALID_ARGUMENT or
     * ALREADY_EXISTS. Who may call is not checked.
     */
    setUpFirstAdministrator(input: NewUser): Promise<ListedUser>;
    /** "Identity as code". Throws InitializationError with all problems, and then nothing was written. */
    initialize(plan: InitializationPlan): Promise<InitializationReport>;
  };

export async function createIdentity(options: IdentityOptions): Promise<Identity> {
  const {
    store,
    hashing,
    randomness,
    idPattern = DEFAULT_ID_PATTERN,
    foreign = { users: false, groups: false },
  } = options;
  const parts: IdentityParts = { store, hashing, randomness, idPattern, foreign };
  const published = new PublishedSnapshot(store.db, options.readClaim);
  await published.refresh();
  return {
    ...userCommands(parts),
    ...grantCommands(parts),
    ...clientCommands(parts),
    snapshot: () => published.current(),
    refresh: () => published.refresh(),
    endedSessions: await openEndedSessions(store, options.clock),
    setUpFirstAdministrator: (input) => setUpFirstAdministrator(parts, published.current(), input),
    initialize: (plan) => initialize(parts, plan),
  };
}
