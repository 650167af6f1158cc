import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { basic, bearer, type Client, requestToken, tokenOf } from '../program/credentials.ts';
import { command } from '../program/run-command-line.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';

/** Every test has names of its own, so that one program serves them all. */
let count = 0;
function newName(): string {
  count += 1;
  return `player${count}`;
}

async function statusOf(program: Program, path: string, headers: Record<string, string>): Promise<number> {
  const search = path.endsWith('/search');
  const answer = await fetch(`${program.rest}${path}`, {
    method: search ? 'POST' : 'GET',
    headers: search ? { ...headers, 'content-type': 'application/json' } : headers,
    ...(search ? { body: '{}' } : {}),
  });
  await answer.arrayBuffer();
  return answer.status;
}

const TOPOLOGY = '/v2/topology';
const SEARCH = '/v1/process-instances/search';
const READ = ['--resource', 'PROCESS_DEFINITION', '--permission', 'READ_PROCESS_INSTANCE'];

async function grantRead(program: Program, owner: string): Promise<string> {
  const added = JSON.parse(await command(program, ['grant', 'add', '--owner', owner, ...READ, '--json']));
  return added.authorizationKey;
}

describe('credentials that were just verified, with Basic', () => {
  let program: Program;

  beforeAll(async () => {
    program = await startProgram({ args: [...FREE_PORTS, '--method', 'basic', '--memory'] });
  });
  afterAll(() => program.stop());

  async function warmUser(password = 'the first password'): Promise<{ name: string; headers: Record<string, string> }> {
    const name = newName();
    await command(program, ['user', 'create', name, '--password-stdin'], password);
    const headers = basic(name, password);
    for (let time = 0; time < 3; time++) expect(await statusOf(program, TOPOLOGY, headers)).toBe(200);
    return { name, headers };
  }

  it('are refused with the next request once the user is deleted', async () => {
    const { name, headers } = await warmUser();
    await command(program, ['user', 'delete', name]);
    expect(await statusOf(program, TOPOLOGY, headers)).toBe(401);
  });

  it('are refused with the next request once the password is another, which opens', async () => {
    const { name, headers } = await warmUser();
    await command(program, ['user', 'passwd', name, '--password-stdin'], 'the second password');
    expect(await statusOf(program, TOPOLOGY, headers)).toBe(401);
    expect(await statusOf(program, TOPOLOGY, basic(name, 'the second password'))).toBe(200);
  });

  it('no longer open what a removed grant opened', async () => {
    const { name, headers } = await warmUser();
    expect(await statusOf(program, SEARCH, headers)).toBe(403);
    const key = await grantRead(program, `user:${name}`);
    expect(await statusOf(program, SEARCH, headers)).toBe(200);
    await command(program, ['grant', 'remove', key]);
    expect(await statusOf(program, SEARCH, headers)).toBe(403);
  });

  it('of a deleted user share nothing with a new one of the same name and password', async () => {
    const { name, headers } = await warmUser();
    await grantRead(program, `user:${name}`);
    expect(await statusOf(program, SEARCH, headers)).toBe(200);
    await command(program, ['user', 'delete', name]);
    await command(program, ['user', 'create', name, '--password-stdin'], 'the first password');
    expect(await statusOf(program, TOPOLOGY, headers)).toBe(200);
    expect(await statusOf(program, SEARCH, headers)).toBe(403);
  });
});

describe.each(['/api/login', '/login'])('a session of %s', (login) => {
  let program: Program;

  beforeAll(async () => {
    program = await startProgram({ args: [...FREE_PORTS, '--method', 'basic', '--memory'] });
  });
  afterAll(() => program.stop());

  async function warmSession(): Promise<{ name: string; headers: Record<string, string> }> {
    const name = newName();
    await command(program, ['user', 'create', name, '--password-stdin'], 'a password');
    const body = new URLSearchParams({ username: name, password: 'a password' });
    const answer = await fetch(`${program.rest}${login}`, { method: 'POST', body });
    expect(answer.status).toBe(204);
    const cookie = answer.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '';
    const headers = { cookie };
    expect(await statusOf(program, TOPOLOGY, headers)).toBe(200);
    return { name, headers };
  }

  it('ends with the user', async () => {
    const { name, headers } = await warmSession();
    await command(program, ['user', 'delete', name]);
    expect(await statusOf(program, TOPOLOGY, headers)).toBe(401);
  });

  it('ends with the password', async () => {
    const { name, headers } = await warmSession();
    await command(program, ['user', 'passwd', name, '--password-stdin'], 'another password');
    expect(await statusOf(program, TOPOLOGY, headers)).toBe(401);
  });

  it('ends with the password, though the new one be the old one', async () => {
    const { name, headers } = await warmSession();
    await command(program, ['user', 'passwd', name, '--password-stdin'], 'a password');
    expect(await statusOf(program, TOPOLOGY, headers)).toBe(401);
  });

  it('of a deleted user is not taken over by a new one of his name', async () => {
    const { name, headers } = await warmSession();
    await command(program, ['user', 'delete', name]);
    await command(program, ['user', 'create', name, '--password-stdin'], 'a password');
    expect(await statusOf(program, TOPOLOGY, headers)).toBe(401);
  });

  it('ends with the logout, also for a copy of its cookie', async () => {
    const { headers } = await warmSession();
    const logout = await fetch(`${program.rest}/logout`, { method: 'POST', headers });
    expect(logout.status).toBe(204);
    expect(await statusOf(program, TOPOLOGY, headers)).toBe(401);
  });

  it('no longer opens what a removed grant opened', async () => {
    const { name, headers } = await warmSession();
    const search = `/v1/process-definitions/${'1'.repeat(16)}`;
    expect(await statusOf(program, search, headers)).toBe(403);
    const added = await command(program, [
      'grant',
      'add',
      '--owner',
      `user:${name}`,
      '--resource',
      'PROCESS_DEFINITION',
      '--permission',
      'READ_PROCESS_DEFINITION',
      '--json',
    ]);
    expect(await statusOf(program, search, headers)).toBe(404);
    await command(program, ['grant', 'remove', JSON.parse(added).authorizationKey]);
    expect(await statusOf(program, search, headers)).toBe(403);
  });
});

