import { assertNever, type ClientId, type Clock, type Randomness } from '@stagedoor/access';
import { type AssertionKey, readAssertionKeys } from '@stagedoor/tokens';
import { writeClientLogin } from './authorizing/client-login.ts';
import { checkedClient, invalid, type NewClient } from './checked-client.ts';
import { type CertificateRegistration, checkRegistration } from './client-certificates.ts';
import { isRetired, readClient } from './client-rows.ts';
import { type ClientSecrets, MAX_SECRET_LENGTH } from './client-secrets.ts';
import type { ClientAuthentication, ClientWithSecrets, RegisteredClient } from './registered-client.ts';
import type { IssuerDatabase } from './tables.ts';
import { contentsOf, refuseBuiltIn, writeCertificates, writeClient, writeKeys, writeSecret } from './write-client.ts';

/** A client that is the same at every start, with what it authenticates with. */
export type ConfiguredClient = NewClient & {
  readonly id: string;
} & (
    | { readonly secret: string }
    /** Its public keys: a JWK, a JWK set, or PEM. */
    | { readonly keys: string }
    | { readonly registration: CertificateRegistration }
    /** It has nothing: people log in with it. */
    | { readonly isPublic: true }
  );

/**
 * What became of it. All but `created` and `unchanged` are to be said loudly; `replaced`: more than its secret, or something
 * else, is now as it is configured.
 */
export type ConfiguredOutcome = 'created' | 'unchanged' | 'secret-replaced' | 'replaced' | 'retired';

type Parts = {
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly secrets: ClientSecrets;
  readonly idPattern?: RegExp;
};

/** What it authenticates with, as it is recorded. */
type Credentials =
  | { readonly kind: 'secret'; readonly secret: string }
  | { readonly kind: 'keys'; readonly keys: readonly AssertionKey[] }
  | Exclude<ClientAuthentication, { kind: 'secret' | 'keys' }>;

/**
 * Creates what is missing. Of a client that is there, credentials that differ are replaced, and so is everything else that is
 * said, for what was taken out of a configuration must not go on, but for its name and its scopes: grants came with those. The
 * way it authenticates stays what it is. Throws `ClientRecordError`.
 */
export async function upsertConfiguredClient(
  parts: Parts,
  tx: IssuerDatabase,
  input: ConfiguredClient,
): Promise<ConfiguredOutcome> {
  const credentials = await credentialsOf(input);
  const client = checkedClient(parts, input, authenticationBy(credentials));
  refuseBuiltIn(client.clientId);
  if (await isRetired(tx, client.clientId)) return 'retired';
  const found = await readClient(tx, client.clientId);
  if (found === undefined) {
    await writeClient(tx, client);
    await writeCredentials(parts, tx, client, credentials);
    return 'created';
  }
  refuseAnotherWay(found.client, client);
  const known = await knows(parts, found, credentials);
  if (!known) {
    await deleteCredentials(tx, client.clientId);
    await writeCredentials(parts, tx, client, credentials);
  }
  const changed = await rewriteContents(tx, found.client, asSaid(input, client, found.client));
  if (changed || !known) return credentials.kind === 'secret' && !changed ? 'secret-replaced' : 'replaced';
  return 'unchanged';
}

async function credentialsOf(input: ConfiguredClient): Promise<Credentials> {
  if ('secret' in input) {
    checkSecret(input.secret);
    return { kind: 'secret', secret: input.secret };
  }
  if ('keys' in input) {
    const read = await readAssertionKeys(input.keys);
    if (!read.ok) throw invalid(`the key file ${read.problem}`, 'keys');
    return { kind: 'keys', keys: read.value };
  }
  if ('registration' in input) {
    const checked = checkRegistration(input.registration);
    if (!checked.ok) throw invalid(checked.problem, 'registration');
    return checked.value;
  }
  return { kind: 'none' };
}

function authenticationBy(credentials: Credentials): ClientAuthentication {
  switch (credentials.kind) {
    case 'secret':
      return { kind: 'secret' };
    case 'keys':
      return { kind: 'keys', thumbprints: credentials.keys.map((key) => key.thumbprint) };
    default:
      return credentials;
  }
}

