/** `@camunda8/sdk` as a program uses it, configured by its environment alone. Prints what it was given, as JSON. */
import { Camunda8 } from '@camunda8/sdk';
import { type Calls, printAnswers } from './print-answers.ts';

const [, , ...wanted] = process.argv;
const camunda = new Camunda8();

const operate = camunda.getOperateApiClient();

async function keyOf(page: Promise<{ items: readonly { readonly key: string | number }[] }>): Promise<string | number> {
  const [first] = (await page).items;
  if (first === undefined) throw new Error('nothing was found');
  return first.key;
}
const definitions = () =>
  operate.searchProcessDefinitions({ filter: {}, size: 1, sort: [{ field: 'key', order: 'DESC' }] });
const instances = () =>
  operate.searchProcessInstances({ filter: {}, size: 1, sort: [{ field: 'key', order: 'DESC' }] });

const CALLS: Calls = {
  topology: () => camunda.getCamundaRestClient().getTopology(),
  'topology of the newer client': () => camunda.getOrchestrationClusterApiClient().getTopology(),
  definitions,
  definition: async () => operate.getProcessDefinition(await keyOf(definitions())),
  xml: async () => operate.getProcessDefinitionXML(await keyOf(definitions())),
  instances,
  instance: async () => operate.getProcessInstance(await keyOf(instances())),
};

await printAnswers(CALLS, wanted);
