import { type ClientId, type Clock, isScope, parseId, type Randomness } from '@stagedoor/access';
import { readAssertionKeys, writeAssertionKeys } from '@stagedoor/tokens';
import { readClientClaims } from './client-claims.ts';
import { ClientRecordError } from './client-record-error.ts';
import { isRetired, readClient, readClients } from './client-rows.ts';
import { type ClientSecrets, liveSecrets, MAX_SECRET_LENGTH } from './client-secrets.ts';
import { checkOwnAudiences } from './own-audiences.ts';
import { type ClientWithSecrets, inTableOrder, type RegisteredClient, type StoredSecret } from './registered-client.ts';
import type { IssuerDatabase } from './tables.ts';

export type NewClient = {
  /** Default: made from the name, with random characters behind it. */
  readonly id?: string;
  readonly name: string;
  /** Scope names; at least one. */
  readonly scopes: readonly string[];
  /** Of services elsewhere, beyond what the scopes allow. Default: none. */
  readonly audiences?: readonly string[];
  /** JSON of claims that its tokens have; default: none. */
  readonly claims?: string;
  /** Milliseconds since the epoch; default: never. */
  readonly expires?: number | null;
  /** Up to a day; default: what the issuer gives everybody. */
  readonly tokenLifetimeSeconds?: number | null;
};

/** One that authenticates by `private_key_jwt` and has no secret. */
export type NewKeyedClient = NewClient & {
  /** Its public keys: a JWK, a JWK set, or PEM. */
  readonly keys: string;
};

export type ConfiguredClient = {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly secret: string;
};

/** A client with its secret in clear, for its one showing. */
export type ClientWithSecret = RegisteredClient & { readonly clientSecret: string };

/** What became of a configured client. `secret-replaced` and `retired` are to be said loudly. */
export type ConfiguredOutcome = 'created' | 'unchanged' | 'secret-replaced' | 'retired';

/** Parts of a bigger transaction of the program's: a client and its grants are one thing to its user. All throw `ClientRecordError`. */
export type ClientCommands = {
  /** INVALID_ARGUMENT; ALREADY_EXISTS also for the id of a deleted client. */
  insertClient(tx: IssuerDatabase, input: NewClient): Promise<ClientWithSecret>;
  /** As `insertClient`; INVALID_ARGUMENT also for keys that cannot be used. */
  insertKeyedClient(tx: IssuerDatabase, input: NewKeyedClient): Promise<RegisteredClient>;
  /** The old secret goes on for `overlapSeconds`; one that was already being replaced ends now. NOT_FOUND, INVALID_ARGUMENT (also: it has keys). */
  rotateSecret(
    tx: IssuerDatabase,
    input: { readonly id: string; readonly overlapSeconds: number },
  ): Promise<ClientWithSecret>;
  /** Its id is never used again. NOT_FOUND. Not done here: its grants. */
  deleteClient(tx: IssuerDatabase, id: string): Promise<RegisteredClient>;
  /** Creates what is missing and replaces a secret that differs; changes nothing else. INVALID_ARGUMENT. */
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
  await tx
    .insertInto('issuer_client_keys')
    .values({ client_id: client.clientId, keys: writeAssertionKeys(read.value) })
    .execute();
  return client;
}

async function refuseTaken(tx: IssuerDatabase, clientId: ClientId): Promise<void> {
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
  refuseKeyed(found);
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
  await tx.deleteFrom('issuer_clients').where('client_id', '=', client.clientId).execute();
  await tx
    .insertInto('issuer_retired_clients')
    .values({ client_id: client.clientId, retired: parts.clock.now() })
    .execute();
  return client;
}

async function upsertConfiguredClient(
  parts: ClientCommandParts,
  tx: IssuerDatabase,
  input: ConfiguredClient,
): Promise<ConfiguredOutcome> {
  const client = checkedClient(parts, input, { kind: 'secret' });
  checkSecret(input.secret);
  if (await isRetired(tx, client.clientId)) return 'retired';
  const found = await readClient(tx, client.clientId);
  if (found !== undefined) refuseKeyed(found);
  if (found !== undefined && (await knowsSecret(parts, found, input.secret))) return 'unchanged';
  if (found === undefined) await writeClient(tx, client);
  else await tx.deleteFrom('issuer_client_secrets').where('client_id', '=', client.clientId).execute();
  const stored = await parts.secrets.slowDigest(client.clientId, input.secret);
  await writeSecret(tx, client.clientId, { ...stored, created: client.created, ends: null });
  return found === undefined ? 'created' : 'secret-replaced';
}

