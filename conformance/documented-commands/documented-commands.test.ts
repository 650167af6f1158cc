import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileKeyStore, openSigningKeys } from '@stagedoor/tokens';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Program, refusedStart, startProgram } from '../program/start-program.ts';
import { CELLS, type Cell, REFUSED_CELLS } from './cells.ts';
import { COMMANDS, type CommandName } from './commands.ts';
import { readPageCommands } from './read-pages.ts';
import { type Answer, Shell } from './run-shell.ts';

const PAGES = join(import.meta.dirname, '../../../shared/pages');
const BPMN = join(import.meta.dirname, 'process.bpmn');

/** The words `--user username:password` of the pages stand: such a user is configured, and may read processes. */
const WITH_USERS = `
camunda:
  security:
    initialization:
      users:
        - { username: demo, password: demo, name: Demo, email: demo@example.com }
        - { username: username, password: password, name: A reader, email: reader@example.com }
      default-roles:
        admin:
          users: [demo]
      authorizations:
        - { ownerType: USER, ownerId: username, resourceType: PROCESS_DEFINITION, resourceId: "*", permissions: [READ_PROCESS_DEFINITION, READ_PROCESS_INSTANCE] }
`;

const TOPOLOGY = {
  brokers: [
    expect.objectContaining({
      nodeId: 0,
      host: expect.any(String),
      port: expect.any(Number),
      version: expect.any(String),
    }),
  ],
  clusterSize: 1,
  partitionsCount: 1,
  replicationFactor: 1,
  gatewayVersion: expect.stringMatching(/^\d+\.\d+\.\d+/),
};
const TOKEN = {
  access_token: expect.any(String),
  expires_in: 300,
  refresh_expires_in: 0,
  token_type: 'Bearer',
  'not-before-policy': 0,
};
const ONE_DEFINITION = {
  items: [
    { key: expect.any(Number), name: 'Curtain call', version: 1, bpmnProcessId: 'curtain-call', tenantId: '<default>' },
  ],
  sortValues: [expect.any(Number)],
  total: 1,
};
const ONE_INSTANCE = {
  items: [
    expect.objectContaining({
      key: expect.any(Number),
      bpmnProcessId: 'curtain-call',
      state: 'COMPLETED',
      incident: false,
      tenantId: '<default>',
    }),
  ],
  sortValues: [expect.any(Number)],
  total: 1,
};

function json(answer: Answer): unknown {
  return JSON.parse(answer.body);
}

describe('the commands of the pages', () => {
  it('are all here, letter by letter', (context) => {
    if (!existsSync(PAGES))
      return context.skip('the pages are not at hand: their commands are run from the list in commands.ts');
    const ofPages = new Set(readPageCommands(PAGES).map(({ command }) => command));
    expect(new Set<string>(Object.values(COMMANDS))).toEqual(ofPages);
  });
});

class House {
  readonly cell: Cell;
  readonly shell = new Shell();
  program: Program | undefined;

  constructor(cell: Cell) {
    this.cell = cell;
  }

  /** On the pages' own ports, as their commands want it. */
  async open(): Promise<void> {
    const yaml = this.cell.method === 'oidc' ? '' : WITH_USERS;
    this.program = await startProgram({
      args: [...this.cell.args, '--data', './data', '--management-port', '0'],
      yaml,
    });
  }

  get running(): Program {
    if (this.program === undefined) throw new Error('the program did not start');
    return this.program;
  }

  page(name: CommandName): Promise<Answer> {
    return this.shell.curl(COMMANDS[name]);
  }

  /** What a reader of the pages does first: register a client, and put its variables into the shell. */
  registerClient(...options: string[]): void {
    const lines = this.running
      .run('client', 'create', '--name', 'reader', '--env', ...options)
      .trim()
      .split('\n');
    this.shell.set(Object.fromEntries(lines.map((line) => /^export (\w+)='(.*)'$/.exec(line)?.slice(1, 3) ?? [])));
  }

