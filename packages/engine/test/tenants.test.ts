import { describe, expect, it } from 'vitest';
import { document, node, processOf, resource, STRAIGHT, WAITING } from './bpmn-documents.ts';
import { EVERYTHING } from './everything.ts';
import { refusalOf } from './refusal.ts';
import { memoryEngine, open, temporaryFile } from './temporary-engine.ts';

const LATEST = { bpmnProcessId: 'straight', version: null } as const;

function named(name: string): string {
  return document(
    processOf('straight', node('startEvent', 's').xml).replace(' id="straight"', ` id="straight" name="${name}"`),
  );
}

describe('a tenant', () => {
  it('has its own versions, counted from one', async () => {
    const engine = memoryEngine();
    const versions: unknown[] = [];
    for (const [tenantId, name] of [
      ['red', 'one'],
      ['red', 'two'],
      ['blue', 'one'],
      ['blue', 'one'],
    ] as const) {
      const deployment = await engine.deploy([resource('p.bpmn', named(name))], tenantId);
      expect(deployment.tenantId).toBe(tenantId);
      versions.push(deployment.processDefinitions.map(({ version, tenantId: of }) => `${of} ${version}`));
    }
    expect(versions).toEqual([['red 1'], ['red 2'], ['blue 1'], ['blue 1']]);
  });

  it('takes the same resource as another tenant for a definition of its own', async () => {
    const engine = memoryEngine();
    const [red, blue] = [
      await engine.deploy([resource('p.bpmn', STRAIGHT)], 'red'),
      await engine.deploy([resource('p.bpmn', STRAIGHT)], 'blue'),
    ];
    expect(red.processDefinitions[0]?.key).not.toBe(blue.processDefinitions[0]?.key);
  });

  it('starts the latest of its own versions, and no other', async () => {
    const engine = memoryEngine();
    await engine.deploy([resource('p.bpmn', named('of red, old'))], 'red');
    await engine.deploy([resource('p.bpmn', named('of red'))], 'red');
    await engine.deploy([resource('p.bpmn', named('of blue'))], 'blue');
    const names: unknown[] = [];
    for (const tenantId of ['red', 'blue']) {
      const instance = await engine.createProcessInstance({ process: LATEST, variables: {}, tenantId });
      names.push([instance.tenantId, instance.processName, instance.processVersion]);
      expect(await engine.resolveProcess(LATEST, tenantId)).toMatchObject({ key: instance.processDefinitionKey });
    }
    expect(names).toEqual([
      ['red', 'of red', 2],
      ['blue', 'of blue', 1],
    ]);
  });

  it.each(['by its latest version', 'by a version', 'by its key'])(
    "starts nothing of another tenant's %s, and finds no such definition",
    async (way) => {
      const engine = memoryEngine();
      const { processDefinitions } = await engine.deploy([resource('p.bpmn', STRAIGHT)], 'red');
      const process = {
        'by its latest version': LATEST,
        'by a version': { ...LATEST, version: 1 },
        'by its key': { key: processDefinitions[0]?.key ?? 0 },
      }[way];
      if (process === undefined) throw new Error(`there is no ${way}`);
      expect(await engine.resolveProcess(process, 'red')).not.toBeNull();
      expect(await engine.resolveProcess(process, 'blue')).toBeNull();
      const refusal = await refusalOf(engine.createProcessInstance({ process, variables: {}, tenantId: 'blue' }));
      expect(refusal).toMatchObject({ code: 'NOT_FOUND', message: expect.stringContaining('but none found') });
      expect((await engine.searchProcessInstances(EVERYTHING)).total).toBe(0);
    },
  );

  it('keeps its definitions and instances over a restart', async () => {
    const file = temporaryFile();
    const before = open(file);
    await before.deploy([resource('p.bpmn', STRAIGHT), resource('p2.bpmn', WAITING)], 'red');
    await before.deploy([resource('p.bpmn', STRAIGHT)], 'blue');
    for (const tenantId of ['red', 'blue'])
      await before.createProcessInstance({ process: LATEST, variables: {}, tenantId });
    const search = { ...EVERYTHING, tenants: { kind: 'ids', ids: ['blue'] } } as const;
    const [definitions, instances] = [
      await before.searchProcessDefinitions(search),
      await before.searchProcessInstances(search),
    ];
    before.close();
    const after = open(file);
    expect(await after.searchProcessDefinitions(search)).toEqual(definitions);
    expect(await after.searchProcessInstances(search)).toEqual(instances);
    expect([definitions.total, instances.total]).toEqual([1, 1]);
    const again = await after.deploy([resource('p.bpmn', STRAIGHT)], 'blue');
    expect(again.processDefinitions[0]?.version).toBe(1);
    after.close();
  });
});
