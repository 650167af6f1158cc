import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { basic, bearer, type Client, tokenOf } from '../program/credentials.ts';
import { command } from '../program/run-command-line.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';
import { type ForeignIssuer, openForeignIssuer } from '../ways-in/foreign-issuer.ts';
import { ask, type Credentials, done } from './ask.ts';
import { type Deployed, deploy } from './processes.ts';
import { seesNothingAfter } from './watch.ts';

/** A house with one process, and somebody who may do everything in it. */
class House {
  readonly program: Program;
  readonly boss: Credentials;
  readonly deployed: Deployed;
  #count = 0;

  constructor(program: Program, boss: Credentials, deployed: Deployed) {
    this.program = program;
    this.boss = boss;
    this.deployed = deployed;
  }

  newName(): string {
    this.#count += 1;
    return `name-${this.#count}`;
  }

  do(method: string, path: string, body?: object): Promise<Readonly<Record<string, unknown>>> {
    return done(this.program, path, { as: this.boss, method, ...(body === undefined ? {} : { body }) });
  }

  /** The right to see the definition, and its key. */
  async grant(ownerType: string, ownerId: string): Promise<string> {
    const made = await this.do('POST', '/v2/authorizations', { ...READ, ownerType, ownerId, resourceId: '*' });
    return String(made.authorizationKey);
  }

  async newUser(): Promise<{ name: string; headers: Credentials }> {
    const name = this.newName();
    await this.do('POST', '/v2/users', { username: name, password: 'a password' });
    return { name, headers: basic(name, 'a password') };
  }

  async newRole(): Promise<string> {
    const roleId = this.newName();
    await this.do('POST', '/v2/roles', { roleId, name: roleId });
    return roleId;
  }

  async newGroup(): Promise<string> {
    const groupId = this.newName();
    await this.do('POST', '/v2/groups', { groupId, name: groupId });
    return groupId;
  }

  /** Whether somebody sees the definition anywhere: in the search of v2, by its key, or in Operate's. */
  async sees(headers: Credentials): Promise<boolean> {
    const search = { as: headers, method: 'POST', body: {} };
    const answers = await Promise.all([
      ask(this.program, '/v2/process-definitions/search', search),
      ask(this.program, `/v2/process-definitions/${this.deployed.processDefinitionKey}`, { as: headers }),
      ask(this.program, '/v1/process-definitions/search', search),
    ]);
    return answers.some(({ status, body }) => status === 200 && JSON.stringify(body).includes('curtain-call'));
  }

  async seesNothingAfter(headers: Credentials, change: () => Promise<unknown>): Promise<void> {
    await seesNothingAfter(change, () => this.sees(headers));
  }
}

const READ = { resourceType: 'PROCESS_DEFINITION', permissionTypes: ['READ_PROCESS_DEFINITION'] };