  /** Deploys one process and starts one instance, so that there is something to find. */
  async fill(authorization: string): Promise<void> {
    const deployed = await this.shell.curl(
      `curl ${authorization} -F 'resources=@${BPMN}' http://localhost:8080/v2/deployments`,
    );
    expect(deployed.status, deployed.body).toBe(200);
    const created = await this.shell.curl(
      `curl ${authorization} -H 'Content-Type: application/json' -d '{"processDefinitionId":"curtain-call"}' http://localhost:8080/v2/process-instances`,
    );
    expect(created.status, created.body).toBe(200);
  }

  async token(command: CommandName): Promise<Answer> {
    const answer = await this.page(command);
    if (answer.status === 200) this.shell.set({ TOKEN: (json(answer) as { access_token: string }).access_token });
    return answer;
  }
}

function house(cell: Cell): House {
  const opened = new House(cell);
  beforeAll(() => opened.open());
  afterAll(async () => {
    await opened.program?.stop();
  });
  return opened;
}

describe.each(CELLS.filter(({ method }) => method === 'none'))('$profile without authentication', (cell) => {
  const here = house(cell);

  it('answers every page command from real data', async () => {
    expect(here.running).toMatchObject({ profile: cell.profile, method: 'none' });
    await here.fill('');
    expect(json(await here.page('topologyV2'))).toMatchObject(TOPOLOGY);
    expect(json(await here.page('topologyV1'))).toEqual(TOPOLOGY);
    expect(json(await here.page('searchInstances'))).toEqual(ONE_INSTANCE);
  });

  it('logs demo in by cookie, and refuses a wrong password all the same', async () => {
    const login = await here.page('cookieLogin');
    expect(login.status).toBe(204);
    expect(/^set-cookie: ([^=]+)=/im.exec(login.headers)?.[1]).toBe('OPERATE-SESSION');
    expect(json(await here.page('cookieSearchDefinitions'))).toEqual(ONE_DEFINITION);
    expect(
      (await here.shell.curl(`curl -X POST 'http://localhost:8080/api/login?username=demo&password=wrong'`)).status,
    ).toBe(401);
  });

  it('still asks for a token at Administration', async () => {
    const refused = await here.shell.curl('curl http://localhost:8080/admin-api/clusters');
    expect(refused.status).toBe(401);
    expect(refused.headers).toMatch(/^www-authenticate: Bearer\r$/im);
    here.registerClient();
    expect((await here.token('tokenKeycloak')).status).toBe(200);
    expect((await here.page('bearerClusters')).status).toBe(200);
  });
});

