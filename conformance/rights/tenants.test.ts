import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { basic } from '../program/credentials.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';
import { ask, type Credentials, done, found } from './ask.ts';
import { type Deployed, deploy, deploymentOf } from './processes.ts';

const YAML = 'camunda.security.multi-tenancy.checks-enabled: true\n';
const PASSWORD = 'a password';
const SEARCHES = [
  '/v2/process-definitions',
  '/v2/process-instances',
  '/v1/process-definitions',
  '/v1/process-instances',
];

let program: Program;
/** An administrator, who is assigned to the default tenant as his role is, and to `red`. */
const boss = basic('demo', 'demo');
let red: Deployed;
let instance: string;

beforeAll(async () => {
  program = await startProgram({ args: [...FREE_PORTS, '--method', 'basic', '--memory'], yaml: YAML });
  for (const tenantId of ['red', 'blue'])
    await done(program, '/v2/tenants', { as: boss, method: 'POST', body: { tenantId, name: tenantId } });
  await done(program, '/v2/tenants/red/users/demo', { as: boss, method: 'PUT' });
  red = await deploy(program, boss, 'aria', 'red');
  const body = { processDefinitionId: 'aria', tenantId: 'red' };
  const started = await done(program, '/v2/process-instances', { as: boss, method: 'POST', body });
  instance = String(started.processInstanceKey);
});
afterAll(() => program.stop());

let count = 0;

/** A user who may do everything with processes, and is assigned to nothing. */
async function newcomer(): Promise<{ readonly name: string; readonly as: Credentials }> {
  count += 1;
  const name = `newcomer-${count}`;
  await done(program, '/v2/users', { as: boss, method: 'POST', body: { username: name, password: PASSWORD } });
  const grants = {
    PROCESS_DEFINITION: ['READ_PROCESS_DEFINITION', 'READ_PROCESS_INSTANCE', 'CREATE_PROCESS_INSTANCE'],
    RESOURCE: ['CREATE'],
  };
  for (const [resourceType, permissionTypes] of Object.entries(grants)) {
    const body = { ownerType: 'USER', ownerId: name, resourceType, resourceId: '*', permissionTypes };
    await done(program, '/v2/authorizations', { as: boss, method: 'POST', body });
  }
  return { name, as: basic(name, PASSWORD) };
}

/** What each search shows, and what each single read of the same answers. */
async function sight(as: Credentials): Promise<readonly (readonly [number, number])[]> {
  const keys = [red.processDefinitionKey, instance, red.processDefinitionKey, instance];
  return Promise.all(
    SEARCHES.map(async (path, index) => {
      const items = await found(program, `${path}/search`, as);
      return [items.length, (await ask(program, `${path}/${keys[index]}`, { as })).status] as const;
    }),
  );
}

/** Makes a group or a role with this user in it: where it stands below a tenant. */
async function memberOf(container: 'groups' | 'roles', body: object, id: string, name: string): Promise<string> {
  await done(program, `/v2/${container}`, { as: boss, method: 'POST', body });
  await done(program, `/v2/${container}/${id}/users/${name}`, { as: boss, method: 'PUT' });
  return `${container}/${id}`;
}

const everything = SEARCHES.map(() => [1, 200]);
const nothing = SEARCHES.map(() => [0, 404]);

describe('a program with tenant checks', () => {
  it('shows nothing of a tenant to who is not assigned to it, whatever he may do', async () => {
    expect(await sight((await newcomer()).as)).toEqual(nothing);
  });

  it.each([
    ['himself', async (name: string) => `users/${name}`],
    ['through a group', (name: string) => memberOf('groups', { groupId: 'claque', name: 'Claque' }, 'claque', name)],
    ['through a role', (name: string) => memberOf('roles', { roleId: 'usher', name: 'Usher' }, 'usher', name)],
  ])('shows it to who is assigned %s, from the next request on, and no longer once it ends', async (_how, prepare) => {
    const { name, as } = await newcomer();
    const assignment = `/v2/tenants/red/${await prepare(name)}`;
    expect(await sight(as)).toEqual(nothing);
    await done(program, assignment, { as: boss, method: 'PUT' });
    expect(await sight(as)).toEqual(everything);
    await done(program, assignment, { as: boss, method: 'DELETE' });
    expect(await sight(as)).toEqual(nothing);
  });

  it('neither deploys nor starts where its caller is not assigned, and both where he is', async () => {
    const { name, as } = await newcomer();
    const tryBoth = async (tenantId?: string) => {
      const of = tenantId === undefined ? {} : { tenantId };
      const start = { processDefinitionId: 'aria', ...of };
      return [
        (await ask(program, '/v2/deployments', { as, method: 'POST', body: deploymentOf('aria', tenantId) })).status,
        (await ask(program, '/v2/process-instances', { as, method: 'POST', body: start })).status,
      ];
    };
    expect(await tryBoth()).toEqual([400, 400]);
    for (const tenantId of ['red', '<default>', 'nowhere']) expect(await tryBoth(tenantId)).toEqual([403, 404]);
    await done(program, `/v2/tenants/blue/users/${name}`, { as: boss, method: 'PUT' });
    expect(await tryBoth('red')).toEqual([403, 404]);
    expect(await tryBoth('blue')).toEqual([200, 200]);
    // The first version of his own tenant, whatever the other has.
    const [definition] = await found(program, '/v2/process-definitions/search', as);
    expect(definition).toMatchObject({ processDefinitionId: 'aria', version: 1, tenantId: 'blue' });
  });

  it('tells an administrator no more of other tenants than anybody', async () => {
    const { name, as } = await newcomer();
    await done(program, `/v2/tenants/blue/users/${name}`, { as: boss, method: 'PUT' });
    const theirs = await deploy(program, as, 'duet', 'blue');
    const path = `/v2/process-definitions/${theirs.processDefinitionKey}`;
    expect((await ask(program, path, { as })).status).toBe(200);
    expect((await ask(program, path, { as: boss })).status).toBe(404);
    const filter = { processDefinitionId: 'duet' };
    expect(await found(program, '/v2/process-definitions/search', boss, { filter })).toEqual([]);
  });
});
