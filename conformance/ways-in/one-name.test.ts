import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { basic, bearer, type Client, tokenOf } from '../program/credentials.ts';
import { command, runCommandLine } from '../program/run-command-line.ts';
import { FREE_PORTS, type Program, refusedStart, startProgram } from '../program/start-program.ts';
import { type ForeignIssuer, openForeignIssuer } from './foreign-issuer.ts';

const SEARCH = { method: 'POST', body: '{}' } as const;
const READ = ['--resource', 'PROCESS_DEFINITION', '--permission', 'READ_PROCESS_INSTANCE'];

async function searches(program: Program, headers: Record<string, string>): Promise<number> {
  const all = { ...headers, 'content-type': 'application/json' };
  const answer = await fetch(`${program.rest}/v1/process-instances/search`, { ...SEARCH, headers: all });
  await answer.arrayBuffer();
  return answer.status;
}

/** What a command says that has to be refused. */
async function refusal(program: Program, args: readonly string[], input = ''): Promise<string> {
  const ran = await runCommandLine([...args, '--data', program.data], { directory: program.directory, input });
  expect([ran.code, ran.stdout]).toEqual([1, '']);
  expect(ran.stderr).toMatch(/^stagedoor: [^\n]+\n$/);
  return ran.stderr;
}

describe('the name of a user', () => {
  let program: Program;
  beforeAll(async () => {
    program = await startProgram({ args: [...FREE_PORTS, '--method', 'basic', '--memory'] });
  });
  afterAll(() => program.stop());

  it('is refused to a client, on the command line and at Administration', async () => {
    expect(await refusal(program, ['client', 'create', '--name', 'x', '--id', 'demo'])).toContain(
      'a user with this username already exists',
    );
    expect(await command(program, ['client', 'list', '--json'])).toBe('[]\n');
  });

  it('is refused to a user where a client has it, or a deleted client had it', async () => {
    await command(program, ['client', 'create', '--name', 'x', '--id', 'singer']);
    expect(await refusal(program, ['user', 'create', 'singer', '--password-stdin'], 'a password')).toContain(
      'a client with this id already exists',
    );
    await command(program, ['client', 'delete', 'singer']);
    expect(await refusal(program, ['user', 'create', 'singer', '--password-stdin'], 'a password')).toContain(
      'a client with this id has existed',
    );
    expect(await refusal(program, ['client', 'create', '--name', 'x', '--id', 'singer'])).toContain(
      'was used by a client that was deleted',
    );
    expect((await fetch(`${program.rest}/v2/topology`, { headers: basic('singer', 'a password') })).status).toBe(401);
  });

  it('is refused over HTTP too: a user of the name of a client, or of one that was deleted', async () => {
    await command(program, ['client', 'create', '--name', 'x', '--id', 'juggler']);
    await command(program, ['client', 'create', '--name', 'x', '--id', 'acrobat']);
    await command(program, ['client', 'delete', 'acrobat']);
    for (const username of ['juggler', 'acrobat']) {
      const answer = await fetch(`${program.rest}/v2/users`, {
        method: 'POST',
        headers: { ...basic('demo', 'demo'), 'content-type': 'application/json' },
        body: JSON.stringify({ username, password: 'a password' }),
      });
      expect([username, answer.status]).toEqual([username, 409]);
      expect((await fetch(`${program.rest}/v2/topology`, { headers: basic(username, 'a password') })).status).toBe(401);
    }
  });

  it('is no place for the grants of a client, and the other way round', async () => {
    await command(program, ['client', 'create', '--name', 'x', '--id', 'dancer', '--no-grants']);
    expect(await refusal(program, ['grant', 'add', '--owner', 'user:dancer', ...READ])).toContain('dancer');
    await command(program, ['user', 'create', 'chorist', '--password-stdin'], 'a password');
    await command(program, ['grant', 'add', '--owner', 'client:chorist', ...READ]);
    expect(await searches(program, basic('chorist', 'a password'))).toBe(403);
    await command(program, ['grant', 'add', '--owner', 'user:chorist', ...READ]);
    expect(await searches(program, basic('chorist', 'a password'))).toBe(200);
  });
});

describe('the name of a user in the configuration', () => {
  it('is refused to a client of the same configuration', async () => {
    const yaml = 'stagedoor.clients: [{ id: demo, secret: long-and-random }]';
    const { code, stderr } = await refusedStart({ args: [...FREE_PORTS, '--method', 'basic', '--memory'], yaml });
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('stagedoor.clients[0].id (application.yaml:1) is the name of a user as well'),
    ]);
  });

  it.each([
    [
      'client',
      ['user', 'create', 'alice', '--password-stdin'],
      'stagedoor.clients: [{ id: alice, secret: long-and-random }]',
    ],
    [
      'user',
      ['client', 'create', '--name', 'x', '--id', 'alice'],
      'camunda.security.initialization.users: [{ username: alice, password: long-and-random }]',
    ],
  ] as const)('is refused to a %s where the records have it otherwise, in one sentence', async (_, before, yaml) => {
    const program = await startProgram({ args: [...FREE_PORTS, '--method', 'basic', '--data', './data'] });
    await command(program, before, 'a password');
    program.child.kill('SIGTERM');
    await new Promise((resolve) => program.child.once('exit', resolve));
    const { code, stderr } = await refusedStart({
      args: [...FREE_PORTS, '--method', 'basic', '--data', program.data],
      yaml,
    });
    expect([code, stderr.split('\n').filter((line) => line.startsWith('stagedoor:'))]).toEqual([
      1,
      [expect.stringMatching(/alice/)],
    ]);
    expect(stderr).not.toMatch(/^ {4}at /m);
    await program.stop();
  });
});

