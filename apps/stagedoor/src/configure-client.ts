import { readFile } from 'node:fs/promises';
import { assertNever, CONFIGURATION } from '@stagedoor/access';
import { IdentityError, type IdentityTables } from '@stagedoor/identity';
import {
  type ClientField,
  ClientRecordError,
  type ConfiguredClient,
  type IssuerTables,
  type NewClient,
  turnedRound,
} from '@stagedoor/issuer';
import type { FixedClient } from './configuration/index.ts';
import { type House, partOf } from './house.ts';
import { OperatorError } from './operator-error.ts';

/** Records a client of `stagedoor.clients`; what is to be said of it. Throws an OperatorError that names its key. */
export async function configureClient(house: House, client: FixedClient): Promise<readonly string[]> {
  const { clientId, key } = client;
  switch (await recordClient(house, client, await inputOf(client))) {
    case 'secret-replaced':
      return [`the secret of client ${clientId} is now the configured one; the old one is refused`];
    case 'replaced':
      return [`client ${clientId} is now as ${key} has it, but for its name, its scopes and its grants`];
    case 'retired':
      return [
        `client ${clientId} was deleted and stays so: its id is never given again. Remove it from stagedoor.clients`,
      ];
    case 'created':
    case 'unchanged':
      return [];
  }
}

async function recordClient({ records, clients, identity }: House, client: FixedClient, input: ConfiguredClient) {
  const commands = identity.by(CONFIGURATION);
  try {
    return await records.change(async (tx) => {
      const identities = partOf<IdentityTables>(tx);
      const became = await clients.upsertConfiguredClient(partOf<IssuerTables>(tx), input);
      if (became === 'secret-replaced' || became === 'replaced')
        await commands.noteClient(identities, 'client.rotate', client.clientId);
      if (became !== 'created') return became;
      const clientId = await commands.reserveClientName(identities, client.clientId);
      // A public client never comes as a client, so there is nobody to grant anything to.
      if (client.grants && client.authentication.kind !== 'public')
        await commands.addClientGrants(identities, clientId, client.scopes);
      await commands.noteClient(identities, 'client.create', clientId);
      return became;
    });
  } catch (error) {
    if (!(error instanceof IdentityError || error instanceof ClientRecordError)) throw error;
    const field = error instanceof ClientRecordError ? error.field : null;
    throw new OperatorError(
      `CLIENT_${error.code}`,
      `client ${client.clientId} of ${placeOf(client, field)} cannot be recorded: ${error.message}`,
      { cause: error },
    );
  }
}

const KEYS: Readonly<Record<ClientField, string | null>> = {
  id: 'id',
  name: 'name',
  scopes: 'scopes',
  audiences: 'audiences',
  claims: 'claims',
  expires: null,
  tokenLifetimeSeconds: 'token-lifetime',
  bindTokens: 'bind-tokens',
  redirectUris: 'redirect-uris',
  postLogoutRedirectUris: 'post-logout-redirect-uris',
  secret: null,
  keys: null,
  registration: null,
};

/** The key of what is wrong; what it authenticates with has the key of its way. */
function placeOf({ key, authentication }: FixedClient, field: ClientField | null): string {
  if (field === null) return key;
  return `${key}.${KEYS[field] ?? authentication.kind}`;
}

async function inputOf(client: FixedClient): Promise<ConfiguredClient> {
  const { clientId, name, scopes, audiences, claims, tokenLifetimeSeconds, bindTokens, login, authentication } = client;
  const common: NewClient & { readonly id: string } = {
    id: clientId,
    name,
    scopes,
    ...(audiences === undefined ? {} : { audiences }),
    ...(claims === undefined ? {} : { claims }),
    ...(tokenLifetimeSeconds === undefined ? {} : { tokenLifetimeSeconds }),
    ...(bindTokens === undefined ? {} : { bindTokens }),
    ...(login === undefined ? {} : { login }),
  };
  switch (authentication.kind) {
    case 'secret':
      return { ...common, secret: authentication.text.reveal() };
    case 'secret-file':
      return { ...common, secret: await secretIn(authentication.path, client) };
    case 'key-file': {
      const { publicKeysOf } = await import('./commands/key-file.ts');
      return { ...common, keys: await told(client, publicKeysOf(authentication.path)) };
    }
    case 'certificates': {
      const { registrationOf } = await import('./commands/certificate-file.ts');
      return { ...common, registration: await told(client, registrationOf(authentication.paths)) };
    }
    case 'certificate-thumbprints':
      return { ...common, registration: { thumbprints: authentication.thumbprints } };
    case 'certificate-subject':
      refuseTurned(authentication.subject, client);
      return { ...common, registration: { subject: authentication.subject } };
    case 'public':
      return { login: { redirectUris: [], postLogoutRedirectUris: [] }, ...common, isPublic: true };
    default:
      return assertNever(authentication);
  }
}

/** A file's error with the key that names the file. */
async function told<T>(client: FixedClient, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    const place = `${client.key}.${client.authentication.kind}`;
    throw new OperatorError(error.code, `${place}: ${error.message}`, { cause: error });
  }
}

/** Recorded so, no certificate would ever have it, and nothing would say why. */
function refuseTurned(subject: string, { key, clientId }: FixedClient): void {
  const turned = turnedRound(subject);
  if (turned === null) return;
  throw new OperatorError(
    'CLIENT_INVALID_ARGUMENT',
    `client ${clientId} of ${key}.certificate-subject cannot be recorded: the order is that of RFC 4514, which begins with the name itself: write ${turned}`,
  );
}

async function secretIn(path: string, { clientId, key }: FixedClient): Promise<string> {
  const file = `${key}.secret-file: the secret file ${path} of client ${clientId}`;
  try {
    const text = (await readFile(path, 'utf8')).replace(/\r?\n$/, '');
    if (text !== '') return text;
  } catch (cause) {
    const problem = 'cannot be read: check that it is there and readable';
    throw new OperatorError('SECRET_FILE_UNREADABLE', `${file} ${problem}`, { cause });
  }
  throw new OperatorError('SECRET_FILE_EMPTY', `${file} is empty: put the secret into it`);
}
