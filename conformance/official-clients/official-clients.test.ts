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

/** Failures that name the step at which they happened, whatever each client calls them. */
const REFUSED = { error: expect.any(String) };

describe.each(WAYS)('with %s, the official clients', (method, way, variablesFor) => {
  let program: Program;
  let variables: Variables;
  const run = (client: OfficialClient, calls: readonly string[], others = variables) =>
    runClient(client, { home: program.directory, variables: others }, calls);

  beforeAll(async () => {
    program = await startProgram({ args: [...FREE_PORTS, '--method', method, '--memory'] });
    variables = await variablesFor(program);
    expect(await run('orchestration-cluster-client', ['instance'])).toMatchObject({
      instance: { processDefinitionId: 'curtain-call' },
    });
  });
  afterAll(() => program.stop());

  it(`@camunda8/orchestration-cluster-api gets the topology (${way}), by its own strictest check`, async () => {
    const answers = await run('orchestration-cluster-client', ['topology', 'license', 'status', 'me', 'deployment']);
    expect(answers).toMatchObject({
      topology: TOPOLOGY,
      license: { validLicense: false },
      me: { username: expect.any(String), authorizedComponents: expect.any(Array) },
      deployment: { processes: [{ processDefinitionId: 'curtain-call', processDefinitionVersion: 1 }] },
    });
    expect(Object.values(answers)).not.toContainEqual(REFUSED);
  });

  it(`@camunda8/sdk gets the topology (${way}) and what Operate knows`, async () => {
    expect(
      await run('sdk-client', [
        'topology',
        'topology of the newer client',
        'definitions',
        'definition',
        'xml',
        'instances',
        'instance',
      ]),
    ).toEqual({
      topology: TOPOLOGY,
      'topology of the newer client': TOPOLOGY,
      definitions: { ...PAGE, items: [DEFINITION] },
      definition: DEFINITION,
      xml: expect.stringContaining('<process id="curtain-call"'),
      instances: { ...PAGE, items: [INSTANCE] },
      instance: INSTANCE,
    });
  });

  it.runIf(method !== 'oidc')('@camunda8/sdk gets both by cookie as well', async () => {
    expect(await run('sdk-client', ['topology', 'definitions', 'instances'], cookieVariables(program))).toEqual({
      topology: TOPOLOGY,
      definitions: { ...PAGE, items: [DEFINITION] },
      instances: { ...PAGE, items: [INSTANCE] },
    });
  });

  it.runIf(method === 'basic')('are refused with a wrong password', async () => {
    expect(await run('orchestration-cluster-client', ['topology'], basicVariables(program, 'wrong'))).toEqual({
      topology: REFUSED,
    });
    expect(await run('sdk-client', ['topology'], basicVariables(program, 'wrong'))).toEqual({ topology: REFUSED });
    expect(await run('sdk-client', ['topology'], cookieVariables(program, 'wrong'))).toEqual({ topology: REFUSED });
  });

  it.runIf(method === 'oidc')('are refused without a client, or with one that was deleted', async () => {
    expect(await run('orchestration-cluster-client', ['topology'], anonymousVariables(program))).toEqual({
      topology: REFUSED,
    });
    const deleted = await variablesOf(program, '--id', 'deleted');
    await command(program, ['client', 'delete', 'deleted']);
    expect(await run('orchestration-cluster-client', ['topology'], deleted)).toEqual({ topology: REFUSED });
    expect(await run('sdk-client', ['topology', 'definitions'], deleted)).toEqual({
      topology: REFUSED,
      definitions: REFUSED,
    });
  });

  it.runIf(method === 'oidc')('see what the scopes of a client reach', async () => {
    const operate = await variablesOf(program, '--scope', 'operate');
    expect(await run('sdk-client', ['definitions', 'topology'], operate)).toEqual({
      definitions: { ...PAGE, items: [DEFINITION] },
      topology: REFUSED,
    });
  });
});
