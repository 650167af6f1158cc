/** `@camunda8/sdk` as a program uses it, configured by its environment alone. Prints what it was given, as JSON. */
import { Camunda8 } from '@camunda8/sdk';

const [, , ...wanted] = process.argv;
const camunda = new Camunda8();

const newest = { filter: {}, size: 1, sort: [{ field: 'key', order: 'DESC' }] } as const;

const CALLS: Readonly<Record<string, () => Promise<unknown>>> = {
  topology: () => camunda.getCamundaRestClient().getTopology(),
  'topology of the newer client': () => camunda.getOrchestrationClusterApiClient().getTopology(),
  definitions: () => camunda.getOperateApiClient().searchProcessDefinitions(newest),
  definition: async () => camunda.getOperateApiClient().getProcessDefinition(await definitionKey()),
  xml: async () => camunda.getOperateApiClient().getProcessDefinitionXML(await definitionKey()),
  instances: () => camunda.getOperateApiClient().searchProcessInstances(newest),
  instance: async () => {
    const { items } = await camunda.getOperateApiClient().searchProcessInstances(newest);
    return camunda.getOperateApiClient().getProcessInstance(items[0]?.key ?? 0);
  },
};

async function definitionKey(): Promise<string | number> {
  const { items } = await camunda.getOperateApiClient().searchProcessDefinitions(newest);
  return items[0]?.key ?? 0;
}

const answers: Record<string, unknown> = {};
for (const name of wanted) {
  const call = CALLS[name];
  if (call === undefined) throw new Error(`there is no call ${name}`);
  try {
    answers[name] = await call();
  } catch (error) {
    answers[name] = { error: error instanceof Error ? `${error.name}: ${error.message}` : 'unknown' };
  }
}
process.stdout.write(`${JSON.stringify(answers)}\n`);
process.exit();
