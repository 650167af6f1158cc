import type { Actor, Clock, Randomness } from '@stagedoor/access';
import type { PasswordHashing } from './passwords/password-hashing.ts';
import type { PublishedSnapshot } from './published-snapshot.ts';
import type { RecordStore } from './record-store.ts';
import type { IdentityTables } from './tables.ts';

/** What the commands of this package are made of. */
export type IdentityParts = {
  readonly store: RecordStore<IdentityTables>;
  readonly published: PublishedSnapshot;
  readonly hashing: PasswordHashing;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly idPattern: RegExp;
  readonly foreign: ForeignRecords;
};

/** The same with the one whose commands they are. Who may call which is not checked in this package. */
export type ActingParts = IdentityParts & { readonly actor: Actor };

/** What an identity provider keeps instead of these records: ids of that kind may be named without being recorded here. */
export type ForeignRecords = { readonly users: boolean; readonly groups: boolean };