describe.each(CELLS.filter(({ method }) => method === 'basic'))('$profile with Basic', (cell) => {
  const here = house(cell);

  it('answers every page command from real data', async () => {
    expect(here.running).toMatchObject({ profile: cell.profile, method: 'basic' });
    await here.fill('--user demo:demo');
    expect(json(await here.page('basicTopologyV2'))).toMatchObject(TOPOLOGY);
    expect(json(await here.page('basicTopologyV1'))).toEqual(TOPOLOGY);
    expect(json(await here.page('basicSearchInstances'))).toEqual(ONE_INSTANCE);
    expect((await here.shell.curl('curl --user demo:demo http://localhost:8080/v2/topology')).status).toBe(200);
  });

  it('logs demo in by cookie, and refuses the search without one', async () => {
    expect((await here.page('cookieSearchDefinitions').catch(() => ({ status: 401 }))).status).toBe(401);
    expect((await here.page('cookieLogin')).status).toBe(204);
    expect(json(await here.page('cookieSearchDefinitions'))).toEqual(ONE_DEFINITION);
  });

  it.each(['topologyV2', 'topologyV1', 'searchInstances'] as const)(
    'refuses %s without credentials',
    async (command) => {
      const refused = await here.page(command);
      expect(refused.status).toBe(401);
      expect(refused.headers).toMatch(/^www-authenticate: Basic realm="Stagedoor"\r$/im);
    },
  );

  it('refuses a wrong password and an unknown user with one answer', async () => {
    const wrong = await here.shell.curl('curl --user username:wrong http://localhost:8080/v2/topology');
    const unknown = await here.shell.curl('curl --user nobody:password http://localhost:8080/v2/topology');
    expect(wrong.status).toBe(401);
    expect(json(wrong)).toMatchObject({ status: 401, code: 'PASSWORD_REFUSED' });
    expect(json(unknown)).toEqual(json(wrong));
  });

  it('refuses a user without authorizations everything but the topology', async () => {
    here.running.run('user', 'list');
    const answer = await here.shell.curl(
      `curl --user username:password -H 'Content-Type: application/json' -d '{"processDefinitionId":"curtain-call"}' http://localhost:8080/v2/process-instances`,
    );
    expect(answer.status).toBe(403);
    expect(json(answer)).toMatchObject({ title: 'FORBIDDEN', code: 'PERMISSION_MISSING' });
  });

  it('refuses a token where passwords are asked for', async () => {
    here.registerClient();
    expect((await here.token('tokenOrchestration')).status).toBe(200);
    expect((await here.page('bearerTopologyV2')).status).toBe(401);
  });
});

/** Which token command of the pages goes with which call. */
const CALLS = [
  ['tokenOperate86', 'bearerSearchInstances'],
  ['tokenOperate', 'bearerSearchInstances'],
  ['tokenKeycloakAudience', 'bearerSearchInstances'],
  ['tokenZeebe', 'bearerTopologyV1'],
  ['tokenKeycloakAudience', 'bearerTopologyV1'],
  ['tokenOrchestration', 'bearerTopologyV2'],
  ['tokenKeycloak', 'bearerTopologyV2'],
  ['tokenKeycloak', 'bearerClusters'],
] as const;

const EXPECTED = {
  bearerSearchInstances: ONE_INSTANCE,
  bearerTopologyV1: TOPOLOGY,
  bearerTopologyV2: expect.objectContaining(TOPOLOGY),
  bearerClusters: [expect.objectContaining({ uuid: expect.any(String), name: expect.any(String), status: 'healthy' })],
} as const;