describe('a client that calls itself as an administrator is called', () => {
  let program: Program;
  beforeAll(async () => {
    // `demo` and the client `orchestration` are administrators of this profile; nobody of these names is recorded.
    program = await startProgram({ args: [...FREE_PORTS, '--profile', 'docker-compose-full', '--memory'] });
  });
  afterAll(() => program.stop());

  it('is a client, and no administrator', async () => {
    const client: Client = JSON.parse(
      await command(program, ['client', 'create', '--name', 'x', '--id', 'demo', '--no-grants', '--json']),
    );
    const headers = bearer(await tokenOf(program.issuer, client));
    expect(await searches(program, headers)).toBe(403);
    const me = await (await fetch(`${program.rest}/v2/authentication/me`, { headers })).json();
    expect(me).toMatchObject({ username: 'demo', roles: [], authorizedComponents: [] });
  });
});

describe('one name of a foreign issuer, as a user and as a client', () => {
  let issuer: ForeignIssuer;
  let program: Program;

  beforeAll(async () => {
    issuer = await openForeignIssuer();
    program = await startProgram({
      args: [...FREE_PORTS, '--method', 'oidc', '--memory'],
      yaml: `
camunda.security.authentication.oidc:
  issuer-uri: ${issuer.origin}
  audiences: [the-cluster]
  username-claim: preferred_username
  client-id-claim: client_id
camunda.security.initialization.authorizations:
  - { ownerType: USER, ownerId: alice, resourceType: PROCESS_DEFINITION, resourceId: "*", permissions: [READ_PROCESS_INSTANCE] }
`,
    });
    expect(program.issuer).toBeNull();
  });
  afterAll(() => Promise.all([issuer.close(), program.stop()]));

  const claims = (more: object) => ({ aud: 'the-cluster', sub: 'subject', ...more });

  it('has the grants of the user where the token names a user', async () => {
    expect(await searches(program, bearer(issuer.token(claims({ preferred_username: 'alice' }))))).toBe(200);
  });

  it('has none of them where it names a client, alone or beside the user', async () => {
    expect(await searches(program, bearer(issuer.token(claims({ client_id: 'alice' }))))).toBe(403);
    expect(
      await searches(program, bearer(issuer.token(claims({ client_id: 'alice', preferred_username: 'alice' })))),
    ).toBe(403);
  });

  it('is nobody where it stands in another claim only', async () => {
    expect(await searches(program, bearer(issuer.token(claims({ sub: 'alice' }))))).toBe(401);
    expect(await searches(program, bearer(issuer.token(claims({ azp: 'alice', name: 'alice' }))))).toBe(401);
  });

  it('is refused in a token of the embedded issuer, which is not trusted beside it unless it is listed', async () => {
    const other = await startProgram({ args: [...FREE_PORTS, '--method', 'oidc', '--memory'] });
    const client: Client = JSON.parse(
      await command(other, ['client', 'create', '--name', 'x', '--id', 'alice', '--json']),
    );
    expect(await searches(program, bearer(await tokenOf(other.issuer, client)))).toBe(401);
    await other.stop();
  });
});

describe('two issuers', () => {
  const two = (more: string) => `
camunda.security.authentication:
  method: oidc
  providers.oidc:
    one: { issuer-uri: "https://one.example.com", audiences: [a] }
    two: { issuer-uri: "https://two.example.com", audiences: [a] }
${more}`;

  it('that speak for the same names refuse the start, unless somebody says so', async () => {
    const { code, stderr } = await refusedStart({ args: [...FREE_PORTS, '--memory'], yaml: two('') });
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/both speak for the same names of users and clients: .*stagedoor\.oidc\.shared-names/),
    ]);
    const program = await startProgram({
      args: [...FREE_PORTS, '--memory'],
      yaml: two('stagedoor.oidc.shared-names: true'),
    });
    expect(program.method).toBe('oidc');
    await program.stop();
  });

  it('of which one is the embedded one refuse it too', async () => {
    const yaml = two('').replace('https://two.example.com', 'http://localhost:18080');
    const { code, stderr } = await refusedStart({ args: ['--port', '0', '--management-port', '0', '--memory'], yaml });
    expect([code, stderr]).toEqual([1, expect.stringContaining('stagedoor.oidc.shared-names')]);
  });
});