describe('a user who is asking all the time sees nothing after', () => {
  let house: House;

  beforeAll(async () => {
    const program = await startProgram({ args: [...FREE_PORTS, '--method', 'basic', '--memory'] });
    const boss = basic('demo', 'demo');
    house = new House(program, boss, await deploy(program, boss, 'curtain-call'));
  });
  afterAll(() => house.program.stop());

  it('his grant was removed', async () => {
    const { name, headers } = await house.newUser();
    const key = await house.grant('USER', name);
    await house.seesNothingAfter(headers, () => house.do('DELETE', `/v2/authorizations/${key}`));
  });

  it('his grant was changed into one on something else', async () => {
    const { name, headers } = await house.newUser();
    const key = await house.grant('USER', name);
    await house.seesNothingAfter(headers, () =>
      house.do('PUT', `/v2/authorizations/${key}`, {
        ...READ,
        ownerType: 'USER',
        ownerId: name,
        resourceId: 'another',
      }),
    );
  });

  it('his grant was changed into one of somebody else', async () => {
    const [{ name, headers }, other] = [await house.newUser(), await house.newUser()];
    const key = await house.grant('USER', name);
    await house.seesNothingAfter(headers, () =>
      house.do('PUT', `/v2/authorizations/${key}`, {
        ...READ,
        ownerType: 'USER',
        ownerId: other.name,
        resourceId: '*',
      }),
    );
    expect(await house.sees(other.headers)).toBe(true);
  });

  it('a role was taken from him', async () => {
    const [{ name, headers }, role] = [await house.newUser(), await house.newRole()];
    await house.grant('ROLE', role);
    await house.do('PUT', `/v2/roles/${role}/users/${name}`);
    await house.seesNothingAfter(headers, () => house.do('DELETE', `/v2/roles/${role}/users/${name}`));
  });

  it('the grant of his role was removed', async () => {
    const [{ name, headers }, role] = [await house.newUser(), await house.newRole()];
    const key = await house.grant('ROLE', role);
    await house.do('PUT', `/v2/roles/${role}/users/${name}`);
    await house.seesNothingAfter(headers, () => house.do('DELETE', `/v2/authorizations/${key}`));
  });

  it('his role was removed', async () => {
    const [{ name, headers }, role] = [await house.newUser(), await house.newRole()];
    await house.grant('ROLE', role);
    await house.do('PUT', `/v2/roles/${role}/users/${name}`);
    await house.seesNothingAfter(headers, () => house.do('DELETE', `/v2/roles/${role}`));
    await house.do('POST', '/v2/roles', { roleId: role, name: 'a new one of the same name' });
    await house.do('PUT', `/v2/roles/${role}/users/${name}`);
    expect(await house.sees(headers)).toBe(false);
  });

  it('he was taken out of a group', async () => {
    const [{ name, headers }, group] = [await house.newUser(), await house.newGroup()];
    await house.grant('GROUP', group);
    await house.do('PUT', `/v2/groups/${group}/users/${name}`);
    await house.seesNothingAfter(headers, () => house.do('DELETE', `/v2/groups/${group}/users/${name}`));
  });

  it('a role was taken from his group', async () => {
    const [{ name, headers }, group, role] = [await house.newUser(), await house.newGroup(), await house.newRole()];
    await house.grant('ROLE', role);
    await house.do('PUT', `/v2/groups/${group}/users/${name}`);
    await house.do('PUT', `/v2/roles/${role}/groups/${group}`);
    await house.seesNothingAfter(headers, () => house.do('DELETE', `/v2/roles/${role}/groups/${group}`));
  });

  it('his group was removed', async () => {
    const [{ name, headers }, group] = [await house.newUser(), await house.newGroup()];
    await house.grant('GROUP', group);
    await house.do('PUT', `/v2/groups/${group}/users/${name}`);
    await house.seesNothingAfter(headers, () => house.do('DELETE', `/v2/groups/${group}`));
    await house.do('POST', '/v2/groups', { groupId: group, name: 'a new one of the same name' });
    await house.do('PUT', `/v2/groups/${group}/users/${name}`);
    expect(await house.sees(headers)).toBe(false);
  });

  it('he was removed, though another of his name and password comes', async () => {
    const { name, headers } = await house.newUser();
    await house.grant('USER', name);
    await house.seesNothingAfter(headers, () => house.do('DELETE', `/v2/users/${name}`));
    expect((await ask(house.program, '/v2/topology', { as: headers })).status).toBe(401);
    await house.do('POST', '/v2/users', { username: name, password: 'a password' });
    expect((await ask(house.program, '/v2/topology', { as: headers })).status).toBe(200);
    expect(await house.sees(headers)).toBe(false);
  });

  it('his password was changed, but with the new one', async () => {
    const { name, headers } = await house.newUser();
    await house.grant('USER', name);
    await house.seesNothingAfter(headers, () => house.do('PUT', `/v2/users/${name}`, { password: 'another password' }));
    expect((await ask(house.program, '/v2/topology', { as: headers })).status).toBe(401);
    expect(await house.sees(basic(name, 'another password'))).toBe(true);
  });
});

