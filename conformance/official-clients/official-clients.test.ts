import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command } from '../program/run-command-line.ts';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';
import { type OfficialClient, runClient } from './run-client.ts';

const TOPOLOGY = {
  clusterId: expect.any(String),
  brokers: [
    {
      nodeId: 0,
      brokerId: '0',
      host: 'localhost',
      port: expect.any(Number),
      version: expect.stringMatching(/^8\.10\./),
      partitions: [{ partitionId: 1, role: 'leader', health: 'healthy', state: 'active' }],
    },
  ],
  clusterSize: 1,
  partitionsCount: 1,
  replicationFactor: 1,
  gatewayVersion: expect.stringMatching(/^8\.10\./),
  lastCompletedChangeId: expect.any(String),
};
const DEFINITION = {
  key: expect.stringMatching(/^\d+$/),
  name: 'Curtain call',
  version: 1,
  bpmnProcessId: 'curtain-call',
  tenantId: '<default>',
};
const DATE = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/);
const INSTANCE = {
  key: expect.stringMatching(/^\d+$/),
  processVersion: 1,
  bpmnProcessId: 'curtain-call',
  startDate: DATE,
  endDate: DATE,
  state: 'COMPLETED',
  incident: false,
  processDefinitionKey: expect.stringMatching(/^\d+$/),
  tenantId: '<default>',
};
const PAGE = { total: '1', sortValues: expect.any(Array) };

type Variables = Readonly<Record<string, string>>;

