import type { ClientId, Clock, Randomness } from '@stagedoor/access';
import { readAssertionKeys } from '@stagedoor/tokens';
import type { ClientLogin } from './authorizing/client-login.ts';
import { checkedClient, invalid, type NewClient } from './checked-client.ts';
import { type CertificateRegistration, checkRegistration } from './client-certificates.ts';
import { ClientRecordError } from './client-record-error.ts';
import { isRetired, readClient, readClients } from './client-rows.ts';
import { type ClientSecrets, liveSecrets } from './client-secrets.ts';
import { type ConfiguredClient, type ConfiguredOutcome, upsertConfiguredClient } from './configured-client.ts';
import type { ClientWithSecrets, RegisteredClient } from './registered-client.ts';
import type { IssuerDatabase } from './tables.ts';
import { refuseBuiltIn, taken, writeCertificates, writeClient, writeKeys, writeSecret } from './write-client.ts';

/** One that authenticates by `private_key_jwt` and has no secret. */
export type NewKeyedClient = NewClient & {
  /** Its public keys: a JWK, a JWK set, or PEM. */
  readonly keys: string;
};

/** One that has nothing to authenticate with: people log in with it, and it gets no tokens of its own. */
type NewPublicClient = NewClient & { readonly login: ClientLogin };

/** One that authenticates with the certificate of its connection and has no secret. */
export type NewCertifiedClient = NewClient & { readonly registration: CertificateRegistration };

/** A client with its secret in clear, for its one showing. */
export type ClientWithSecret = RegisteredClient & { readonly clientSecret: string };

/** Parts of a bigger transaction of the program's: a client and its grants are one thing to its user. All throw `ClientRecordError`. */
export type ClientCommands = {
  /** INVALID_ARGUMENT; ALREADY_EXISTS also for the id of a deleted client. */
  insertClient(tx: IssuerDatabase, input: NewClient): Promise<ClientWithSecret>;
  /** As `insertClient`; INVALID_ARGUMENT also for keys that cannot be used. */
  insertKeyedClient(tx: IssuerDatabase, input: NewKeyedClient): Promise<RegisteredClient>;
  /** As `insertClient`; INVALID_ARGUMENT also for a registration that no certificate could meet. */
  insertCertifiedClient(tx: IssuerDatabase, input: NewCertifiedClient): Promise<RegisteredClient>;
  /** As `insertClient`; INVALID_ARGUMENT also for redirect URIs that cannot be used. */
  insertPublicClient(tx: IssuerDatabase, input: NewPublicClient): Promise<RegisteredClient>;
  /** The old secret goes on for `overlapSeconds`; one that was already being replaced ends now. NOT_FOUND, INVALID_ARGUMENT (also: it has keys). */
  rotateSecret(
    tx: IssuerDatabase,
    input: { readonly id: string; readonly overlapSeconds: number },
  ): Promise<ClientWithSecret>;
  /** Its id is never used again. NOT_FOUND. Not done here: its grants. */
  deleteClient(tx: IssuerDatabase, id: string): Promise<RegisteredClient>;
  /** `configured-client.ts`. INVALID_ARGUMENT, ALREADY_EXISTS. */
  upsertConfiguredClient(tx: IssuerDatabase, input: ConfiguredClient): Promise<ConfiguredOutcome>;
  /** Oldest first, without secrets. */
  listClients(db: IssuerDatabase): Promise<readonly RegisteredClient[]>;
};

export type ClientCommandParts = {
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly secrets: ClientSecrets;
  /** `camunda.security.id-validation-pattern` */
  readonly idPattern?: RegExp;
};

export function clientCommands(parts: ClientCommandParts): ClientCommands {
  return {
    insertClient: (tx, input) => insertClient(parts, tx, input),
    insertKeyedClient: (tx, input) => insertKeyedClient(parts, tx, input),
    insertCertifiedClient: (tx, input) => insertCertifiedClient(parts, tx, input),
    insertPublicClient: (tx, input) => insertPublicClient(parts, tx, input),
    rotateSecret: (tx, { id, overlapSeconds }) => rotateSecret(parts, tx, id, overlapSeconds),
    deleteClient: (tx, id) => deleteClient(parts, tx, id),
    upsertConfiguredClient: (tx, input) => upsertConfiguredClient(parts, tx, input),
    listClients: async (db) => (await readClients(db)).map((one) => one.client),
  };
}