describe('a client that is asking all the time sees nothing after', () => {
  let house: House;

  beforeAll(async () => {
    const program = await startProgram({
      args: [...FREE_PORTS, '--method', 'oidc', '--memory'],
      yaml: `
stagedoor.clients: [{ id: boss, secret: a-long-and-random-secret-of-the-boss }]
camunda.security.initialization.default-roles.admin.clients: [boss]
`,
    });
    const token = await tokenOf(program.issuer, {
      clientId: 'boss',
      clientSecret: 'a-long-and-random-secret-of-the-boss',
    });
    house = new House(program, bearer(token), await deploy(program, bearer(token), 'curtain-call'));
  });
  afterAll(() => house.program.stop());

  async function newClient(): Promise<{ id: string; headers: Credentials }> {
    const made = await command(house.program, ['client', 'create', '--name', 'x', '--no-grants', '--json']);
    const client: Client = JSON.parse(made);
    return { id: client.clientId, headers: bearer(await tokenOf(house.program.issuer, client)) };
  }

  it('its grant was removed', async () => {
    const { id, headers } = await newClient();
    const key = await house.grant('CLIENT', id);
    await house.seesNothingAfter(headers, () => house.do('DELETE', `/v2/authorizations/${key}`));
  });

  it('a role was taken from it', async () => {
    const [{ id, headers }, role] = [await newClient(), await house.newRole()];
    await house.grant('ROLE', role);
    await house.do('PUT', `/v2/roles/${role}/clients/${id}`);
    await house.seesNothingAfter(headers, () => house.do('DELETE', `/v2/roles/${role}/clients/${id}`));
  });

  it('it was taken out of a group', async () => {
    const [{ id, headers }, group] = [await newClient(), await house.newGroup()];
    await house.grant('GROUP', group);
    await house.do('PUT', `/v2/groups/${group}/clients/${id}`);
    await house.seesNothingAfter(headers, () => house.do('DELETE', `/v2/groups/${group}/clients/${id}`));
  });

  it('it was removed', async () => {
    const { id, headers } = await newClient();
    await house.grant('CLIENT', id);
    await house.seesNothingAfter(headers, () => command(house.program, ['client', 'delete', id]));
    expect((await ask(house.program, '/v2/topology', { as: headers })).status).toBe(401);
  });
});

describe('somebody whom a foreign issuer describes sees nothing after', () => {
  let issuer: ForeignIssuer;
  let house: House;

  beforeAll(async () => {
    issuer = await openForeignIssuer();
    const program = await startProgram({
      args: [...FREE_PORTS, '--method', 'oidc', '--memory'],
      yaml: `
camunda.security.authentication.oidc:
  issuer-uri: ${issuer.origin}
  audiences: [the-cluster]
  username-claim: preferred_username
  client-id-claim: client_id
camunda.security.initialization.default-roles.admin.users: [boss]
`,
    });
    const boss = bearer(issuer.token({ aud: 'the-cluster', preferred_username: 'boss' }));
    house = new House(program, boss, await deploy(program, boss, 'curtain-call'));
  });
  afterAll(() => Promise.all([issuer.close(), house.program.stop()]));

  /** A mapping rule for one claim, and somebody who comes with it in a token that stays good all the time. */
  async function newRule(): Promise<{ rule: object; path: string; id: string; headers: Credentials }> {
    const id = house.newName();
    const rule = { mappingRuleId: id, name: id, claimName: 'department', claimValue: `of ${id}` };
    await house.do('POST', '/v2/mapping-rules', rule);
    const claims = {
      aud: 'the-cluster',
      preferred_username: `user of ${id}`.replaceAll(' ', '-'),
      department: `of ${id}`,
    };
    return { rule, path: `/v2/mapping-rules/${id}`, id, headers: bearer(issuer.token(claims)) };
  }

  it('the mapping rule that had the grant was removed', async () => {
    const { id, path, headers } = await newRule();
    await house.grant('MAPPING_RULE', id);
    await house.seesNothingAfter(headers, () => house.do('DELETE', path));
  });

  it.each([
    ['value', { claimValue: 'of nobody' }],
    ['claim', { claimName: 'ministry' }],
  ])('the mapping rule asks for another %s', async (_, change) => {
    const { id, rule, path, headers } = await newRule();
    await house.grant('MAPPING_RULE', id);
    await house.seesNothingAfter(headers, () =>
      house.do('PUT', path, { ...rule, mappingRuleId: undefined, ...change }),
    );
  });

  it('the grant of the mapping rule was removed', async () => {
    const { id, headers } = await newRule();
    const key = await house.grant('MAPPING_RULE', id);
    await house.seesNothingAfter(headers, () => house.do('DELETE', `/v2/authorizations/${key}`));
  });

  it('a role was taken from the mapping rule', async () => {
    const [{ id, headers }, role] = [await newRule(), await house.newRole()];
    await house.grant('ROLE', role);
    await house.do('PUT', `/v2/roles/${role}/mapping-rules/${id}`);
    await house.seesNothingAfter(headers, () => house.do('DELETE', `/v2/roles/${role}/mapping-rules/${id}`));
  });

  it('the mapping rule was taken out of a group', async () => {
    const [{ id, headers }, group] = [await newRule(), await house.newGroup()];
    await house.grant('GROUP', group);
    await house.do('PUT', `/v2/groups/${group}/mapping-rules/${id}`);
    await house.seesNothingAfter(headers, () => house.do('DELETE', `/v2/groups/${group}/mapping-rules/${id}`));
  });

  it('the grant of the user whom it names was removed', async () => {
    const headers = bearer(issuer.token({ aud: 'the-cluster', preferred_username: 'scarpia' }));
    const key = await house.grant('USER', 'scarpia');
    await house.seesNothingAfter(headers, () => house.do('DELETE', `/v2/authorizations/${key}`));
  });
});

