import { describe, expect, it } from 'vitest';
import {
  chain,
  document,
  END,
  extended,
  flow,
  node,
  processOf,
  resource,
  START,
  STRAIGHT,
  WAITING,
  WORK,
} from './bpmn-documents.ts';
import { EVERYTHING, TENANT } from './everything.ts';
import { refusalOf } from './refusal.ts';
import { memoryEngine, open, rowsIn, TestClock, temporaryFile } from './temporary-engine.ts';

const FIRST_KEY = 2251799813685249;

function start(bpmnProcessId: string, variables: Record<string, unknown> = {}) {
  return { process: { bpmnProcessId, version: null }, variables, tenantId: TENANT };
}

describe('createProcessInstance', () => {
  it('takes the recorded keys for instances, variables, elements, flows and jobs', async () => {
    const engine = memoryEngine();
    await engine.deploy([resource('p.bpmn', STRAIGHT), resource('p2.bpmn', WAITING)], TENANT);
    const ended = await engine.createProcessInstance(start('straight', { a: 1 }));
    const waiting = await engine.createProcessInstance(start('waiting', { a: 1, s: 'x' }));
    const bare = await engine.createProcessInstance(start('straight'));
    const { deploymentKey } = await engine.deploy([resource('p.bpmn', STRAIGHT)], TENANT);
    expect([ended.key, waiting.key, bare.key, deploymentKey]).toEqual(
      [3, 9, 17, 22].map((offset) => FIRST_KEY + offset),
    );
  });

  it('refuses more than 1000 variables, and takes 1000', async () => {
    const engine = memoryEngine();
    await engine.deploy([resource('p.bpmn', STRAIGHT)], TENANT);
    const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`v${index}`, 1]));
    const refusal = await refusalOf(engine.createProcessInstance(start('straight', many(1001))));
    expect(refusal.code).toBe('INVALID_ARGUMENT');
    expect(refusal.message).toContain('Expected at most 1000 variables, but there are 1001');
    expect((await engine.createProcessInstance(start('straight', many(1000)))).state).toBe('COMPLETED');
  });

  it('completes an instance in which nothing waits', async () => {
    const clock = new TestClock();
    const engine = memoryEngine(clock);
    const { processDefinitions } = await engine.deploy([resource('p.bpmn', STRAIGHT)], TENANT);
    clock.time += 5;
    const instance = await engine.createProcessInstance(start('straight'));
    expect(instance).toEqual({
      key: FIRST_KEY + 2,
      processDefinitionKey: processDefinitions[0]?.key,
      bpmnProcessId: 'straight',
      processName: null,
      processVersion: 1,
      processVersionTag: null,
      parentKey: null,
      parentFlowNodeInstanceKey: null,
      rootKey: FIRST_KEY + 2,
      startDate: clock.time,
      endDate: clock.time,
      state: 'COMPLETED',
      incident: false,
      tenantId: '<default>',
    });
    expect(await engine.processInstance(instance.key)).toEqual(instance);
  });

  it.each([
    ['serviceTask', WORK],
    ['sendTask', WORK],
    ['scriptTask', extended('<zeebe:script expression="=1" resultVariable="r"/>')],
    ['businessRuleTask', extended('<zeebe:calledDecision decisionId="d" resultVariable="r"/>')],
    ['userTask', extended('<zeebe:userTask/>')],
    ['userTask', ''],
  ])('leaves an instance active at a %s', async (tag, inside) => {
    const file = temporaryFile();
    const engine = open(file);
    await engine.deploy([resource('p.bpmn', document(processOf('p', chain(node(tag, 't', inside)))))], TENANT);
    const instance = await engine.createProcessInstance(start('p'));
    engine.close();
    expect(instance).toMatchObject({ state: 'ACTIVE', endDate: null });
    const elements = rowsIn(
      file,
      'SELECT element_id, state, end_date IS NULL AS open, job_key > key AS job FROM element_instance',
    );
    expect(elements).toEqual([
      { element_id: 's', state: 'COMPLETED', open: 0, job: null },
      { element_id: 't', state: 'ACTIVE', open: 1, job: 1 },
    ]);
  });

  it('leaves an instance active at a receive task', async () => {
    const engine = memoryEngine();
    const receive = { id: 'r', xml: '<bpmn:receiveTask id="r" messageRef="m"/>' };
    await engine.deploy(
      [resource('p.bpmn', document('<bpmn:message id="m" name="M"/>', processOf('p', chain(receive))))],
      TENANT,
    );
    expect(await engine.createProcessInstance(start('p'))).toMatchObject({ state: 'ACTIVE', endDate: null });
  });

  it('passes through undefined and manual tasks and gateways without a choice', async () => {
    const engine = memoryEngine();
    const nodes = chain(
      node('task', 'a'),
      node('manualTask', 'b'),
      node('exclusiveGateway', 'c'),
      node('parallelGateway', 'd'),
    );
    await engine.deploy([resource('p.bpmn', document(processOf('p', nodes)))], TENANT);
    expect(await engine.createProcessInstance(start('p'))).toMatchObject({ state: 'COMPLETED' });
  });

  it('starts the latest version, a version by number, and a version by key', async () => {
    const engine = memoryEngine();
    const first = await engine.deploy([resource('p.bpmn', STRAIGHT)], TENANT);
    await engine.deploy([resource('p.bpmn', `${STRAIGHT}\n`)], TENANT);
    const key = first.processDefinitions[0]?.key ?? 0;
    const versions = [
      await engine.createProcessInstance(start('straight')),
      await engine.createProcessInstance({
        process: { bpmnProcessId: 'straight', version: 1 },
        variables: {},
        tenantId: TENANT,
      }),
      await engine.createProcessInstance({ process: { key }, variables: {}, tenantId: TENANT }),
    ].map(({ processVersion }) => processVersion);
    expect(versions).toEqual([2, 1, 1]);
  });

  it('resolves what a creation would start', async () => {
    const engine = memoryEngine();
    const { processDefinitions } = await engine.deploy([resource('p.bpmn', STRAIGHT)], TENANT);
    const [definition] = processDefinitions;
    expect(await engine.resolveProcess({ bpmnProcessId: 'straight', version: null }, TENANT)).toEqual(definition);
    expect(await engine.resolveProcess({ bpmnProcessId: 'straight', version: 1 }, TENANT)).toEqual(definition);
    expect(await engine.resolveProcess({ key: definition?.key ?? 0 }, TENANT)).toEqual(definition);
    expect(await engine.resolveProcess({ bpmnProcessId: 'straight', version: 2 }, TENANT)).toBeNull();
    expect(await engine.resolveProcess({ key: 1 }, TENANT)).toBeNull();
  });

  it('keeps variables as JSON, each with a key of its own', async () => {
    const file = temporaryFile();
    const engine = open(file);
    await engine.deploy([resource('p.bpmn', WAITING)], TENANT);
    const { key } = await engine.createProcessInstance(start('waiting', { n: 1.5, s: 'ü"', o: { a: [null, true] } }));
    engine.close();
    expect(rowsIn(file, 'SELECT key, process_instance_key, scope_key, name, value FROM variable')).toEqual([
      { key: key + 1, process_instance_key: key, scope_key: key, name: 'n', value: '1.5' },
      { key: key + 2, process_instance_key: key, scope_key: key, name: 's', value: '"ü\\""' },
      { key: key + 3, process_instance_key: key, scope_key: key, name: 'o', value: '{"a":[null,true]}' },
    ]);
  });

  it.each([
    [{ bpmnProcessId: 'nope', version: null }, "process ID 'nope'"],
    [{ bpmnProcessId: 'straight', version: 7 }, "process ID 'straight' and version '7'"],
    [{ key: 42 }, "key '42'"],
  ])('refuses %j, which is not deployed, in the recorded words', async (process, words) => {
    const engine = memoryEngine();
    await engine.deploy([resource('p.bpmn', STRAIGHT)], TENANT);
    const refusal = await refusalOf(engine.createProcessInstance({ process, variables: {}, tenantId: TENANT }));
    expect(refusal.code).toBe('NOT_FOUND');
    expect(refusal.message).toBe(
      `Command 'CREATE' rejected with code 'NOT_FOUND': Expected to find process definition with ${words}, but none found`,
    );
  });

  it.each([
    ['undefined', undefined],
    ['a function', () => 1],
    ['a big integer', 1n],
  ])('refuses a variable that is %s', async (_title, value) => {
    const engine = memoryEngine();
    await engine.deploy([resource('p.bpmn', STRAIGHT)], TENANT);
    const refusal = await refusalOf(engine.createProcessInstance(start('straight', { v: value })));
    expect(refusal).toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining("Expected variable 'v' to be JSON"),
    });
  });

  it('refuses more than 4 MB of variables', async () => {
    const engine = memoryEngine();
    await engine.deploy([resource('p.bpmn', STRAIGHT)], TENANT);
    const refusal = await refusalOf(
      engine.createProcessInstance(start('straight', { v: 'x'.repeat(4 * 1024 * 1024) })),
    );
    expect(refusal).toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('Expected variables of at most 4194304'),
    });
  });

  it.each([
    [
      'a circle',
      [
        START.xml,
        node('task', 'a').xml,
        node('task', 'b').xml,
        flow('1', 's', 'a'),
        flow('2', 'a', 'b'),
        flow('3', 'b', 'a'),
      ],
    ],
    [
      'a circle that doubles',
      [START.xml, node('task', 'a').xml, flow('1', 's', 'a'), flow('2', 'a', 'a'), flow('3', 'a', 'a')],
    ],
    [
      'a circle that leaves tokens at a join',
      [START.xml, node('task', 'a').xml, node('parallelGateway', 'j').xml, WORK_TASK.xml].concat([
        flow('1', 's', 'a'),
        flow('2', 'a', 'a'),
        flow('3', 'a', 'j'),
        flow('4', 't', 'j'),
      ]),
    ],
  ])('refuses to start a process that runs in %s, and keeps nothing of it', async (_title, elements) => {
    const engine = memoryEngine();
    const ids = elements.map((xml) => xml.replace(/sequenceFlow id="/, 'sequenceFlow id="flow'));
    await engine.deploy(
      [resource('p.bpmn', document(processOf('round', ...ids))), resource('q.bpmn', STRAIGHT)],
      TENANT,
    );
    const refusal = await refusalOf(engine.createProcessInstance(start('round', { a: 1 })));
    expect(refusal).toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining("Expected process 'round' to wait or to end"),
    });
    const { total } = await engine.searchProcessInstances(EVERYTHING);
    expect(total).toBe(0);
    expect((await engine.createProcessInstance(start('straight'))).key).toBe(FIRST_KEY + 3);
  });
});