/** A client has one way to authenticate, for good: beside another one it would be as good as the weaker. */
function refuseAnotherWay(found: RegisteredClient, configured: RegisteredClient): void {
  if (found.authentication.kind === configured.authentication.kind) return;
  throw invalid('the client is recorded with another way to authenticate, which it keeps: register another one');
}

async function knows(parts: Parts, found: ClientWithSecrets, credentials: Credentials): Promise<boolean> {
  const { authentication } = found.client;
  switch (credentials.kind) {
    case 'secret':
      return knowsSecret(parts, found, credentials.secret);
    case 'none':
      return true;
    case 'keys':
    case 'certificate':
    case 'certificate-subject':
      return JSON.stringify(authenticationBy(credentials)) === JSON.stringify(authentication);
    default:
      return assertNever(credentials);
  }
}

async function knowsSecret({ clock, secrets }: Parts, client: ClientWithSecrets, secret: string): Promise<boolean> {
  const now = clock.now();
  if (secrets.matchesKnown(client.client.clientId, client, secret, { now, slow: true })) return true;
  if (!(await secrets.matchesSlow(client, secret, now))) return false;
  secrets.remember(client, secret, now);
  return true;
}

async function writeCredentials(
  { secrets }: Parts,
  tx: IssuerDatabase,
  { clientId, created }: RegisteredClient,
  credentials: Credentials,
): Promise<void> {
  switch (credentials.kind) {
    case 'secret': {
      const stored = await secrets.slowDigest(clientId, credentials.secret);
      return writeSecret(tx, clientId, { ...stored, created, ends: null });
    }
    case 'keys':
      return writeKeys(tx, clientId, credentials.keys);
    case 'certificate':
    case 'certificate-subject':
      return writeCertificates(tx, clientId, credentials);
    case 'none':
      return;
    default:
      assertNever(credentials);
  }
}

async function deleteCredentials(tx: IssuerDatabase, clientId: ClientId): Promise<void> {
  await tx.deleteFrom('issuer_client_secrets').where('client_id', '=', clientId).execute();
  await tx.deleteFrom('issuer_client_keys').where('client_id', '=', clientId).execute();
  await tx.deleteFrom('issuer_client_certificates').where('client_id', '=', clientId).execute();
}

/** The recorded client with what the configuration says of it: what it leaves out stays as it is. */
function asSaid(input: ConfiguredClient, configured: RegisteredClient, found: RegisteredClient): RegisteredClient {
  return {
    ...found,
    ...(input.audiences === undefined ? {} : { audiences: configured.audiences }),
    ...(input.claims === undefined ? {} : { claims: configured.claims }),
    ...(input.tokenLifetimeSeconds === undefined ? {} : { tokenLifetimeSeconds: configured.tokenLifetimeSeconds }),
    ...(input.bindTokens === undefined ? {} : { bindTokens: configured.bindTokens }),
    ...(input.login === undefined ? {} : { login: configured.login }),
  };
}

async function rewriteContents(tx: IssuerDatabase, found: RegisteredClient, now: RegisteredClient): Promise<boolean> {
  const { clientId, login, authentication } = now;
  const [before, after] = [found, now].map((client) => JSON.stringify([contentsOf(client), client.login]));
  if (before === after) return false;
  await tx.updateTable('issuer_clients').set(contentsOf(now)).where('client_id', '=', clientId).execute();
  if (login === null) return true;
  await tx.deleteFrom('issuer_client_logins').where('client_id', '=', clientId).execute();
  await writeClientLogin(tx, clientId, login, authentication.kind === 'none');
  return true;
}

function checkSecret(secret: string): void {
  if (secret === '' || secret.length > MAX_SECRET_LENGTH)
    throw invalid(`the secret has to have 1 to ${MAX_SECRET_LENGTH} characters`, 'secret');
  if (/\p{Cc}/u.test(secret)) throw invalid('the secret has control characters', 'secret');
}
