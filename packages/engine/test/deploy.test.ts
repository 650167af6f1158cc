import { describe, expect, it } from 'vitest';
import {
  around,
  chain,
  document,
  extended,
  flow,
  node,
  processOf,
  resource,
  STRAIGHT,
  WAITING,
} from './bpmn-documents.ts';
import { TENANT } from './everything.ts';
import { memoryEngine } from './temporary-engine.ts';

const FIRST_KEY = 2251799813685249;

describe('deploy', () => {
  it('gives the recorded keys to the first deployment of a fresh cluster', async () => {
    const engine = memoryEngine();
    const deployment = await engine.deploy([resource('p.bpmn', STRAIGHT), resource('p2.bpmn', WAITING)], TENANT);
    expect(deployment).toEqual({
      deploymentKey: FIRST_KEY,
      tenantId: '<default>',
      processDefinitions: [
        {
          key: FIRST_KEY + 1,
          bpmnProcessId: 'straight',
          name: null,
          version: 1,
          versionTag: null,
          resourceName: 'p.bpmn',
          tenantId: '<default>',
        },
        {
          key: FIRST_KEY + 2,
          bpmnProcessId: 'waiting',
          name: null,
          version: 1,
          versionTag: null,
          resourceName: 'p2.bpmn',
          tenantId: '<default>',
        },
      ],
    });
  });

  it('keeps key and version of an identical resource, under a new deployment key', async () => {
    const engine = memoryEngine();
    const first = await engine.deploy([resource('p.bpmn', STRAIGHT)], TENANT);
    const second = await engine.deploy([resource('p.bpmn', STRAIGHT)], TENANT);
    expect(second.processDefinitions).toEqual(first.processDefinitions);
    expect(second.deploymentKey).toBeGreaterThan(first.deploymentKey);
  });

  it('makes a new version of other bytes, and of the same bytes under another name', async () => {
    const engine = memoryEngine();
    await engine.deploy([resource('p.bpmn', STRAIGHT)], TENANT);
    const changed = await engine.deploy([resource('p.bpmn', `${STRAIGHT}\n`)], TENANT);
    const renamed = await engine.deploy([resource('q.bpmn', `${STRAIGHT}\n`)], TENANT);
    expect(changed.processDefinitions[0]?.version).toBe(2);
    expect(renamed.processDefinitions[0]?.version).toBe(3);
  });

  it('makes a new version of an older version that comes again', async () => {
    const engine = memoryEngine();
    await engine.deploy([resource('p.bpmn', STRAIGHT)], TENANT);
    await engine.deploy([resource('p.bpmn', `${STRAIGHT}\n`)], TENANT);
    const again = await engine.deploy([resource('p.bpmn', STRAIGHT)], TENANT);
    expect(again.processDefinitions[0]?.version).toBe(3);
  });

  it('makes a definition of every executable process of a resource and of no other', async () => {
    const engine = memoryEngine();
    const drawn = '<bpmn:process id="drawn" isExecutable="false"><bpmn:complexGateway id="g"/></bpmn:process>';
    const both = document(
      processOf('a', chain()),
      drawn,
      processOf('b', chain().replaceAll('"s"', '"s2"').replaceAll('"e"', '"e2"').replaceAll('"f0"', '"f2"')),
    );
    const { processDefinitions } = await engine.deploy([resource('both.bpmn', both)], TENANT);
    expect(processDefinitions.map(({ bpmnProcessId }) => bpmnProcessId)).toEqual(['a', 'b']);
    const xml = await Promise.all(processDefinitions.map(({ key }) => engine.processDefinitionXml(key)));
    expect(xml).toEqual([both, both]);
  });

  it('reads name and version tag, and gives back the XML as it came', async () => {
    const engine = memoryEngine();
    const tagged = document(
      processOf('tagged', extended('<zeebe:versionTag value="v1"/>'), chain()).replace(
        '<bpmn:process',
        '<bpmn:process name="Größe &amp; &#65;"',
      ),
    );
    const { processDefinitions } = await engine.deploy([resource('t.bpmn', tagged)], TENANT);
    expect(processDefinitions[0]).toMatchObject({ name: 'Größe & A', versionTag: 'v1' });
    expect(await engine.processDefinitionXml(processDefinitions[0]?.key ?? 0)).toBe(tagged);
  });

  it('accepts what modelers write beside the process: a drawing, a collaboration, data, lanes, other namespaces', async () => {
    const engine = memoryEngine();
    const lanes =
      '<bpmn:laneSet id="l"><bpmn:lane id="l1"><bpmn:flowNodeRef>s</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>';
    const data =
      '<bpmn:dataObjectReference id="dr" dataObjectRef="do"/><bpmn:dataObject id="do"/><bpmn:textAnnotation id="a"/>';
    const other = extended('<other:thing xmlns:other="urn:other" what="ever"/>');
    const drawn = document(
      '<bpmn:collaboration id="c"><bpmn:participant id="pa" processRef="p"/></bpmn:collaboration>',
      processOf('p', other, lanes, data, chain()),
      '<bpmndi:BPMNDiagram xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" id="D"><bpmndi:BPMNPlane id="P" bpmnElement="c"/></bpmndi:BPMNDiagram>',
    );
    const { processDefinitions } = await engine.deploy([resource('p.bpmn', drawn)], TENANT);
    expect(processDefinitions).toHaveLength(1);
  });

  it('accepts a byte order mark, the default namespace and the longer file name', async () => {
    const engine = memoryEngine();
    const plain = `\uFEFF${STRAIGHT.replaceAll('bpmn:', '').replace('xmlns:bpmn', 'xmlns')}`;
    const { processDefinitions } = await engine.deploy([resource('p.bpmn20.xml', plain)], TENANT);
    expect(processDefinitions[0]?.bpmnProcessId).toBe('straight');
  });

  it('accepts an exclusive gateway that leaves no choice', async () => {
    const engine = memoryEngine();
    const gateway = { id: 'g', xml: '<bpmn:exclusiveGateway id="g" default="f1"/>' };
    await expect(engine.deploy([resource('p.bpmn', around('p', gateway))], TENANT)).resolves.toBeDefined();
  });

  it('takes deployments in the order in which they were asked for', async () => {
    const engine = memoryEngine();
    const texts = [0, 1, 2, 3].map((spaces) => `${STRAIGHT}${' '.repeat(spaces)}`);
    const deployments = await Promise.all(texts.map((text) => engine.deploy([resource('p.bpmn', text)], TENANT)));
    expect(deployments.map(({ processDefinitions }) => processDefinitions[0]?.version)).toEqual([1, 2, 3, 4]);
  });

  it('runs a process whose ids are the names of built-in properties', async () => {
    const engine = memoryEngine();
    const odd = [
      node('startEvent', '__proto__').xml,
      node('endEvent', 'constructor').xml,
      flow('toString', '__proto__', 'constructor'),
    ];
    await engine.deploy([resource('p.bpmn', document(processOf('hasOwnProperty', ...odd)))], TENANT);
    const instance = await engine.createProcessInstance({
      process: { bpmnProcessId: 'hasOwnProperty', version: null },
      variables: {},
      tenantId: TENANT,
    });
    expect(instance.state).toBe('COMPLETED');
  });
});