async function knowsSecret(
  { clock, secrets }: ClientCommandParts,
  client: ClientWithSecrets,
  secret: string,
): Promise<boolean> {
  const now = clock.now();
  if (secrets.matchesKnown(client.client.clientId, client, secret, { now, slow: true })) return true;
  if (!(await secrets.matchesSlow(client, secret, now))) return false;
  secrets.remember(client, secret, now);
  return true;
}

/** A client has one way to authenticate: a secret beside its keys would be a second one, and the weaker. */
function refuseKeyed({ keys }: ClientWithSecrets): void {
  if (keys.length > 0)
    throw invalid('the client authenticates with a key and can have no secret: register another one');
}

async function existing(tx: IssuerDatabase, id: string): Promise<ClientWithSecrets> {
  const found = await readClient(tx, id);
  if (found === undefined) throw new ClientRecordError('NOT_FOUND', 'there is no client with this id');
  return found;
}

async function writeClient(
  tx: IssuerDatabase,
  { clientId, name, scopes, audiences, claims, created, expires, tokenLifetimeSeconds }: RegisteredClient,
): Promise<void> {
  await tx
    .insertInto('issuer_clients')
    .values({
      client_id: clientId,
      name,
      scopes: JSON.stringify(scopes),
      audiences: audiences.length === 0 ? null : JSON.stringify(audiences),
      claims: Object.keys(claims).length === 0 ? null : JSON.stringify(claims),
      created,
      expires,
      token_lifetime_seconds: tokenLifetimeSeconds,
    })
    .execute();
}

async function writeSecret(tx: IssuerDatabase, clientId: ClientId, secret: StoredSecret): Promise<void> {
  await tx
    .insertInto('issuer_client_secrets')
    .values({ client_id: clientId, ...secret })
    .execute();
}

function checkedClient(
  parts: ClientCommandParts,
  input: NewClient,
  authentication: RegisteredClient['authentication'],
): RegisteredClient {
  const created = parts.clock.now();
  const name = input.name.trim();
  if (name === '' || name.length > 256) throw invalid('the name has to have 1 to 256 characters');
  if (/\p{Cc}/u.test(name)) throw invalid('the name has control characters');
  const unknown = input.scopes.find((scope) => !isScope(scope));
  if (unknown !== undefined)
    throw invalid('one of the scopes is unknown: scopes are operate, zeebe, tasklist, orchestration, administration');
  const scopes = inTableOrder(input.scopes.filter(isScope));
  if (scopes.length === 0) throw invalid('the client needs at least one scope');
  const audiences = checkOwnAudiences(input.audiences ?? []);
  if (!audiences.ok) throw invalid(`the audiences ${audiences.problem}`);
  const claims = readClientClaims(input.claims ?? '{}');
  if (!claims.ok) throw invalid(`the claims ${claims.problem}`);
  const expires = input.expires ?? null;
  if (expires !== null && !(Number.isSafeInteger(expires) && expires > created))
    throw invalid('the client would have expired already');
  const tokenLifetimeSeconds = input.tokenLifetimeSeconds ?? null;
  if (tokenLifetimeSeconds !== null && !isLifetime(tokenLifetimeSeconds))
    throw invalid('the lifetime of tokens is not between 1 second and a day, in whole seconds');
  const clientId = parseId(
    'clientId',
    input.id ?? generatedId(name, parts.randomness),
    input.id === undefined ? undefined : parts.idPattern,
  );
  if (!clientId.ok) throw invalid(clientId.problem);
  return {
    clientId: clientId.value,
    name,
    scopes,
    audiences: audiences.value,
    claims: claims.value,
    created,
    expires,
    tokenLifetimeSeconds,
    authentication,
  };
}

/** A day is how long a key that signed outlives its last token. */
function isLifetime(seconds: number): boolean {
  return Number.isInteger(seconds) && seconds >= 1 && seconds <= 86_400;
}

function checkSecret(secret: string): void {
  if (secret === '' || secret.length > MAX_SECRET_LENGTH)
    throw invalid(`the secret has to have 1 to ${MAX_SECRET_LENGTH} characters`);
  if (/\p{Cc}/u.test(secret)) throw invalid('the secret has control characters');
}

/** Something of the name to be recognized by, and 50 random bits so that it is nobody else's. */
function generatedId(name: string, randomness: Randomness): string {
  const readable = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-|-$/g, '');
  const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789';
  const random = Array.from(randomness.bytes(10), (byte) => alphabet.charAt(byte % 32)).join('');
  return `${readable || 'client'}-${random}`;
}

function invalid(message: string): ClientRecordError {
  return new ClientRecordError('INVALID_ARGUMENT', message);
}

function taken(problem: string): ClientRecordError {
  return new ClientRecordError('ALREADY_EXISTS', `the client id ${problem}`);
}
