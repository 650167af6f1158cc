import { isScope } from '@stagedoor/access';
import { type AssertionKey, readAssertionKeys } from '@stagedoor/tokens';
import type { Selectable } from 'kysely';
import { readClientLogin } from './authorizing/client-login.ts';
import { readRegistration } from './client-certificates.ts';
import { readClientClaims } from './client-claims.ts';
import { type ClientWithSecrets, inTableOrder, type RegisteredClient, type StoredSecret } from './registered-client.ts';
import type { IssuerDatabase, IssuerTables } from './tables.ts';

/** All clients with their secrets, oldest first. Which secrets are over is decided when one is compared, not here. */
export async function readClients(db: IssuerDatabase): Promise<readonly ClientWithSecrets[]> {
  const clients = await db.selectFrom('issuer_clients').selectAll().orderBy('created').orderBy('client_id').execute();
  const secrets = await db.selectFrom('issuer_client_secrets').selectAll().orderBy('created').execute();
  const byClient = Map.groupBy(secrets, (secret) => secret.client_id);
  const keys = new Map(
    (await db.selectFrom('issuer_client_keys').selectAll().execute()).map((row) => [row.client_id, row.keys]),
  );
  const certificates = new Map(
    (await db.selectFrom('issuer_client_certificates').selectAll().execute()).map((row) => [
      row.client_id,
      row.registration,
    ]),
  );
  const logins = new Map(
    (await db.selectFrom('issuer_client_logins').selectAll().execute()).map((row) => [row.client_id, row]),
  );
  return Promise.all(
    clients.map((row) =>
      joined(row, {
        secrets: byClient.get(row.client_id) ?? [],
        keys: keys.get(row.client_id),
        certificates: certificates.get(row.client_id),
        login: logins.get(row.client_id),
      }),
    ),
  );
}

/** Goes up with every change of clients or their secrets. */
export async function readEpoch(db: IssuerDatabase): Promise<number> {
  const row = await db.selectFrom('issuer_meta').select('value').where('name', '=', 'epoch').executeTakeFirstOrThrow();
  return Number(row.value);
}

export async function readClient(db: IssuerDatabase, clientId: string): Promise<ClientWithSecrets | undefined> {
  const client = await db
    .selectFrom('issuer_clients')
    .selectAll()
    .where('client_id', '=', named(clientId))
    .executeTakeFirst();
  if (client === undefined) return undefined;
  const secrets = db.selectFrom('issuer_client_secrets').selectAll().where('client_id', '=', client.client_id);
  const keys = db.selectFrom('issuer_client_keys').select('keys').where('client_id', '=', client.client_id);
  const certificates = db
    .selectFrom('issuer_client_certificates')
    .select('registration')
    .where('client_id', '=', client.client_id);
  const login = db.selectFrom('issuer_client_logins').selectAll().where('client_id', '=', client.client_id);
  return joined(client, {
    secrets: await secrets.orderBy('created').execute(),
    keys: (await keys.executeTakeFirst())?.keys,
    certificates: (await certificates.executeTakeFirst())?.registration,
    login: await login.executeTakeFirst(),
  });
}

export async function isRetired(db: IssuerDatabase, clientId: string): Promise<boolean> {
  const row = await db
    .selectFrom('issuer_retired_clients')
    .select('client_id')
    .where('client_id', '=', named(clientId))
    .executeTakeFirst();
  return row !== undefined;
}

/** Any text may be looked for: what is no id is simply not there. */
function named(clientId: string): IssuerTables['issuer_clients']['client_id'] {
  return clientId as IssuerTables['issuer_clients']['client_id'];
}

type Credentials = {
  readonly secrets: readonly Selectable<IssuerTables['issuer_client_secrets']>[];
  readonly keys: string | undefined;
  readonly certificates: string | undefined;
  readonly login: Selectable<IssuerTables['issuer_client_logins']> | undefined;
};

async function joined(
  row: Selectable<IssuerTables['issuer_clients']>,
  { secrets, keys: storedKeys, certificates, login }: Credentials,
): Promise<ClientWithSecrets> {
  const keys = storedKeys === undefined ? [] : await keysOf(storedKeys);
  const client: RegisteredClient = {
    clientId: row.client_id,
    name: row.name,
    scopes: scopesOf(row.scopes),
    audiences: row.audiences === null ? [] : textsOf(row.audiences),
    claims: row.claims === null ? {} : claimsOf(row.claims),
    created: Number(row.created),
    expires: momentOrNull(row.expires),
    tokenLifetimeSeconds: momentOrNull(row.token_lifetime_seconds),
    authentication: login?.is_public === 1 ? { kind: 'none' } : authenticationBy(keys, certificates),
    bindTokens: row.bind_tokens ?? 'none',
    login: login === undefined ? null : readClientLogin(login.login),
  };
  return { client, secrets: secrets.map(secretOfRow), keys };
}

function authenticationBy(
  keys: readonly AssertionKey[],
  certificates: string | undefined,
): RegisteredClient['authentication'] {
  if (certificates !== undefined) return readRegistration(certificates);
  return keys.length === 0 ? { kind: 'secret' } : { kind: 'keys', thumbprints: keys.map((key) => key.thumbprint) };
}

/** Throws where the records are damaged: with no keys it would look like a client that has a secret. */
async function keysOf(json: string): Promise<readonly AssertionKey[]> {
  const read = await readAssertionKeys(json);
  if (!read.ok) throw new TypeError(`the keys of a client ${read.problem}`);
  return read.value;
}

function secretOfRow(row: Selectable<IssuerTables['issuer_client_secrets']>): StoredSecret {
  return { scheme: row.scheme, digest: row.digest, created: Number(row.created), ends: momentOrNull(row.ends) };
}

/** A scope that an older program knew and this one does not grants nothing. */
function scopesOf(json: string): RegisteredClient['scopes'] {
  return inTableOrder(textsOf(json).filter(isScope));
}

function textsOf(json: string): readonly string[] {
  const value: unknown = JSON.parse(json);
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** Throws where the records are damaged. */
function claimsOf(json: string): RegisteredClient['claims'] {
  const read = readClientClaims(json);
  if (!read.ok) throw new TypeError(`the claims of a client ${read.problem}`);
  return read.value;
}

function momentOrNull(value: number | string | null): number | null {
  return value === null ? null : Number(value);
}
