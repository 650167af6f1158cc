import { describe, expect, it } from 'vitest';
import { ControlClient } from '../src/control/control-client.ts';
import { OperatorError } from '../src/operator-error.ts';
import { InMemoryUseCases } from './in-memory-use-cases.ts';
import { run } from './run-command.ts';
import { runningProgram } from './running-program.ts';
import { temporaryDirectory } from './temporary-directory.ts';

describe('stagedoor client', () => {
  it('create prints exactly the members of the contract with --json', async () => {
    const { directory } = await runningProgram();
    const ran = await run([
      'client',
      'create',
      '--name',
      'reader',
      '--scope',
      'operate',
      '--scope',
      'zeebe',
      '--expires',
      '30d',
      '--data',
      directory.path,
      '--json',
    ]);
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out).toBe(
      '{"clientId":"generated-id","clientSecret":"canary-secret","name":"reader","scopes":["operate","zeebe"],"audiences":["operate.camunda.io","operate-api","zeebe.camunda.io","zeebe-api"],"expires":"2026-12-23T10:00:00.000Z"}\n',
    );
  });

  it('create asks for every scope and for grants, unless told otherwise', async () => {
    const { directory, useCases } = await runningProgram();
    await run(['client', 'create', '--name', 'a', '--data', directory.path]);
    await run(['client', 'create', '--name', 'b', '--id', 'own', '--no-grants', '--data', directory.path]);
    expect(useCases.calls.map((call) => call.input)).toEqual([
      { name: 'a', grants: true },
      { name: 'b', id: 'own', grants: false },
    ]);
  });

  it('create shows the secret once and says so', async () => {
    const { directory } = await runningProgram();
    const ran = await run(['client', 'create', '--name', 'reader', '--data', directory.path]);
    expect(ran.out.match(/canary-secret/g)).toHaveLength(1);
    expect(ran.out).toContain('The secret is shown this once and cannot be read again');
    const listed = await run(['client', 'list', '--data', directory.path]);
    expect(listed.out).not.toContain('canary-secret');
  });

  it('create --env prints every variable of the contract, and its note elsewhere', async () => {
    const { directory } = await runningProgram();
    const ran = await run(['client', 'create', '--name', 'reader', '--env', '--data', directory.path]);
    expect(ran.out.split('\n')).toEqual([
      "export CLIENT_ID='generated-id'",
      "export CLIENT_SECRET='canary-secret'",
      "export CLIENT_ID_OC='orchestration'",
      "export CAMUNDA_CLIENT_ID='generated-id'",
      "export CAMUNDA_CLIENT_SECRET='canary-secret'",
      "export CAMUNDA_OAUTH_URL='http://localhost:18080/oauth/token'",
      "export CAMUNDA_TOKEN_AUDIENCE='orchestration'",
      "export CAMUNDA_AUTH_STRATEGY='OAUTH'",
      "export CAMUNDA_REST_ADDRESS='http://localhost:8080'",
      "export CAMUNDA_OPERATE_BASE_URL='http://localhost:8080'",
      "export CAMUNDA_BASE_URL='http://localhost:8080'",
      "export BASE_URL='http://localhost:8080/v2'",
      "export ZEEBE_REST_ADDRESS='http://localhost:8080'",
      "export ZEEBE_CLIENT_ID='generated-id'",
      "export ZEEBE_CLIENT_SECRET='canary-secret'",
      "export ZEEBE_AUTHORIZATION_SERVER_URL='http://localhost:18080/oauth/token'",
      "export CLUSTER_ID='6f1c2f9a-58b3-4b0a-9c1e-0e6f2a1f0d11'",
      "export REGION='local'",
      '',
    ]);
    expect(ran.err).toBe('client generated-id was created; its secret is only in these lines\n');
  });

  it('create --env names the CA of a program that has one of its own', async () => {
    const { directory } = await runningProgram({ authority: '/tls/ca.pem' });
    const ran = await run(['client', 'create', '--name', 'reader', '--env', '--data', directory.path]);
    expect(ran.out).toMatch(/^export CAMUNDA_CA_CERTIFICATE_PATH='\/tls\/ca\.pem'$/m);
  });

  it('create --env says which audience a client without the scope orchestration does not get', async () => {
    const { directory } = await runningProgram();
    const ran = await run([
      'client',
      'create',
      '--name',
      'reader',
      '--scope',
      'operate',
      '--env',
      '--data',
      directory.path,
    ]);
    expect(ran.err).toContain('no scope orchestration');
  });

  it('create --env creates nothing where no program runs, or where tokens come from elsewhere', async () => {
    const idle = await run(['client', 'create', '--name', 'reader', '--env', '--data', temporaryDirectory()]);
    expect(idle).toMatchObject({ code: 1, out: '' });
    expect(idle.err).toContain('--env needs the addresses of a running program');
    const { directory, useCases } = await runningProgram({ issuer: null });
    const foreign = await run(['client', 'create', '--name', 'reader', '--env', '--data', directory.path]);
    expect([foreign.code, foreign.out, useCases.clients.size]).toEqual([1, '', 0]);
  });

  it('list prints a table, or JSON', async () => {
    const { directory } = await runningProgram();
    await run([
      'client',
      'create',
      '--name',
      'a reader',
      '--id',
      'reader',
      '--scope',
      'operate',
      '--data',
      directory.path,
    ]);
    const table = await run(['client', 'list', '--data', directory.path]);
    expect(table.out).toBe(
      [
        'CLIENT ID  NAME      SCOPES   AUTHENTICATES WITH  CREATED                   EXPIRES',
        'reader     a reader  operate  secret              2026-11-23T10:00:00.000Z  never',
        '',
      ].join('\n'),
    );
    const json = await run(['client', 'list', '--json', '--data', directory.path]);
    expect(JSON.parse(json.out)).toMatchObject([{ clientId: 'reader', name: 'a reader', expires: null }]);
  });

  it('rotate keeps both secrets for a day, or for as long as it is told', async () => {
    const { directory, useCases } = await runningProgram();
    await run(['client', 'create', '--name', 'a', '--id', 'reader', '--data', directory.path]);
    const ran = await run(['client', 'rotate', 'reader', '--data', directory.path]);
    expect(ran.out).toContain('The old one works until 2026-11-24T10:00:00.000Z');
    const none = await run(['client', 'rotate', 'reader', '--overlap', '0s', '--data', directory.path]);
    expect(none.out).toContain('The old one no longer works');
    const json = await run(['client', 'rotate', 'reader', '--overlap', 'PT1H', '--json', '--data', directory.path]);
    expect(JSON.parse(json.out)).toMatchObject({ clientSecret: 'second-secret' });
    expect(useCases.calls.slice(1).map((call) => call.input)).toEqual([
      { id: 'reader', overlapSeconds: 86_400 },
      { id: 'reader', overlapSeconds: 0 },
      { id: 'reader', overlapSeconds: 3600 },
    ]);
  });

  it('delete says what it did, and refuses what is not there', async () => {
    const { directory } = await runningProgram();
    await run(['client', 'create', '--name', 'a', '--id', 'reader', '--data', directory.path]);
    expect(await run(['client', 'delete', 'reader', '--data', directory.path])).toMatchObject({ code: 0, err: '' });
    const again = await run(['client', 'delete', 'reader', '--data', directory.path]);
    expect(again).toMatchObject({ code: 1, out: '', err: 'stagedoor: there is no such client\n' });
  });

  it('works on the data directory itself where nothing runs', async () => {
    const useCases = new InMemoryUseCases();
    const openUseCases = async () => ({ useCases, close: async () => undefined });
    const controlClient = async (dataDirectory: string) =>
      new ControlClient({ dataDirectory, openUseCases, wait: async () => undefined });
    const ran = await run(['client', 'create', '--name', 'reader', '--data', temporaryDirectory(), '--json'], {
      controlClient,
    });
    expect([ran.code, useCases.clients.size]).toEqual([0, 1]);
  });
});

