import type { Randomness } from '@stagedoor/access';
import type { PasswordHashing } from './passwords/password-hashing.ts';
import type { RecordStore } from './record-store.ts';
import type { IdentityTables } from './tables.ts';

/** What the commands of this package are made of. */
export type IdentityParts = {
  readonly store: RecordStore<IdentityTables>;
  readonly hashing: PasswordHashing;
  readonly randomness: Randomness;
  readonly idPattern: RegExp;
  readonly foreign: ForeignRecords;
};

/** What an identity provider keeps instead of these records: ids of that kind may be named without being recorded here. */
export type ForeignRecords = { readonly users: boolean; readonly groups: boolean };
