/** Both official clients with the credentials of `@stagedoor/client`, configured by the environment alone. Prints what each call was answered, as JSON. */
import createCamundaClient from '@camunda8/orchestration-cluster-api';
import { Camunda8 } from '@camunda8/sdk';
import { credentialsFromEnvironment, orchestrationClusterApiOptions, sdkHeadersProvider } from '@stagedoor/client/node';
import { type Calls, printAnswers } from '../official-clients/print-answers.ts';

const credentials = credentialsFromEnvironment(process.env, { broker: false });
const orchestration = createCamundaClient(orchestrationClusterApiOptions(credentials));
const sdk = new Camunda8({ oAuthProvider: sdkHeadersProvider(credentials) });

const BPMN =
  '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t"><process id="curtain-call" name="Curtain call" isExecutable="true"><startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="e"/><endEvent id="e"/></process></definitions>';

const CALLS: Calls = {
  topology: async () => (await orchestration.getTopology()).clusterSize,
  deployment: async () => {
    const deployed = await orchestration.createDeployment({ resources: [new File([BPMN], 'curtain-call.bpmn')] });
    return deployed.processes.map(({ processDefinitionId }) => processDefinitionId);
  },
  search: async () =>
    (await orchestration.searchProcessDefinitions({}, { consistency: { waitUpToMs: 0 } })).items.length,
  'topology by the SDK': async () => (await sdk.getCamundaRestClient().getTopology()).brokers.length,
  'definitions of Operate by the SDK': async () =>
    (await sdk.getOperateApiClient().searchProcessDefinitions({ filter: {}, size: 1 })).items.length,
};

await printAnswers(CALLS);