const WORK_TASK = node('serviceTask', 't', WORK);

describe('parallel gateways', () => {
  const FORK = [
    START.xml,
    node('parallelGateway', 'fork').xml,
    node('parallelGateway', 'join').xml,
    END.xml,
    flow('f0', 's', 'fork'),
    flow('f9', 'join', 'e'),
  ];

  function branch(id: string, element: { readonly id: string; readonly xml: string }): readonly string[] {
    return [element.xml, flow(`${id}in`, 'fork', element.id), flow(`${id}out`, element.id, 'join')];
  }

  async function run(...elements: readonly string[]) {
    const file = temporaryFile();
    const engine = open(file);
    await engine.deploy([resource('p.bpmn', document(processOf('p', ...elements)))], TENANT);
    const instance = await engine.createProcessInstance(start('p'));
    engine.close();
    const entered = rowsIn(file, 'SELECT element_id FROM element_instance ORDER BY key').map((row) => row.element_id);
    const waiting = rowsIn(file, 'SELECT element_id, sequence_flow_id FROM waiting_token ORDER BY key');
    return { state: instance.state, entered, waiting };
  }

  it('fork into every branch and go on once, when all have come together', async () => {
    const { state, entered, waiting } = await run(
      ...FORK,
      ...branch('a', node('task', 'a')),
      ...branch('b', node('task', 'b')),
    );
    expect(state).toBe('COMPLETED');
    expect(entered).toEqual(['s', 'fork', 'a', 'b', 'join', 'e']);
    expect(waiting).toEqual([]);
  });

  it('keep the token of one branch while another waits', async () => {
    const { state, entered, waiting } = await run(
      ...FORK,
      ...branch('a', node('task', 'a')),
      ...branch('b', node('userTask', 'b')),
    );
    expect(state).toBe('ACTIVE');
    expect(entered).toEqual(['s', 'fork', 'a', 'b']);
    expect(waiting).toEqual([{ element_id: 'join', sequence_flow_id: 'aout' }]);
  });

  it('stay blocked, with the instance active, where a flow can never bring a token', async () => {
    const elements = [
      START.xml,
      node('task', 'never').xml,
      node('parallelGateway', 'join').xml,
      flow('a', 's', 'join'),
      flow('b', 'never', 'join'),
    ];
    const { state, waiting } = await run(...elements);
    expect(state).toBe('ACTIVE');
    expect(waiting).toEqual([{ element_id: 'join', sequence_flow_id: 'a' }]);
  });

  it('take two tokens of one flow for two rounds, not for one', async () => {
    const twice = [flow('again', 'fork', 'a')];
    const { state, entered, waiting } = await run(
      ...FORK,
      ...branch('a', node('task', 'a')),
      ...branch('b', node('task', 'b')),
      ...twice,
    );
    expect(entered.filter((id) => id === 'a')).toHaveLength(2);
    expect(entered.filter((id) => id === 'join')).toHaveLength(1);
    expect(waiting).toEqual([{ element_id: 'join', sequence_flow_id: 'aout' }]);
    expect(state).toBe('ACTIVE');
  });

  it('split after a task with several outgoing flows too, and merge without waiting at a task', async () => {
    const elements = [START.xml, node('task', 'a').xml, node('task', 'm').xml, END.xml];
    const flows = [flow('f1', 's', 'a'), flow('f2', 'a', 'm'), flow('f3', 'a', 'm'), flow('f4', 'm', 'e')];
    const { state, entered } = await run(...elements, ...flows);
    expect(entered).toEqual(['s', 'a', 'm', 'm', 'e', 'e']);
    expect(state).toBe('COMPLETED');
  });
});