describe('stagedoor grant', () => {
  it('add, list and remove speak of owners and resources as the command line does', async () => {
    const { directory } = await runningProgram();
    const data = ['--data', directory.path];
    const added = await run([
      'grant',
      'add',
      '--owner',
      'client:reader',
      '--resource',
      'RESOURCE',
      '--permission',
      'CREATE',
      '--permission',
      'READ',
      ...data,
    ]);
    expect(added.out).toBe('Grant 2251799813685249 was added.\n');
    const listed = await run(['grant', 'list', ...data]);
    expect(listed.out).toBe(
      'KEY               OWNER          RESOURCE    PERMISSIONS\n2251799813685249  client:reader  RESOURCE:*  CREATE READ\n',
    );
    expect((await run(['grant', 'remove', '2251799813685249', '--json', ...data])).out).toBe(
      '{"authorizationKey":"2251799813685249"}\n',
    );
    expect((await run(['grant', 'list', '--json', ...data])).out).toBe('[]\n');
  });

  it('add names the permissions of the type where one is wrong', async () => {
    const { directory } = await runningProgram();
    const ran = await run([
      'grant',
      'add',
      '--owner',
      'user:alice',
      '--resource',
      'MESSAGE',
      '--permission',
      'SEND',
      '--data',
      directory.path,
    ]);
    expect(ran).toMatchObject({
      code: 2,
      err: 'stagedoor: --permission has to be of those that MESSAGE has: CREATE, READ\n',
    });
  });
});

