import { availableParallelism } from 'node:os';
import type { Clock, Randomness } from '@stagedoor/access';
import {
  createIdentity,
  createPasswordHashing,
  type Identity,
  type IdentityTables,
  identityMigrations,
  type PasswordHashing,
  type RecordStore,
} from '@stagedoor/identity';
import {
  type ClientCommands,
  ClientSecrets,
  clientCommands,
  type IssuerTables,
  issuerMigrations,
} from '@stagedoor/issuer';
import { readClaim } from '@stagedoor/tokens';
import type { Kysely } from 'kysely';
import { type ClusterIdTable, clusterIdMigrations } from './cluster-id.ts';
import type { DataDirectory } from './data-directory.ts';
import { openRecords } from './records/open-records.ts';
import type { Records } from './records/records.ts';
import { systemRandomness } from './system-randomness.ts';

export type HouseTables = IdentityTables & IssuerTables & ClusterIdTable;

/** The records of a data directory with the commands on them, under its lock: what a program and a lone command both need. */
export type House = {
  readonly directory: DataDirectory;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly hashing: PasswordHashing;
  /** Passwords hashed at once: one core is left to everybody else. */
  readonly hashingConcurrency: number;
  readonly records: Records<HouseTables>;
  readonly identity: Identity;
  readonly clients: ClientCommands;
  readonly clientSecrets: ClientSecrets;
  close(): Promise<void>;
};

export type HouseOptions = {
  readonly directory: DataDirectory;
  readonly idPattern?: RegExp;
  /** Users and groups are an identity provider's: they may be named without being recorded here. */
  readonly foreign?: { readonly users: boolean; readonly groups: boolean };
  readonly onFault: (error: unknown) => void;
};

const systemClock: Clock = { now: Date.now };

/** Throws an OperatorError where the directory is in use or its records cannot be read. */
export async function openHouse({ directory, idPattern, foreign, onFault }: HouseOptions): Promise<House> {
  const parts = { clock: systemClock, randomness: systemRandomness() };
  const migrations = { ...identityMigrations, ...issuerMigrations, ...clusterIdMigrations };
  const records = await openRecords<HouseTables>(directory.records, { migrations, onFault });
  const hashingConcurrency = Math.max(1, availableParallelism() - 1);
  const hashing = createPasswordHashing({ concurrency: hashingConcurrency, randomness: parts.randomness });
  const clientSecrets = new ClientSecrets({ randomness: parts.randomness, hashing });
  const patterned = idPattern === undefined ? {} : { idPattern };
  const identity = await createIdentity({
    ...parts,
    ...patterned,
    ...(foreign === undefined ? {} : { foreign }),
    store: viewOf<IdentityTables>(records),
    readClaim,
    hashing,
  });
  records.onCommitted(() => identity.publish());
  const clients = clientCommands({ ...parts, ...patterned, secrets: clientSecrets });
  return {
    ...parts,
    directory,
    hashing,
    hashingConcurrency,
    records,
    identity,
    clients,
    clientSecrets,
    close: () => records.close(),
  };
}

/** One package's part of the database. Kysely's types do not follow from the whole to a part; its queries do. */
export function viewOf<Part>(records: Records<HouseTables & Part>): RecordStore<Part> {
  return records as unknown as RecordStore<Part>;
}

/** The same for one transaction. */
export function partOf<Part>(tx: Kysely<HouseTables & Part>): Kysely<Part> {
  return tx as unknown as Kysely<Part>;
}