/** What `stagedoor client create --env` prints, and nothing else. */
async function variablesOf(program: Program, ...options: string[]): Promise<Variables> {
  const lines = await command(program, ['client', 'create', '--name', 'reader', '--env', ...options]);
  return Object.fromEntries(
    [...lines.matchAll(/^export (\w+)='(.*)'$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
}

const basicVariables = ({ rest }: Program, password = 'demo'): Variables => ({
  CAMUNDA_REST_ADDRESS: rest,
  ZEEBE_REST_ADDRESS: rest,
  CAMUNDA_OPERATE_BASE_URL: rest,
  CAMUNDA_AUTH_STRATEGY: 'BASIC',
  CAMUNDA_BASIC_AUTH_USERNAME: 'demo',
  CAMUNDA_BASIC_AUTH_PASSWORD: password,
});
const cookieVariables = ({ rest }: Program, password = 'demo'): Variables => ({
  ZEEBE_REST_ADDRESS: rest,
  CAMUNDA_OPERATE_BASE_URL: rest,
  CAMUNDA_AUTH_STRATEGY: 'COOKIE',
  CAMUNDA_COOKIE_AUTH_URL: `${rest}/api/login`,
  CAMUNDA_COOKIE_AUTH_USERNAME: 'demo',
  CAMUNDA_COOKIE_AUTH_PASSWORD: password,
});
const anonymousVariables = ({ rest }: Program): Variables => ({
  CAMUNDA_REST_ADDRESS: rest,
  ZEEBE_REST_ADDRESS: rest,
  CAMUNDA_OPERATE_BASE_URL: rest,
  CAMUNDA_AUTH_STRATEGY: 'NONE',
});

/** The ways of the pages, each with what a program needs in its environment. */
const WAYS = [
  ['none', 'none', anonymousVariables],
  ['basic', 'basic', basicVariables],
  ['oidc', 'OAuth', (program: Program) => variablesOf(program)],
] as const;

/** Whatever a client calls a refusal: it is one. */
const REFUSED = { error: expect.stringMatching(/401|403|Unauthorized|Forbidden/i) };

function run(program: Program, client: OfficialClient, variables: Variables, calls: readonly string[]) {
  return runClient(client, { home: program.directory, variables }, calls);
}

describe.each(WAYS)('with %s, the official client', (method, way, variablesFor) => {
  let program: Program;
  let variables: Variables;

  beforeAll(async () => {
    program = await startProgram({ args: [...FREE_PORTS, '--method', method, '--memory'] });
    variables = await variablesFor(program);
    const started = await run(program, 'orchestration-cluster-client', variables, ['instance']);
    expect(started).toMatchObject({ instance: { processDefinitionId: 'curtain-call' } });
  });
  afterAll(() => program.stop());

  it(`@camunda8/orchestration-cluster-api gets the topology (${way}), by its own strictest check`, async () => {
    const calls = ['topology', 'license', 'status', 'me', 'deployment'];
    const answers = await run(program, 'orchestration-cluster-client', variables, calls);
    expect(answers).toMatchObject({
      topology: TOPOLOGY,
      license: { validLicense: false },
      me: { username: expect.any(String), authorizedComponents: expect.any(Array) },
      deployment: { processes: [{ processDefinitionId: 'curtain-call', processDefinitionVersion: 1 }] },
    });
    expect(Object.values(answers)).not.toContainEqual({ error: expect.any(String) });
  });

  it(`@camunda8/sdk gets the topology (${way}) and what Operate knows`, async () => {
    const calls = [
      'topology',
      'topology of the newer client',
      'definitions',
      'definition',
      'xml',
      'instances',
      'instance',
    ];
    expect(await run(program, 'sdk-client', variables, calls)).toEqual({
      topology: TOPOLOGY,
      'topology of the newer client': TOPOLOGY,
      definitions: { ...PAGE, items: [DEFINITION] },
      definition: DEFINITION,
      xml: expect.stringContaining('<process id="curtain-call"'),
      instances: { ...PAGE, items: [INSTANCE] },
      instance: INSTANCE,
    });
  });
});

describe.each(['none', 'basic'])('with %s and a cookie, the official client', (method) => {
  let program: Program;

  beforeAll(async () => {
    program = await startProgram({ args: [...FREE_PORTS, '--method', method, '--memory'] });
    await run(program, 'orchestration-cluster-client', basicVariables(program), ['instance']);
  });
  afterAll(() => program.stop());

  it('@camunda8/sdk gets the topology and what Operate knows', async () => {
    expect(
      await run(program, 'sdk-client', cookieVariables(program), ['topology', 'definitions', 'instances']),
    ).toEqual({
      topology: TOPOLOGY,
      definitions: { ...PAGE, items: [DEFINITION] },
      instances: { ...PAGE, items: [INSTANCE] },
    });
  });

  it('@camunda8/sdk is refused with a wrong password', async () => {
    expect(await run(program, 'sdk-client', cookieVariables(program, 'wrong'), ['topology'])).toEqual({
      topology: REFUSED,
    });
  });
});

describe('an official client', () => {
  it('is refused with a wrong password where passwords are asked for', async () => {
    const program = await startProgram({ args: [...FREE_PORTS, '--method', 'basic', '--memory'] });
    const wrong = basicVariables(program, 'wrong');
    expect(await run(program, 'orchestration-cluster-client', wrong, ['topology'])).toEqual({ topology: REFUSED });
    expect(await run(program, 'sdk-client', wrong, ['topology'])).toEqual({ topology: REFUSED });
    await program.stop();
  });

  it('is refused without a token, and what its scopes do not reach, where tokens are asked for', async () => {
    const program = await startProgram({ args: [...FREE_PORTS, '--method', 'oidc', '--memory'] });
    const anonymous = anonymousVariables(program);
    expect(await run(program, 'orchestration-cluster-client', anonymous, ['topology'])).toEqual({ topology: REFUSED });
    expect(await run(program, 'sdk-client', anonymous, ['topology'])).toEqual({ topology: REFUSED });
    const operate = await variablesOf(program, '--scope', 'operate');
    const answers = await run(program, 'sdk-client', operate, ['definitions', 'topology']);
    expect(answers).toEqual({ definitions: { total: '0', items: [], sortValues: [] }, topology: REFUSED });
    await program.stop();
  });
});
