/** `@camunda8/orchestration-cluster-api` as a program uses it, configured by its environment alone. Prints what it was given, as JSON. */
import createCamundaClient from '@camunda8/orchestration-cluster-api';
import { type Calls, printAnswers } from './print-answers.ts';

const [, , ...wanted] = process.argv;
// The client's own strictest check of what it sends and gets.
const camunda = createCamundaClient({ config: { CAMUNDA_SDK_VALIDATION: 'fanatical' } });

const BPMN =
  '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t"><process id="curtain-call" name="Curtain call" isExecutable="true"><startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="e"/><endEvent id="e"/></process></definitions>';

const CALLS: Calls = {
  topology: () => camunda.getTopology(),
  license: () => camunda.getLicense(),
  status: () => camunda.getStatus(),
  me: () => camunda.getAuthentication(),
  deployment: () => camunda.createDeployment({ resources: [new File([BPMN], 'curtain-call.bpmn')] }),
  instance: async () => {
    const deployed = await camunda.createDeployment({ resources: [new File([BPMN], 'curtain-call.bpmn')] });
    const [process] = deployed.processes;
    if (process === undefined) throw new Error('nothing was deployed');
    return camunda.createProcessInstance({ processDefinitionKey: process.processDefinitionKey });
  },
};

await printAnswers(CALLS, wanted);
