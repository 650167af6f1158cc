import { type Actor, SCOPES } from '@stagedoor/access';
import type { IdentityCommands, IdentityTables } from '@stagedoor/identity';
import {
  audiencesOf,
  type ClientWithSecret,
  type IssuerDatabase,
  type IssuerTables,
  type NewClient,
  type RegisteredClient,
} from '@stagedoor/issuer';
import { type House, partOf } from '../house.ts';
import {
  type ClientInput,
  type CreatedClient,
  type ListedClient,
  type ShownClient,
  UseCaseError,
  type UseCases,
} from '../use-cases.ts';
import { inWords } from './in-words.ts';

/** How long an old secret goes on beside the new one unless said otherwise: a day to roll it out. */
const DEFAULT_OVERLAP_SECONDS = 86_400;

type ClientUseCases = Pick<
  UseCases,
  | 'client.create'
  | 'client.create-with-keys'
  | 'client.create-with-certificate'
  | 'client.create-public'
  | 'client.list'
  | 'client.rotate'
  | 'client.delete'
>;

/** A client and its grants are one thing to its user: they come and go in one transaction. */
export function clientUseCases(house: House, actor: Actor): ClientUseCases {
  const acting = { ...house, commands: house.identity.by(actor) };
  return {
    'client.create': async (input) => created(await inWords(createClient(acting, input, house.clients.insertClient))),
    'client.create-with-keys': async ({ keys, ...input }) => {
      const insert = (tx: IssuerDatabase, client: NewClient) =>
        house.clients.insertKeyedClient(tx, { ...client, keys });
      return shown(await inWords(createClient(acting, input, insert)));
    },
    'client.create-with-certificate': async ({ registration, ...input }) => {
      const insert = (tx: IssuerDatabase, client: NewClient) =>
        house.clients.insertCertifiedClient(tx, { ...client, registration });
      return shown(await inWords(createClient(acting, input, insert)));
    },
    'client.create-public': async (input) => {
      // It never comes as a client, so there is nobody to grant anything to.
      const insert = (tx: IssuerDatabase, client: NewClient) =>
        house.clients.insertPublicClient(tx, { login: { redirectUris: [], postLogoutRedirectUris: [] }, ...client });
      return shown(await inWords(createClient(acting, { ...input, grants: false }, insert)));
    },
    'client.list': async () =>
      (await inWords(house.clients.listClients(partOf<IssuerTables>(house.records.db)))).map(listed),
    'client.rotate': async ({ id, overlapSeconds = DEFAULT_OVERLAP_SECONDS }) =>
      created(await inWords(rotateSecret(acting, { id, overlapSeconds }))),
    'client.delete': async ({ id }) => ({ clientId: (await inWords(deleteClient(acting, id))).clientId }),
  };
}

/** The records, and the commands on them as the one who asked. */
type Acting = Pick<House, 'records' | 'clients'> & { readonly commands: IdentityCommands };

function createClient<Client extends RegisteredClient>(
  { records, commands }: Acting,
  input: ClientInput,
  insert: (tx: IssuerDatabase, client: NewClient) => Promise<Client>,
): Promise<Client> {
  const { id, name, scopes, audiences, claims, expires, tokenLifetimeSeconds, bindTokens, grants } = input;
  return records.change(async (tx) => {
    const client = await insert(partOf<IssuerTables>(tx), {
      name,
      scopes: scopes ?? SCOPES,
      ...(audiences === undefined ? {} : { audiences }),
      ...(claims === undefined ? {} : { claims }),
      expires: expires === undefined ? null : instant(expires),
      tokenLifetimeSeconds: tokenLifetimeSeconds ?? null,
      ...(bindTokens === undefined ? {} : { bindTokens }),
      ...(id === undefined ? {} : { id }),
      ...loginOf(input),
    });
    const identities = partOf<IdentityTables>(tx);
    const clientId = await commands.reserveClientName(identities, client.clientId);
    if (grants) await commands.addClientGrants(identities, clientId, client.scopes);
    await commands.noteClient(identities, 'client.create', clientId);
    return client;
  });
}

function loginOf({ redirectUris, postLogoutRedirectUris }: ClientInput): Pick<NewClient, 'login'> {
  if (redirectUris === undefined && postLogoutRedirectUris === undefined) return {};
  return { login: { redirectUris: redirectUris ?? [], postLogoutRedirectUris: postLogoutRedirectUris ?? [] } };
}

function rotateSecret(
  { records, clients, commands }: Acting,
  input: { readonly id: string; readonly overlapSeconds: number },
): Promise<ClientWithSecret> {
  return records.change(async (tx) => {
    const client = await clients.rotateSecret(partOf<IssuerTables>(tx), input);
    await commands.noteClient(partOf<IdentityTables>(tx), 'client.rotate', client.clientId);
    return client;
  });
}

function deleteClient({ records, clients, commands }: Acting, id: string): Promise<RegisteredClient> {
  return records.change(async (tx) => {
    const client = await clients.deleteClient(partOf<IssuerTables>(tx), id);
    await commands.removeClient(partOf<IdentityTables>(tx), id);
    await commands.noteClient(partOf<IdentityTables>(tx), 'client.delete', client.clientId);
    return client;
  });
}

function instant(text: string): number {
  const milliseconds = Date.parse(text);
  if (Number.isNaN(milliseconds)) throw new UseCaseError('INVALID_ARGUMENT', 'expires is not a point in time');
  return milliseconds;
}

function listed(client: RegisteredClient): ListedClient {
  return { ...shown(client), created: new Date(client.created).toISOString(), claims: client.claims };
}

function created(client: ClientWithSecret): CreatedClient {
  return { ...shown(client), clientSecret: client.clientSecret };
}

const METHODS = {
  secret: 'client_secret',
  keys: 'private_key_jwt',
  certificate: 'self_signed_tls_client_auth',
  'certificate-subject': 'tls_client_auth',
  none: 'none',
} as const satisfies Record<RegisteredClient['authentication']['kind'], ShownClient['authentication']>;

function shown(client: RegisteredClient): ShownClient {
  const { clientId, name, scopes, expires, tokenLifetimeSeconds, authentication, bindTokens, login } = client;
  return {
    clientId,
    name,
    scopes,
    audiences: audiencesOf(client),
    ownAudiences: client.audiences,
    expires: iso(expires),
    tokenLifetimeSeconds,
    authentication: METHODS[authentication.kind],
    keyThumbprints: authentication.kind === 'keys' ? authentication.thumbprints : [],
    certificateThumbprints: authentication.kind === 'certificate' ? authentication.thumbprints : [],
    certificateSubject: authentication.kind === 'certificate-subject' ? authentication.subject : null,
    isPublic: authentication.kind === 'none',
    bindTokens,
    redirectUris: login?.redirectUris ?? [],
    postLogoutRedirectUris: login?.postLogoutRedirectUris ?? [],
  };
}

function iso(milliseconds: number | null): string | null {
  return milliseconds === null ? null : new Date(milliseconds).toISOString();
}
