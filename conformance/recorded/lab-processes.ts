/** What the recorded Camunda had deployed: a process that ends at once, and one that waits at a service task. */
const START_TO_END = `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="one" targetNamespace="http://lab">
  <process id="lab-se" name="Lab" isExecutable="true">
    <startEvent id="begin"/>
    <sequenceFlow id="on" sourceRef="begin" targetRef="finish"/>
    <endEvent id="finish"/>
  </process>
</definitions>
`;

const WITH_TASK = `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="two" targetNamespace="http://lab">
  <process id="lab-task" name="Lab task" isExecutable="true">
    <startEvent id="begin"/>
    <sequenceFlow id="on" sourceRef="begin" targetRef="work"/>
    <serviceTask id="work"><extensionElements><zeebe:taskDefinition type="x"/></extensionElements></serviceTask>
    <sequenceFlow id="off" sourceRef="work" targetRef="finish"/>
    <endEvent id="finish"/>
  </process>
</definitions>
`;

/** Deploys both and starts the instances that were recorded: of the first, of the second, and of the first again. */
export async function fillCluster(rest: string, credentials: { readonly authorization: string }): Promise<void> {
  const form = new FormData();
  form.append('resources', new Blob([START_TO_END]), 'p.bpmn');
  form.append('resources', new Blob([WITH_TASK]), 'p2.bpmn');
  await succeed(fetch(`${rest}/v2/deployments`, { method: 'POST', headers: credentials, body: form }));
  for (const processDefinitionId of ['lab-se', 'lab-task', 'lab-se']) {
    const headers = { ...credentials, 'content-type': 'application/json' };
    const body = JSON.stringify({ processDefinitionId, variables: { a: 1 } });
    await succeed(fetch(`${rest}/v2/process-instances`, { method: 'POST', headers, body }));
  }
}

async function succeed(answering: Promise<Response>): Promise<void> {
  const answer = await answering;
  if (!answer.ok) throw new Error(`${answer.url} answered ${answer.status}: ${await answer.text()}`);
}
