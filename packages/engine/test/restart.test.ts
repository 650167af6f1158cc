import { describe, expect, it } from 'vitest';
import { document, END, flow, node, processOf, resource, START, STRAIGHT, WAITING } from './bpmn-documents.ts';
import { EVERYTHING, TENANT } from './everything.ts';
import { open, rowsIn, temporaryFile } from './temporary-engine.ts';

describe('a restart', () => {
  it('keeps definitions, their XML, and instances, waiting and ended', async () => {
    const file = temporaryFile();
    const before = open(file);
    const { processDefinitions } = await before.deploy(
      [resource('p.bpmn', STRAIGHT), resource('p2.bpmn', WAITING)],
      TENANT,
    );
    const instances = [];
    for (const bpmnProcessId of ['straight', 'waiting']) {
      instances.push(
        await before.createProcessInstance({
          process: { bpmnProcessId, version: null },
          variables: { a: 1 },
          tenantId: TENANT,
        }),
      );
    }
    before.close();
    const after = open(file);
    expect((await after.searchProcessDefinitions(EVERYTHING)).items).toEqual(processDefinitions);
    expect((await after.searchProcessInstances(EVERYTHING)).items).toEqual(instances);
    expect(await after.processDefinitionXml(processDefinitions[1]?.key ?? 0)).toBe(WAITING);
    after.close();
  });

  it('starts instances of what was deployed before it', async () => {
    const file = temporaryFile();
    const before = open(file);
    await before.deploy([resource('p2.bpmn', WAITING)], TENANT);
    before.close();
    const after = open(file);
    const instance = await after.createProcessInstance({
      process: { bpmnProcessId: 'waiting', version: null },
      variables: {},
      tenantId: TENANT,
    });
    expect(instance.state).toBe('ACTIVE');
    after.close();
  });

  it('goes on with the keys and never gives one twice', async () => {
    const file = temporaryFile();
    const keys: number[] = [];
    for (let run = 0; run < 3; run++) {
      const engine = open(file);
      keys.push((await engine.deploy([resource('p.bpmn', STRAIGHT)], TENANT)).deploymentKey);
      keys.push(
        (
          await engine.createProcessInstance({
            process: { bpmnProcessId: 'straight', version: null },
            variables: {},
            tenantId: TENANT,
          })
        ).key,
      );
      engine.close();
    }
    expect(keys.toSorted((a, b) => a - b)).toEqual(keys);
    expect(new Set(keys).size).toBe(6);
  });

  it('still knows an identical resource', async () => {
    const file = temporaryFile();
    const versions: (number | undefined)[] = [];
    for (const xml of [STRAIGHT, STRAIGHT, `${STRAIGHT}\n`]) {
      const engine = open(file);
      versions.push((await engine.deploy([resource('p.bpmn', xml)], TENANT)).processDefinitions[0]?.version);
      engine.close();
    }
    expect(versions).toEqual([1, 1, 2]);
  });

  it('keeps what an instance waits for: active elements, tokens at joins, jobs', async () => {
    const file = temporaryFile();
    const before = open(file);
    const nodes = [
      START.xml,
      node('task', 'a').xml,
      node('userTask', 'b').xml,
      node('parallelGateway', 'j').xml,
      END.xml,
    ];
    const flows = [
      flow('f1', 's', 'a'),
      flow('f2', 's', 'b'),
      flow('f3', 'a', 'j'),
      flow('f4', 'b', 'j'),
      flow('f5', 'j', 'e'),
    ];
    await before.deploy([resource('p.bpmn', document(processOf('p', ...nodes, ...flows)))], TENANT);
    const { key } = await before.createProcessInstance({
      process: { bpmnProcessId: 'p', version: null },
      variables: {},
      tenantId: TENANT,
    });
    before.close();
    open(file).close();
    expect(
      rowsIn(
        file,
        "SELECT element_id, element_type, job_key IS NOT NULL AS job FROM element_instance WHERE state = 'ACTIVE'",
      ),
    ).toEqual([{ element_id: 'b', element_type: 'USER_TASK', job: 1 }]);
    expect(rowsIn(file, 'SELECT process_instance_key, element_id, sequence_flow_id FROM waiting_token')).toEqual([
      { process_instance_key: key, element_id: 'j', sequence_flow_id: 'f3' },
    ]);
  });
});
