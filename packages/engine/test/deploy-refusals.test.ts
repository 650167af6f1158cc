import { afterAll, describe, expect, it } from 'vitest';
import { ResourceReader } from '../src/resource-reader.ts';
import {
  around,
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
import { TENANT } from './everything.ts';
import { refusalOf } from './refusal.ts';
import { memoryEngine, open } from './temporary-engine.ts';

const REJECTED =
  "Command 'CREATE' rejected with code 'INVALID_ARGUMENT': Expected to deploy new resources, but encountered the following errors:\n";

/** What is refused of a file `p.bpmn`: one problem to each line. */
const REFUSED: readonly (readonly [title: string, xml: string, ...problems: string[]])[] = [
  [
    'text that is no XML',
    'nope',
    'unparsable content nope detected, line 1, column 1, nested error: missing start tag',
  ],
  ['nothing', '', 'unparsable content detected, line 1, column 1, nested error: missing start tag'],
  [
    'another root element',
    '<html/>',
    'unparsable content <html/> detected, line 1, column 1, nested error: unexpected element <html>',
  ],
  [
    'a DOCTYPE',
    `<!DOCTYPE x SYSTEM "file:///etc/passwd">${STRAIGHT}`,
    'has a DOCTYPE or another markup declaration, which is not accepted',
  ],
  [
    'a DOCTYPE behind a comment',
    `<!-- a --><?pi b?> <!DOCTYPE x>${STRAIGHT}`,
    'has a DOCTYPE or another markup declaration, which is not accepted',
  ],
  [
    'a comment without an end',
    `${STRAIGHT}<!-- `,
    'has a DOCTYPE or another markup declaration, which is not accepted',
  ],
  [
    'an entity of its own',
    STRAIGHT.replace('id="s"', 'id="s" name="&boom;"'),
    'has an entity reference other than &amp; &lt; &gt; &quot; &apos;, which is not accepted',
  ],
  ['a control character', STRAIGHT.replace('id="s"', 'id="s" name="\u001b[31m"'), 'has a character that XML forbids'],
  [
    'a reference to a control character',
    STRAIGHT.replace('id="s"', 'id="s" name="&#x1b;"'),
    'has a reference to a character that XML forbids',
  ],
  [
    'a reference beyond Unicode',
    STRAIGHT.replace('id="s"', 'id="s" name="&#x110000;"'),
    'has a reference to a character that XML forbids',
  ],
  [
    'a reference to half a character',
    STRAIGHT.replace('id="s"', 'id="s" name="&#55296;"'),
    'has a reference to a character that XML forbids',
  ],
  [
    'another encoding',
    STRAIGHT.replace('UTF-8', 'ISO-8859-1'),
    'unsupported document encoding <ISO-8859-1>, falling back to UTF-8',
  ],
  [
    'a misspelt element',
    STRAIGHT.replaceAll('bpmn:endEvent', 'bpmn:endEvnt'),
    expect.stringContaining('unknown type <bpmn:EndEvnt>'),
  ],
  [
    'an extension nobody knows',
    around('p', node('serviceTask', 't', extended('<zeebe:magic/>'))),
    expect.stringContaining('unknown type <zeebe:Magic>'),
  ],
  ['a double id', document(processOf('p', START.xml, START.xml)), expect.stringContaining('duplicate ID <s>')],
  [
    'an illegal id',
    document(processOf('p', node('startEvent', '1 s').xml)),
    expect.stringContaining('illegal ID <1 s>'),
  ],
  [
    'an attribute twice',
    STRAIGHT.replace('id="s"', 'id="s" name="a" name="b"'),
    expect.stringContaining('attribute <name> already defined'),
  ],
  ['text behind the end', `${STRAIGHT}more`, expect.stringContaining('non-whitespace outside of root node')],
  ['an element without an id', document(processOf('p', chain(), '<bpmn:task/>')), 'every task must have an id'],
  [
    'an endless id',
    document(processOf('p', chain(node('task', 'x'.repeat(256))))),
    'a task has an id of more than 255 characters',
  ],
  [
    'an endless name',
    document(processOf('p', chain()).replace(' id=', ` name="${'x'.repeat(256)}" id=`)),
    "process 'p' has a name of more than 255 characters",
  ],
  [
    'no executable process',
    STRAIGHT.replace('isExecutable="true"', ''),
    'must have a process with isExecutable="true"',
  ],
  ['no process at all', document('<bpmn:message id="m"/>'), 'must have a process with isExecutable="true"'],
  [
    'a hundred processes and one',
    document(...Array.from({ length: 101 }, (_, index) => processOf(`p${index}`))),
    'has more than 100 executable processes',
  ],
  ['no start event', document(processOf('p', END.xml)), "process 'p' must have one start event, and has 0"],
  [
    'two start events',
    document(processOf('p', chain(), node('startEvent', 's2').xml)),
    "process 'p' must have one start event, and has 2",
  ],
  [
    'flows that point nowhere',
    document(processOf('p', START.xml, '<bpmn:sequenceFlow id="f" targetRef="gone"/>')),
    "sequenceFlow 'f' points nowhere: its sourceRef must be the id of a flow node of process 'p'",
    "sequenceFlow 'f' points nowhere: its targetRef must be the id of a flow node of process 'p'",
  ],
  [
    'a flow into another process',
    document(
      processOf('p', START.xml, flow('f', 's', 'other')),
      '<bpmn:process id="q"><bpmn:task id="other"/></bpmn:process>',
    ),
    "sequenceFlow 'f' points nowhere: its targetRef must be the id of a flow node of process 'p'",
  ],
  [
    'a flow into a start event',
    document(processOf('p', chain(node('task', 't')), flow('b', 't', 's'))),
    "startEvent 's' must have no incoming sequence flow",
  ],
  [
    'a flow out of an end event',
    document(processOf('p', chain(node('task', 't')), flow('b', 'e', 't'))),
    "endEvent 'e' must have no outgoing sequence flow",
  ],
  [
    'a choice',
    document(processOf('p', chain(node('exclusiveGateway', 'g')), flow('b', 'g', 'e'))),
    "exclusiveGateway 'g' has 2 outgoing sequence flows to choose from, which this engine does not execute",
  ],
  [
    'a condition',
    STRAIGHT.replace(
      'targetRef="e"/>',
      'targetRef="e"><bpmn:conditionExpression>=true</bpmn:conditionExpression></bpmn:sequenceFlow>',
    ),
    "sequenceFlow 'f0' has a conditionExpression, which this engine does not execute",
  ],
  ...[
    'subProcess',
    'transaction',
    'adHocSubProcess',
    'callActivity',
    'inclusiveGateway',
    'eventBasedGateway',
    'complexGateway',
  ].map(
    (tag) =>
      [`a ${tag}`, around('p', node(tag, 'x')), `element 'x' is a ${tag}, which this engine does not execute`] as const,
  ),
  ...['intermediateThrowEvent', 'intermediateCatchEvent', 'boundaryEvent'].map(
    (tag) =>
      [`a ${tag}`, around('p', node(tag, 'x')), `element 'x' is a ${tag}, which this engine does not execute`] as const,
  ),
  ...['timer', 'message', 'signal'].map(
    (kind) =>
      [
        `a ${kind} start event`,
        document(processOf('p', node('startEvent', 's', `<bpmn:${kind}EventDefinition/>`).xml)),
        `startEvent 's' has ${kind}EventDefinition, which this engine does not execute`,
      ] as const,
  ),
  ...['terminate', 'error', 'message', 'escalation', 'compensate'].map(
    (kind) =>
      [
        `a ${kind} end event`,
        document(processOf('p', START.xml, node('endEvent', 'e', `<bpmn:${kind}EventDefinition/>`).xml)),
        `endEvent 'e' has ${kind}EventDefinition, which this engine does not execute`,
      ] as const,
  ),
  [
    'several instances of a task',
    around('p', node('userTask', 't', '<bpmn:multiInstanceLoopCharacteristics/>')),
    "userTask 't' has multiInstanceLoopCharacteristics, which this engine does not execute",
  ],
  [
    'a loop of a task',
    around('p', node('userTask', 't', '<bpmn:standardLoopCharacteristics/>')),
    "userTask 't' has standardLoopCharacteristics, which this engine does not execute",
  ],
  [
    'a compensation handler',
    around('p', { id: 't', xml: '<bpmn:task id="t" isForCompensation="true"/>' }),
    "task 't' has isForCompensation, which this engine does not execute",
  ],
  [
    'mappings of variables',
    around('p', node('userTask', 't', extended('<zeebe:ioMapping/>'))),
    "userTask 't' has zeebe:ioMapping, which this engine does not execute",
  ],
  [
    'a listener of a process',
    document(processOf('p', extended('<zeebe:executionListeners/>'), chain())),
    "process 'p' has zeebe:executionListeners, which this engine does not execute",
  ],
  [
    'a service task without work',
    around('p', node('serviceTask', 't')),
    "serviceTask 't' must have one zeebe:taskDefinition",
  ],
  [
    'a service task whose job has no type',
    around('p', node('serviceTask', 't', extended('<zeebe:taskDefinition type=" "/>'))),
    "serviceTask 't' must have a zeebe:taskDefinition with a type",
  ],
  ['a send task without work', around('p', node('sendTask', 't')), "sendTask 't' must have one zeebe:taskDefinition"],
  [
    'a script task without a script',
    around('p', node('scriptTask', 't')),
    "scriptTask 't' must have one zeebe:script or zeebe:taskDefinition",
  ],
  [
    'a business rule task without a decision',
    around('p', node('businessRuleTask', 't')),
    "businessRuleTask 't' must have one zeebe:calledDecision or zeebe:taskDefinition",
  ],
  [
    'a receive task without a message',
    around('p', node('receiveTask', 't')),
    "receiveTask 't' must have a messageRef that names a message",
  ],
];

describe('deploy', () => {
  const shared = open(':memory:');
  afterAll(() => shared.close());

  it.each(REFUSED)('refuses %s', async (_title, xml, ...problems) => {
    const refusal = await refusalOf(shared.deploy([resource('p.bpmn', xml)], TENANT));
    expect(refusal.code).toBe('INVALID_ARGUMENT');
    expect(refusal.message.startsWith(REJECTED)).toBe(true);
    const lines = refusal.message.slice(REJECTED.length).split('\n');
    expect(lines.map((line) => line.replace("'p.bpmn': ", ''))).toEqual(problems);
  });

  it('refuses bytes that are not UTF-8', async () => {
    const refusal = await refusalOf(shared.deploy([resource('p.bpmn', new Uint8Array([0x3c, 0xff, 0xfe]))], TENANT));
    expect(refusal.message).toBe(`${REJECTED}'p.bpmn': is not UTF-8 text`);
  });

  it.each(['table.dmn', 'screen.form', 'script.js', 'bpmn', 'p.bpmn.bak'])(
    'refuses %s, which is no BPMN file',
    async (name) => {
      const refusal = await refusalOf(shared.deploy([resource(name, STRAIGHT)], TENANT));
      expect(refusal.message).toBe(`${REJECTED}'${name}': only BPMN files (.bpmn) can be deployed here`);
    },
  );

  it('refuses no resources', async () => {
    const refusal = await refusalOf(shared.deploy([], TENANT));
    expect(refusal.message).toBe(
      "Command 'CREATE' rejected with code 'INVALID_ARGUMENT': Expected to deploy at least one resource, but none given",
    );
  });

  it('refuses more than 100 resources together', async () => {
    const many = Array.from({ length: 101 }, (_, index) => resource(`${index}.bpmn`, ''));
    const refusal = await refusalOf(shared.deploy(many, TENANT));
    expect(refusal.message).toContain('Expected to deploy at most 100 resources together, but got 101');
  });

  it('refuses two resources of one name', async () => {
    const refusal = await refusalOf(shared.deploy([resource('p.bpmn', STRAIGHT), resource('p.bpmn', WAITING)], TENANT));
    expect(refusal.message).toBe(`${REJECTED}'p.bpmn': is the name of more than one resource`);
  });

  it.each([
    ['an empty', ''],
    ['an endless', `${'x'.repeat(256)}.bpmn`],
    ['a dangerous', 'a\u001b[2J\n.bpmn'],
  ])('refuses %s resource name without repeating it', async (_title, name) => {
    const refusal = await refusalOf(shared.deploy([resource('ok.bpmn', STRAIGHT), resource(name, WAITING)], TENANT));
    expect(refusal.message).toBe(
      `${REJECTED}resource 2: must have a name of 1 to 255 characters, none of them a control character`,
    );
  });

  it('refuses one process id in two resources', async () => {
    const refusal = await refusalOf(
      shared.deploy([resource('a.bpmn', STRAIGHT), resource('b.bpmn', `${STRAIGHT}\n`)], TENANT),
    );
    expect(refusal.message).toBe(`${REJECTED}'b.bpmn': process 'straight' is in 'a.bpmn' too`);
  });

  it('refuses more than 4 MB together, before reading any of it', async () => {
    const half = ' '.repeat(2 * 1024 * 1024);
    const refusal = await refusalOf(shared.deploy([resource('a.bpmn', half), resource('b.bpmn', `${half} `)], TENANT));
    expect(refusal.message).toContain(
      'Expected to deploy resources of at most 4194304 bytes together, but they have 4194305',
    );
  });

  it('says all problems of all resources at once', async () => {
    const bad = document(processOf('p', node('subProcess', 'x').xml, node('callActivity', 'y').xml));
    const refusal = await refusalOf(
      shared.deploy([resource('a.bpmn', bad), resource('b.bpmn', STRAIGHT), resource('c.dmn', '')], TENANT),
    );
    expect(refusal.message.slice(REJECTED.length).split('\n')).toEqual([
      "'a.bpmn': element 'x' is a subProcess, which this engine does not execute",
      "'a.bpmn': element 'y' is a callActivity, which this engine does not execute",
      "'a.bpmn': process 'p' must have one start event, and has 0",
      "'c.dmn': only BPMN files (.bpmn) can be deployed here",
    ]);
  });

  it('says the first 20 of many problems of a resource', async () => {
    const many = Array.from({ length: 50 }, (_, index) => node('subProcess', `x${index}`).xml);
    const refusal = await refusalOf(
      shared.deploy([resource('p.bpmn', document(processOf('p', chain(), ...many)))], TENANT),
    );
    const lines = refusal.message.slice(REJECTED.length).split('\n');
    expect(lines).toHaveLength(21);
    expect(lines.at(-1)).toBe("'p.bpmn': and 30 more");
  });

  it('bounds a problem that quotes the document', async () => {
    const refusal = await refusalOf(shared.deploy([resource('p.bpmn', 'x'.repeat(1_000_000))], TENANT));
    expect(refusal.message.length).toBeLessThan(600);
  });

  it('keeps nothing of a deployment that is refused, and takes no key', async () => {
    const engine = memoryEngine();
    await refusalOf(engine.deploy([resource('a.bpmn', STRAIGHT), resource('b.bpmn', 'nope')], TENANT));
    expect(await engine.resolveProcess({ bpmnProcessId: 'straight', version: null }, TENANT)).toBeNull();
    const deployment = await engine.deploy([resource('a.bpmn', STRAIGHT)], TENANT);
    expect(deployment.deploymentKey).toBe(2251799813685249);
  });

  it('refuses more namespaces than any modeler writes', async () => {
    const namespaces = Array.from({ length: 1000 }, (_, index) => ` xmlns:n${index}="urn:n${index}"`).join('');
    const refusal = await refusalOf(
      memoryEngine().deploy([resource('p.bpmn', STRAIGHT.replace(' id=', `${namespaces} id=`))], TENANT),
    );
    expect(refusal.message).toBe(`${REJECTED}'p.bpmn': has more than 1000 namespace declarations`);
  });
});

describe('reading a deployment', () => {
  it('gives up XML that keeps the parser busy, and goes on with the next', async () => {
    const reader = new ResourceReader(2000);
    const busy = around('p', { id: 't', xml: '<bpmn:task a="1" a="1"/>'.repeat(100_000) });
    const [given, next] = await Promise.all([
      reader.read([resource('busy.bpmn', busy)]),
      reader.read([resource('p.bpmn', around('p', node('serviceTask', 't', WORK)))]),
    ]);
    expect(given).toEqual({ ok: false, problems: ['reading the resources takes more than 2 seconds'] });
    expect(next.ok).toBe(true);
    reader.close();
  });

  it('refuses deployments beyond those that may wait', async () => {
    const reader = new ResourceReader();
    const accepted = Array.from({ length: 32 }, () => reader.read([resource('p.bpmn', STRAIGHT)]));
    const refusal = await refusalOf(reader.read([resource('p.bpmn', STRAIGHT)]));
    expect(refusal.code).toBe('RESOURCE_EXHAUSTED');
    expect((await Promise.all(accepted)).every((reading) => reading.ok)).toBe(true);
    reader.close();
  });

  it('answers those that wait when it is closed', async () => {
    const reader = new ResourceReader();
    const waiting = [reader.read([resource('p.bpmn', STRAIGHT)]), reader.read([resource('p.bpmn', STRAIGHT)])];
    reader.close();
    const refusals = await Promise.all(waiting.map((one) => refusalOf(one)));
    expect(refusals.map(({ code }) => code)).toEqual(['UNAVAILABLE', 'UNAVAILABLE']);
  });
});
