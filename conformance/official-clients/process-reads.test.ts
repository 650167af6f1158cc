import { type CamundaClient, ProcessDefinitionKey, ProcessInstanceKey } from '@camunda8/orchestration-cluster-api';
import { type Engine, openEngine } from '@stagedoor/engine';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeDoors, openDoor } from '../../packages/gateway/test/open-door.ts';
import { AT_ONCE, failureOf, strictClient } from './strict-client.ts';

const BPMN = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t"><process id="order" name="Order" isExecutable="true"><startEvent id="s"/></process><process id="payment" isExecutable="true"><startEvent id="p"/><sequenceFlow id="f" sourceRef="p" targetRef="u"/><userTask id="u"/></process></definitions>`;

let engine: Engine;
let camunda: CamundaClient;

beforeAll(async () => {
  const clock = { now: () => Date.UTC(2026, 10, 22) };
  engine = openEngine({ file: ':memory:', clock, clusterId: 'c', host: 'h', port: 1, version: '8.10.0' });
  const { port } = await openDoor({ cluster: engine });
  camunda = strictClient(`http://127.0.0.1:${port}`, { username: 'demo', password: 'demo' });
  await engine.deploy([{ name: 'p.bpmn', content: Buffer.from(BPMN) }], '<default>');
  for (const bpmnProcessId of ['order', 'payment', 'payment'])
    await engine.createProcessInstance({
      process: { bpmnProcessId, version: null },
      variables: { total: 5, name: 'x' },
      tenantId: '<default>',
    });
});
afterAll(async () => {
  await closeDoors();
  engine.close();
});

describe('the official client, which checks every answer', () => {
  it('finds definitions, and reads one and its BPMN', async () => {
    const found = await camunda.searchProcessDefinitions(
      { filter: { isLatestVersion: true }, sort: [{ field: 'processDefinitionId', order: 'DESC' }] },
      AT_ONCE,
    );
    expect(found.items.map((item) => [item.processDefinitionId, item.name])).toEqual([
      ['payment', null],
      ['order', 'Order'],
    ]);
    const processDefinitionKey = found.items[1]?.processDefinitionKey ?? ProcessDefinitionKey.assumeExists('1');
    expect(await camunda.getProcessDefinition({ processDefinitionKey }, AT_ONCE)).toEqual(found.items[1]);
    expect(await camunda.getProcessDefinitionXml({ processDefinitionKey }, AT_ONCE)).toBe(BPMN);
  });

  it('finds instances by what 8.10 filters by, pages through them, and reads one', async () => {
    const sort = [{ field: 'startDate', order: 'ASC' }] as const;
    const first = await camunda.searchProcessInstances({ sort: [...sort], page: { limit: 2 } }, AT_ONCE);
    expect(first.page).toMatchObject({ totalItems: 3, hasMoreTotalItems: false });
    const after = first.page.endCursor;
    if (after === null) throw new Error('the page has no end');
    const second = await camunda.searchProcessInstances({ sort: [...sort], page: { limit: 2, after } }, AT_ONCE);
    expect([...first.items, ...second.items].map(({ state }) => state)).toEqual(['COMPLETED', 'ACTIVE', 'ACTIVE']);
    const some = await camunda.searchProcessInstances(
      {
        filter: {
          state: { $in: ['ACTIVE'] },
          variables: [
            { name: 'total', value: '5' },
            { name: 'name', value: { $like: '"?"' } },
          ],
          $or: [{ processDefinitionId: 'order' }, { processDefinitionId: { $like: 'pay*' } }],
        },
      },
      AT_ONCE,
    );
    expect(some.page.totalItems).toBe(2);
    const [item] = some.items;
    const processInstanceKey = item?.processInstanceKey ?? ProcessInstanceKey.assumeExists('1');
    expect(await camunda.getProcessInstance({ processInstanceKey }, AT_ONCE)).toEqual(item);
  });

  it('is told of what is not there', async () => {
    const processInstanceKey = ProcessInstanceKey.assumeExists('1');
    const failure = await failureOf(camunda.getProcessInstance({ processInstanceKey }, AT_ONCE));
    expect(failure).toMatchObject({ status: 404 });
  });
});