describe('a token that was just verified', () => {
  let program: Program;

  beforeAll(async () => {
    program = await startProgram({ args: [...FREE_PORTS, '--method', 'oidc', '--memory'] });
  });
  afterAll(() => program.stop());

  async function newClient(...options: string[]): Promise<Client> {
    return JSON.parse(await command(program, ['client', 'create', '--name', newName(), '--json', ...options]));
  }

  async function warmToken(client: Client): Promise<Record<string, string>> {
    const headers = bearer(await tokenOf(program.issuer, client));
    for (let time = 0; time < 3; time++) expect(await statusOf(program, TOPOLOGY, headers)).toBe(200);
    return headers;
  }

  it('is refused with the next request once its client is deleted, at every API', async () => {
    const client = await newClient();
    const headers = await warmToken(client);
    expect(await statusOf(program, '/admin-api/clusters', headers)).toBe(200);
    await command(program, ['client', 'delete', client.clientId]);
    for (const path of [
      TOPOLOGY,
      '/v1/topology',
      SEARCH,
      '/operate/v1/process-instances/search',
      '/admin-api/clusters',
      `/clusters/${program.clusterId}/clients`,
    ]) {
      expect([path, await statusOf(program, path, headers)]).toEqual([path, 401]);
    }
    expect((await requestToken(program.issuer, client)).status).toBe(401);
  });

  it('no longer opens what a removed grant opened', async () => {
    const client = await newClient('--no-grants');
    const headers = await warmToken(client);
    expect(await statusOf(program, SEARCH, headers)).toBe(403);
    const key = await grantRead(program, `client:${client.clientId}`);
    expect(await statusOf(program, SEARCH, headers)).toBe(200);
    await command(program, ['grant', 'remove', key]);
    expect(await statusOf(program, SEARCH, headers)).toBe(403);
  });

  it('is no help to a secret that was rotated without overlap', async () => {
    const client = await newClient();
    await warmToken(client);
    const rotated = JSON.parse(
      await command(program, ['client', 'rotate', client.clientId, '--overlap', '0s', '--json']),
    );
    expect((await requestToken(program.issuer, client)).status).toBe(401);
    expect((await requestToken(program.issuer, rotated)).status).toBe(200);
  });

  it('leaves both secrets to work during an overlap, and the oldest of three to none', async () => {
    const first = await newClient();
    const second = JSON.parse(
      await command(program, ['client', 'rotate', first.clientId, '--overlap', '1h', '--json']),
    );
    expect((await requestToken(program.issuer, first)).status).toBe(200);
    expect((await requestToken(program.issuer, second)).status).toBe(200);
    const third = JSON.parse(await command(program, ['client', 'rotate', first.clientId, '--overlap', '1h', '--json']));
    expect((await requestToken(program.issuer, first)).status).toBe(401);
    expect((await requestToken(program.issuer, second)).status).toBe(200);
    expect((await requestToken(program.issuer, third)).status).toBe(200);
  });

  it('is refused once the client is deleted by the Administration API', async () => {
    const [admin, victim] = [await newClient(), await newClient()];
    const headers = await warmToken(victim);
    const deleted = await fetch(`${program.rest}/clusters/${program.clusterId}/clients/${victim.clientId}`, {
      method: 'DELETE',
      headers: bearer(await tokenOf(program.issuer, admin, 'api.cloud.camunda.io')),
    });
    expect(deleted.status).toBeLessThan(300);
    expect(await statusOf(program, TOPOLOGY, headers)).toBe(401);
  });
});
