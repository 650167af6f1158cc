import { InitializationError, type InitializationPlan } from '@stagedoor/identity';
import type { Configuration, Members } from './configuration/index.ts';
import { configureClient } from './configure-client.ts';
import type { House } from './house.ts';
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
