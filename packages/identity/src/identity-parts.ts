import type { Actor, Clock, Randomness, SnapshotChange } from '@stagedoor/access';
import type { PasswordHashing } from './passwords/password-hashing.ts';
import type { RecordStore } from './record-store.ts';
import type { IdentityDatabase, IdentityTables } from './tables.ts';

/** What the commands of this package are made of. */
export type IdentityParts = {
  readonly store: RecordStore<IdentityTables>;
  readonly published: ChangeListener;
  readonly hashing: PasswordHashing;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly idPattern: RegExp;
  readonly foreign: ForeignRecords;
};

/** Is told of each change while its transaction is open: the epoch that it has written, and what it has changed. */
export type ChangeListener = { expect(tx: IdentityDatabase, epoch: number, changes: readonly SnapshotChange[]): void };

/** The parts with the one whose commands they are. Who may call which is not checked in this package. */
export type ActingParts = IdentityParts & { readonly actor: Actor };

/** What an identity provider keeps instead of these records: ids of that kind may be named without being recorded here. */
export type ForeignRecords = { readonly users: boolean; readonly groups: boolean };
