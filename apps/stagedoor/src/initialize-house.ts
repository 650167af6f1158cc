import { readFile } from 'node:fs/promises';
import { CONFIGURATION } from '@stagedoor/access';
import { IdentityError, type IdentityTables, InitializationError, type InitializationPlan } from '@stagedoor/identity';
import { ClientRecordError, type IssuerTables } from '@stagedoor/issuer';
import type { Configuration, FixedClient, Members } from './configuration/index.ts';
import { type House, partOf } from './house.ts';
import { OperatorError } from './operator-error.ts';

/** What is configured into the records at every start: missing ones are created, credentials that differ are replaced, and said. */
export async function initializeHouse(house: House, configuration: Configuration): Promise<readonly string[]> {
  const said: string[] = [];
  try {
    const report = await house.identity.initialize(planOf(configuration.initialization));
    for (const name of report.replacedPasswords) {
      said.push(`the password of user ${name} is now the configured one; his sessions have ended`);
    }
    for (const role of report.deletedRoles) {
      said.push(`the role ${role} was deleted and stays so: its configured members are left out`);
    }
  } catch (error) {
    if (error instanceof InitializationError)
      throw new OperatorError(error.code, error.problems.join('\n'), { cause: error });
    throw error;
  }
  for (const client of configuration.clients) said.push(...(await configureClient(house, client)));
  return said;
}

function planOf(plan: Configuration['initialization']): InitializationPlan {
  return {
    users: plan.users.map(({ username, password, name, email }) => ({
      username,
      password: password.reveal(),
      name,
      email,
    })),
    defaultRoles: Object.fromEntries(
      plan.defaultRoles.map(({ roleId, members }): [string, Members] => [roleId, members]),
    ),
    mappingRules: plan.mappingRules,
    authorizations: plan.authorizations.map(({ permissionTypes, ...rest }) => ({
      ...rest,
      permissions: permissionTypes,
    })),
    groups: plan.groups.map(({ members, ...rest }) => ({ ...rest, ...members })),
    roles: plan.roles.map(({ members, ...rest }) => ({ ...rest, ...members })),
    tenants: plan.tenants.map(({ members, ...rest }) => ({ ...rest, ...members })),
  };
}

async function configureClient(house: House, client: FixedClient): Promise<string[]> {
  const secret = await secretOf(client);
  switch (await recordClient(house, client, secret)) {
    case 'secret-replaced':
      return [`the secret of client ${client.clientId} is now the configured one; the old one is refused`];
    case 'retired':
      return [
        `client ${client.clientId} was deleted and stays so: its id is never given again. Remove it from stagedoor.clients`,
      ];
    default:
      return [];
  }
}

async function recordClient({ records, clients, identity }: House, client: FixedClient, secret: string) {
  const commands = identity.by(CONFIGURATION);
  try {
    return await records.change(async (tx) => {
      const identities = partOf<IdentityTables>(tx);
      const input = { id: client.clientId, name: client.name, scopes: client.scopes, secret };
      const became = await clients.upsertConfiguredClient(partOf<IssuerTables>(tx), input);
      if (became === 'secret-replaced') await commands.noteClient(identities, 'client.rotate', client.clientId);
      if (became !== 'created') return became;
      const clientId = await commands.reserveClientName(identities, client.clientId);
      if (client.grants) await commands.addClientGrants(identities, clientId, client.scopes);
      await commands.noteClient(identities, 'client.create', clientId);
      return became;
    });
  } catch (error) {
    if (!(error instanceof IdentityError || error instanceof ClientRecordError)) throw error;
    throw new OperatorError(
      `CLIENT_${error.code}`,
      `client ${client.clientId} of stagedoor.clients cannot be recorded: ${error.message}`,
      { cause: error },
    );
  }
}

async function secretOf({ clientId, secret }: FixedClient): Promise<string> {
  if (secret.kind === 'text') return secret.text.reveal();
  try {
    const text = (await readFile(secret.path, 'utf8')).replace(/\r?\n$/, '');
    if (text !== '') return text;
  } catch (cause) {
    throw new OperatorError(
      'SECRET_FILE_UNREADABLE',
      `the secret file ${secret.path} of client ${clientId} cannot be read: check that it is there and readable`,
      { cause },
    );
  }
  throw new OperatorError(
    'SECRET_FILE_EMPTY',
    `the secret file ${secret.path} of client ${clientId} is empty: put the secret into it`,
  );
}
