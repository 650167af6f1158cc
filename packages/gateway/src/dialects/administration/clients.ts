import { type Principal, permission, type Refusal, refuse, type Scope } from '@stagedoor/access';
import { Failure, Refused } from '../../failure.ts';
import { noContent, type Operation, ok, operation } from '../../operation.ts';
import { listOf, object, objectWith, oneOf, text } from '../../schema.ts';
import type { AdministrationParts } from './administration-parts.ts';
import { type ClientRegistry, type RegisteredClient, RegistrationError } from './client-registry.ts';

/** The console's names of scopes. */
const PERMISSIONS = {
  Zeebe: 'zeebe',
  Operate: 'operate',
  Tasklist: 'tasklist',
  Orchestration: 'orchestration',
  Administration: 'administration',
} as const satisfies Record<string, Scope>;

const CREATE = objectWith(
  {
    clientName: { ...text, minLength: 1, maxLength: 256 },
    permissions: { ...listOf(oneOf('Zeebe', 'Operate', 'Tasklist', 'Orchestration', 'Administration')), minItems: 1 },
  },
  ['clientName'],
);
const LISTED = object({ name: text, clientId: text, permissions: listOf(text) });
const CREATED = object({ uuid: text, name: text, clientId: text, clientSecret: text });
const DETAILS = objectWith(
  { name: text, ZEEBE_ADDRESS: text, ZEEBE_CLIENT_ID: text, ZEEBE_AUTHORIZATION_SERVER_URL: text },
  ['name', 'ZEEBE_ADDRESS', 'ZEEBE_CLIENT_ID'],
);
const CLUSTER_PARAMS = object({ clusterUuid: text });
const CLIENT_PARAMS = object({ clusterUuid: text, clientId: text });

type Parts = Omit<AdministrationParts, 'registry'> & { readonly registry: ClientRegistry };

/** Registering clients of a cluster (facts, section 8.2). The secret is in the answer of the creation and nowhere else. */
export function clientOperations(parts: Parts): readonly Operation[] {
  const { registry } = parts;
  return [
    operation({
      id: 'createClient',
      method: 'POST',
      path: '/clusters/{clusterUuid}/clients',
      summary: 'Registers a client; its secret is shown once',
      requirement: permission('SYSTEM', 'UPDATE', 'everything'),
      params: CLUSTER_PARAMS,
      body: { kind: 'json', schema: CREATE },
      responses: { 200: CREATED },
      refuses: ({ principal }) => (principal.kind === 'client' ? null : clientsOnly()),
      handle: async ({ params, body, principal, actor }) => {
        checkCluster(parts, params.clusterUuid);
        const scopes = body.permissions?.map((name) => PERMISSIONS[name]) ?? null;
        const creator = creatorOf(principal);
        const client = await ask(registry.create({ name: body.clientName, scopes, creator, actor }));
        return ok({
          uuid: client.clientId,
          name: client.name,
          clientId: client.clientId,
          clientSecret: client.clientSecret,
        });
      },
    }),
    operation({
      id: 'listClients',
      method: 'GET',
      path: '/clusters/{clusterUuid}/clients',
      summary: 'The clients of a cluster',
      requirement: permission('SYSTEM', 'READ', 'everything'),
      params: CLUSTER_PARAMS,
      responses: { 200: listOf(LISTED) },
      handle: async ({ params }) => {
        checkCluster(parts, params.clusterUuid);
        return ok((await registry.list()).map(writeClient));
      },
    }),
    operation({
      id: 'getClient',
      method: 'GET',
      path: '/clusters/{clusterUuid}/clients/{clientId}',
      summary: 'What a client needs to connect; its secret is not among it',
      requirement: permission('SYSTEM', 'READ', 'everything'),
      params: CLIENT_PARAMS,
      responses: { 200: DETAILS },
      handle: async ({ params }) => {
        checkCluster(parts, params.clusterUuid);
        const client = (await registry.list()).find(({ clientId }) => clientId === params.clientId);
        if (client === undefined) throw new Failure('not-found', 'There is no client with this id here');
        return ok(writeDetails(client, parts.addresses()));
      },
    }),
    operation({
      id: 'deleteClient',
      method: 'DELETE',
      path: '/clusters/{clusterUuid}/clients/{clientId}',
      summary: 'Deletes a client, its grants with it; its id is never given again',
      requirement: permission('SYSTEM', 'UPDATE', 'everything'),
      params: CLIENT_PARAMS,
      responses: { 204: null },
      handle: async ({ params, actor }) => {
        checkCluster(parts, params.clusterUuid);
        await ask(registry.delete(params.clientId, actor));
        return noContent;
      },
    }),
  ];
}

function checkCluster({ clusterId }: Parts, clusterUuid: string): void {
  if (clusterUuid !== clusterId) throw new Failure('not-found', 'There is no cluster with this uuid here');
}

/** Only a client that is registered here has scopes, and so can give some. */
function creatorOf(principal: Principal) {
  if (principal.kind === 'client') return principal.clientId;
  throw new Refused(clientsOnly());
}

function clientsOnly(): Refusal {
  const detail = 'Only a client can register a client: scopes are given by those who have them.';
  return refuse('PERMISSION_MISSING', { detail });
}

function writeClient({ clientId, name, scopes }: RegisteredClient): object {
  const permissions = Object.entries(PERMISSIONS).filter(([, scope]) => scopes.includes(scope));
  return { name, clientId, permissions: permissions.map(([permission]) => permission) };
}

function writeDetails(
  { clientId, name }: RegisteredClient,
  { rest, issuer }: ReturnType<AdministrationParts['addresses']>,
): object {
  const server = issuer === null ? {} : { ZEEBE_AUTHORIZATION_SERVER_URL: `${issuer}/oauth/token` };
  return { name, ZEEBE_ADDRESS: rest, ZEEBE_CLIENT_ID: clientId, ...server };
}

async function ask<T>(command: Promise<T>): Promise<T> {
  try {
    return await command;
  } catch (error) {
    if (!(error instanceof RegistrationError)) throw error;
    switch (error.code) {
      case 'INVALID_ARGUMENT':
        throw new Failure('invalid-argument', error.message, { cause: error });
      case 'NOT_FOUND':
        throw new Failure('not-found', error.message, { cause: error });
      case 'ALREADY_EXISTS':
        throw new Failure('conflict', error.message, { cause: error });
      case 'FORBIDDEN':
        throw new Refused(refuse('PERMISSION_MISSING', { detail: error.message }));
    }
  }
}