describe.each(CELLS.filter(({ method }) => method === 'oidc'))('$profile with OIDC', (cell) => {
  const here = house(cell);

  beforeAll(async () => {
    here.registerClient();
    expect((await here.token('tokenZeebe')).status).toBe(200);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell fills it in.
    await here.fill('-H "Authorization: Bearer ${TOKEN}"');
  });

  it.each(CALLS)('issues by %s what opens %s', async (tokenCommand, call) => {
    expect(here.running).toMatchObject({ profile: cell.profile, method: 'oidc' });
    here.registerClient();
    const token = await here.token(tokenCommand);
    expect(token.status).toBe(200);
    expect(json(token)).toMatchObject(TOKEN);
    expect(Object.keys(json(token) as object).slice(0, 5)).toEqual(Object.keys(TOKEN));
    const answer = await here.page(call);
    expect(answer.status, answer.body).toBe(200);
    expect(json(answer)).toEqual(EXPECTED[call]);
  });

  it.each([
    'tokenOperate86',
    'tokenOperate',
    'tokenZeebe',
    'tokenOrchestration',
    'tokenKeycloak',
    'tokenKeycloakAudience',
  ] as const)('refuses %s with a wrong secret', async (tokenCommand) => {
    here.registerClient();
    here.shell.set({ CLIENT_SECRET: 'wrong', CAMUNDA_CLIENT_SECRET: 'wrong', ZEEBE_CLIENT_SECRET: 'wrong' });
    const refused = await here.page(tokenCommand);
    expect(refused.status).toBe(401);
    expect(json(refused)).toEqual(
      tokenCommand.startsWith('tokenKeycloak')
        ? { error: 'invalid_client', error_description: 'Invalid client or Invalid client credentials' }
        : { error: 'access_denied', error_description: 'Unauthorized' },
    );
  });

  it('refuses an audience that the client may not have, in the words of each form', async () => {
    here.registerClient('--scope', 'operate');
    const saas = await here.page('tokenZeebe');
    expect([saas.status, json(saas)]).toMatchObject([403, { error: 'access_denied' }]);
    const keycloak = await here.page('tokenKeycloakAudience');
    expect([keycloak.status, json(keycloak)]).toMatchObject([400, { error: 'invalid_target' }]);
  });

  it.each([
    ['tokenOperate', 'bearerTopologyV1'],
    ['tokenOperate', 'bearerTopologyV2'],
    ['tokenOperate', 'bearerClusters'],
    ['tokenZeebe', 'bearerSearchInstances'],
    ['tokenZeebe', 'bearerClusters'],
    ['tokenOrchestration', 'bearerClusters'],
  ] as const)('refuses the token of %s at %s', async (tokenCommand, call) => {
    here.registerClient();
    expect((await here.token(tokenCommand)).status).toBe(200);
    const refused = await here.page(call);
    expect(refused.status).toBe(401);
    expect(refused.headers).toMatch(/^www-authenticate: Bearer error="invalid_token", error_description="[^"]+"\r$/im);
  });

  it.each(['bearerSearchInstances', 'bearerTopologyV1', 'bearerTopologyV2', 'bearerClusters'] as const)(
    'refuses an expired token, a garbled one and none at %s',
    async (call) => {
      here.registerClient();
      here.shell.set({ TOKEN: await expiredToken(here.running) });
      const expired = await here.page(call);
      expect(expired.status).toBe(401);
      expect(expired.headers).toContain('error_description="the token has expired"');
      here.shell.set({ TOKEN: 'not.a.token' });
      expect((await here.page(call)).status).toBe(401);
      const none = await here.shell.curl(
        COMMANDS[call].replace(/--header "Authorization: Bearer \$\{TOKEN\}"/, '--header "X-Nothing: here"'),
      );
      expect(none.status).toBe(401);
      expect(none.headers).toMatch(/^www-authenticate: Bearer\r$/im);
    },
  );

  it('lets a client without any authorization see the topology and nothing else', async () => {
    here.registerClient('--no-grants');
    expect((await here.token('tokenKeycloak')).status).toBe(200);
    expect((await here.page('bearerTopologyV2')).status).toBe(200);
    expect((await here.page('bearerTopologyV1')).status).toBe(200);
    expect((await here.page('bearerSearchInstances')).status).toBe(403);
    expect((await here.page('bearerClusters')).status).toBe(403);
  });

  it('has no cookie login and takes no password', async () => {
    expect((await here.page('cookieLogin')).status).toBe(404);
    expect((await here.shell.curl('curl --user demo:demo http://localhost:8080/v2/topology')).status).toBe(401);
  });
});

describe.each(REFUSED_CELLS)('$profile with $method', (cell) => {
  it('does not start and says why', async () => {
    const { code, stderr } = await refusedStart({
      args: [...cell.args, '--memory', '--port', '0', '--issuer-port', '0', '--management-port', '0'],
    });
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/saas/i);
    expect(stderr).toContain(cell.method);
  });
});

/** A token of this house's own key, of an hour ago. */
async function expiredToken(program: Program): Promise<string> {
  const store = fileKeyStore(join(program.data, 'keys'));
  const keys = await openSigningKeys({ store, clock: { now: Date.now } });
  const now = Math.floor(Date.now() / 1000);
  return keys.sign(
    {
      iss: program.issuer,
      sub: 'reader',
      client_id: 'reader',
      aud: ['orchestration', 'console-api'],
      iat: now - 3900,
      exp: now - 3600,
      jti: 'expired',
    },
    'at+jwt',
  );
}