describe('stagedoor start and config', () => {
  it('pass on what was given, as it was given', async () => {
    const nothing = {
      profile: undefined,
      method: undefined,
      config: undefined,
      host: undefined,
      port: undefined,
      issuerPort: undefined,
      managementPort: undefined,
      data: undefined,
      memory: false,
      exposeUnprotected: false,
      json: false,
    };
    expect((await run(['start'])).started).toEqual([nothing]);
    const ran = await run([
      'config',
      '--profile',
      'helm',
      '--method',
      'nonsense',
      '--port',
      'x',
      '--issuer-port',
      '0',
      '--management-port',
      '1',
      '--host',
      '::',
      '--config',
      'a.yaml',
      '--memory',
      '--expose-unprotected',
      '--json',
    ]);
    expect(ran.started).toEqual([
      {
        profile: 'helm',
        method: 'nonsense',
        port: 'x',
        issuerPort: '0',
        managementPort: '1',
        host: '::',
        config: 'a.yaml',
        data: undefined,
        memory: true,
        exposeUnprotected: true,
        json: true,
      },
    ]);
  });

  it('refuse a data directory together with --memory', async () => {
    const ran = await run(['start', '--memory', '--data', 'x']);
    expect([ran.code, ran.started]).toEqual([2, []]);
  });
});

describe('the command line', () => {
  it.each([
    [['client', 'create']],
    [['client', 'create', '--name', 'a', '--json', '--env']],
    [['client', 'create', '--name', 'a', '--scope', 'everything']],
    [['client', 'create', '--name', 'a', '--expires', '2020-01-01']],
    [['client', 'create', '--name', 'a', '--expires', 'soon']],
    [['client', 'rotate']],
    [['client', 'rotate', 'a', '--overlap', '24']],
    [['client', 'rotate', 'a', '--overlap', '31d']],
    [['user', 'create']],
    [['grant', 'add', '--owner', 'user:a', '--resource', 'SYSTEM']],
    [['sing']],
    [['start', '--sing']],
    [['start', 'now']],
  ])('answers wrong usage with exit code 2 and one line: %j', async (args) => {
    const ran = await run(args);
    expect(ran).toMatchObject({ code: 2, out: '', started: [] });
    expect(ran.err).toMatch(/^stagedoor: [^\n]+\n$/);
  });

  it.each(['a\nb', 'a\u001b]0;x\u0007', 'a\r\n'])(
    'refuses a name with control characters and prints none of them (%j)',
    async (name) => {
      const { directory, useCases } = await runningProgram();
      const ran = await run(['client', 'create', '--name', name, '--data', directory.path]);
      expect(ran).toMatchObject({
        code: 2,
        out: '',
        err: 'stagedoor: --name has control characters: leave them out\n',
      });
      expect(useCases.clients.size).toBe(0);
    },
  );

  it('prints no control character of a command that it does not know', async () => {
    expect((await run(['si\u001b[31mng'])).err).toBe("stagedoor: unknown command 'si\\u{1b}[31mng'\n");
  });

  it('prints no control character of what is stored, in a table', async () => {
    const { directory, useCases } = await runningProgram();
    useCases.users.set('x', { username: 'x', name: 'a\u001b[2J\nb', email: '', password: '' });
    expect((await run(['user', 'list', '--data', directory.path])).out).toContain('a\\u{1b}[2J\\u{a}b');
  });

  it('prints help and version on standard output with exit code 0, and help after a group alone with 2', async () => {
    expect(await run(['--version'])).toMatchObject({ code: 0, out: '1.2.3\n', err: '' });
    const help = await run(['client', 'create', '--help']);
    expect([help.code, help.out.includes('eval "$(stagedoor client create --name reader --env)"')]).toEqual([0, true]);
    const group = await run(['client']);
    expect([group.code, group.out, group.err.includes('rotate')]).toEqual([2, '', true]);
  });

  it('says everything that is wrong with a configuration, a line each, without control characters', async () => {
    const start = () => Promise.reject(new OperatorError('SEVERAL', 'first\nsec\u001bond'));
    const ran = await run(['start'], { start });
    expect(ran).toMatchObject({ code: 1, out: '' });
    expect(ran.err).toBe('stagedoor: first\nstagedoor: sec\\u{1b}ond\n');
  });

  it('keeps the message of a fault to itself, since it may hold anything', async () => {
    const start = () => Promise.reject(new TypeError('canary'));
    const ran = await run(['start'], { start });
    expect(ran.code).toBe(1);
    expect(ran.err).toMatch(/^stagedoor: something went wrong that should not: TypeError\n {4}at /);
    expect(ran.err).not.toContain('canary');
  });
});