async function insertClient(
  parts: ClientCommandParts,
  tx: IssuerDatabase,
  input: NewClient,
): Promise<ClientWithSecret> {
  const client = checkedClient(parts, input, { kind: 'secret' });
  await refuseTaken(tx, client.clientId);
  const clientSecret = parts.secrets.generate();
  await writeClient(tx, client);
  await writeSecret(tx, client.clientId, {
    ...parts.secrets.fastDigest(clientSecret),
    created: client.created,
    ends: null,
  });
  return { ...client, clientSecret };
}

async function insertKeyedClient(
  parts: ClientCommandParts,
  tx: IssuerDatabase,
  input: NewKeyedClient,
): Promise<RegisteredClient> {
  const read = await readAssertionKeys(input.keys);
  if (!read.ok) throw invalid(`the key file ${read.problem}`);
  const thumbprints = read.value.map((key) => key.thumbprint);
  const client = checkedClient(parts, input, { kind: 'keys', thumbprints });
  await refuseTaken(tx, client.clientId);
  await writeClient(tx, client);
  await writeKeys(tx, client.clientId, read.value);
  return client;
}

async function insertCertifiedClient(
  parts: ClientCommandParts,
  tx: IssuerDatabase,
  input: NewCertifiedClient,
): Promise<RegisteredClient> {
  const checked = checkRegistration(input.registration);
  if (!checked.ok) throw invalid(checked.problem);
  const client = checkedClient(parts, input, checked.value);
  await refuseTaken(tx, client.clientId);
  await writeClient(tx, client);
  await writeCertificates(tx, client.clientId, checked.value);
  return client;
}

async function insertPublicClient(
  parts: ClientCommandParts,
  tx: IssuerDatabase,
  input: NewPublicClient,
): Promise<RegisteredClient> {
  const client = checkedClient(parts, input, { kind: 'none' });
  await refuseTaken(tx, client.clientId);
  await writeClient(tx, client);
  return client;
}

async function refuseTaken(tx: IssuerDatabase, clientId: ClientId): Promise<void> {
  refuseBuiltIn(clientId);
  if (await isRetired(tx, clientId)) throw taken('was used by a client that was deleted: choose another one');
  if ((await readClient(tx, clientId)) !== undefined) throw taken('is taken by another client');
}

async function rotateSecret(
  parts: ClientCommandParts,
  tx: IssuerDatabase,
  id: string,
  overlapSeconds: number,
): Promise<ClientWithSecret> {
  if (!Number.isInteger(overlapSeconds) || overlapSeconds < 0 || overlapSeconds > 365 * 86_400) {
    throw invalid('the overlap is not between 0 seconds and a year, in whole seconds');
  }
  const found = await existing(tx, id);
  refuseSecretless(found);
  const { clientId } = found.client;
  const now = parts.clock.now();
  const [newest] = liveSecrets(found, now);
  // The newest one never has an end: only what it replaced has.
  const ends = now + overlapSeconds * 1000;
  await tx.deleteFrom('issuer_client_secrets').where('client_id', '=', clientId).execute();
  if (newest !== undefined && ends > now) await writeSecret(tx, clientId, { ...newest, ends });
  const clientSecret = parts.secrets.generate();
  // Newer than the old one also where the clock was set back.
  const created = Math.max(now, (newest?.created ?? 0) + 1);
  await writeSecret(tx, clientId, { ...parts.secrets.fastDigest(clientSecret), created, ends: null });
  return { ...found.client, clientSecret };
}

async function deleteClient(parts: ClientCommandParts, tx: IssuerDatabase, id: string): Promise<RegisteredClient> {
  const { client } = await existing(tx, id);
  await tx.deleteFrom('issuer_client_secrets').where('client_id', '=', client.clientId).execute();
  await tx.deleteFrom('issuer_client_keys').where('client_id', '=', client.clientId).execute();
  await tx.deleteFrom('issuer_client_logins').where('client_id', '=', client.clientId).execute();
  await tx.deleteFrom('issuer_client_certificates').where('client_id', '=', client.clientId).execute();
  await tx.deleteFrom('issuer_clients').where('client_id', '=', client.clientId).execute();
  await tx
    .insertInto('issuer_retired_clients')
    .values({ client_id: client.clientId, retired: parts.clock.now() })
    .execute();
  return client;
}

/** A client has one way to authenticate: a secret beside its keys would be a second one, and the weaker. */
function refuseSecretless({ client: { authentication } }: ClientWithSecrets): void {
  if (authentication.kind !== 'secret')
    throw invalid('the client authenticates with a key or a certificate and can have no secret: register another one');
}

async function existing(tx: IssuerDatabase, id: string): Promise<ClientWithSecrets> {
  const found = await readClient(tx, id);
  if (found === undefined) throw new ClientRecordError('NOT_FOUND', 'there is no client with this id');
  return found;
}