describe('where tenants are told apart, a user who is asking all the time sees nothing after', () => {
  let house: House;

  beforeAll(async () => {
    const program = await startProgram({
      args: [...FREE_PORTS, '--method', 'basic', '--memory'],
      yaml: 'camunda.security.multi-tenancy.checks-enabled: true',
    });
    const boss = basic('demo', 'demo');
    await done(program, '/v2/tenants', { as: boss, method: 'POST', body: { tenantId: 'opera', name: 'Opera' } });
    await done(program, '/v2/tenants/opera/users/demo', { as: boss, method: 'PUT' });
    house = new House(program, boss, await deploy(program, boss, 'curtain-call', 'opera'));
  });
  afterAll(() => house.program.stop());

  async function newReader(): Promise<{ name: string; headers: Credentials }> {
    const user = await house.newUser();
    await house.grant('USER', user.name);
    expect(await house.sees(user.headers)).toBe(false);
    return user;
  }

  it('he was taken out of the tenant', async () => {
    const { name, headers } = await newReader();
    await house.do('PUT', `/v2/tenants/opera/users/${name}`);
    await house.seesNothingAfter(headers, () => house.do('DELETE', `/v2/tenants/opera/users/${name}`));
  });

  it('his group was taken out of the tenant', async () => {
    const [{ name, headers }, group] = [await newReader(), await house.newGroup()];
    await house.do('PUT', `/v2/groups/${group}/users/${name}`);
    await house.do('PUT', `/v2/tenants/opera/groups/${group}`);
    await house.seesNothingAfter(headers, () => house.do('DELETE', `/v2/tenants/opera/groups/${group}`));
  });

  it('his role was taken out of the tenant', async () => {
    const [{ name, headers }, role] = [await newReader(), await house.newRole()];
    await house.do('PUT', `/v2/roles/${role}/users/${name}`);
    await house.do('PUT', `/v2/tenants/opera/roles/${role}`);
    await house.seesNothingAfter(headers, () => house.do('DELETE', `/v2/tenants/opera/roles/${role}`));
  });

  it('the tenant was removed', async () => {
    const { name, headers } = await newReader();
    await house.do('PUT', `/v2/tenants/opera/users/${name}`);
    await house.seesNothingAfter(headers, () => house.do('DELETE', '/v2/tenants/opera'));
  });
});
