import type { Program } from '../program/start-program.ts';
import { type Credentials, done, found } from './ask.ts';
import { deploy, startInstance } from './processes.ts';

/** One of everything, and the names by which paths ask for it. */
export type FullHouse = {
  readonly program: Program;
  readonly boss: Credentials;
  readonly names: Readonly<Record<string, string>>;
};

/** Fills a program with one of everything that is served. None of it belongs to anybody who asks later. */
export async function fill(program: Program, boss: Credentials): Promise<FullHouse> {
  const make = (path: string, body: object) => done(program, path, { as: boss, method: 'POST', body });
  await make('/v2/users', { username: 'other', name: 'Somebody else', password: 'a password' });
  await make('/v2/roles', { roleId: 'usher', name: 'Usher' });
  await make('/v2/groups', { groupId: 'claque', name: 'Claque' });
  await make('/v2/tenants', { tenantId: 'opera', name: 'Opera' });
  await make('/v2/mapping-rules', { mappingRuleId: 'altos', name: 'Altos', claimName: 'voice', claimValue: 'alto' });
  const { authorizationKey } = await make('/v2/authorizations', {
    ownerType: 'USER',
    ownerId: 'other',
    resourceType: 'DOCUMENT',
    resourceId: '*',
    permissionTypes: ['READ'],
  });
  for (const container of ['roles/usher', 'groups/claque', 'tenants/opera'])
    for (const member of ['users/other', 'clients/other-client', 'mapping-rules/altos'])
      await done(program, `/v2/${container}/${member}`, { as: boss, method: 'PUT' });
  for (const membership of ['roles/usher/groups/claque', 'tenants/opera/groups/claque', 'tenants/opera/roles/usher'])
    await done(program, `/v2/${membership}`, { as: boss, method: 'PUT' });
  const deployed = await deploy(program, boss, 'curtain-call');
  const [row] = await found(program, '/v2/audit-logs/search', boss);
  return {
    program,
    boss,
    names: {
      username: 'other',
      roleId: 'usher',
      groupId: 'claque',
      tenantId: 'opera',
      mappingRuleId: 'altos',
      clientId: 'other-client',
      authorizationKey: String(authorizationKey),
      processDefinitionKey: deployed.processDefinitionKey,
      processInstanceKey: await startInstance(program, boss, deployed),
      auditLogKey: String(row?.auditLogKey),
      name: 'x',
      id: 'x',
    },
  };
}

/** What an operation has to be asked besides its path. */
const QUERIES: Readonly<Record<string, string>> = {
  '/v2/system/usage-metrics': '?startTime=2000-01-01T00:00:00.000Z&endTime=2100-01-01T00:00:00.000Z',
};

/** The path of an operation, for what is there; keys of which there is nothing are any key. */
export function pathOf({ names }: FullHouse, path: string): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => names[name] ?? '4503599627370497');
  return `${filled}${QUERIES[path] ?? ''}`;
}
