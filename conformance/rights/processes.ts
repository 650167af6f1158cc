import type { Program } from '../program/start-program.ts';
import { type Credentials, done } from './ask.ts';

export type Deployed = { readonly processDefinitionId: string; readonly processDefinitionKey: string };

/** A form that deploys one process, which ends at once. */
export function deploymentOf(id: string, tenantId?: string): FormData {
  const bpmn = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t"><process id="${id}" isExecutable="true"><startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="e"/><endEvent id="e"/></process></definitions>`;
  const form = new FormData();
  form.append('resources', new File([bpmn], `${id}.bpmn`));
  if (tenantId !== undefined) form.append('tenantId', tenantId);
  return form;
}

export async function deploy(program: Program, as: Credentials, id: string, tenantId?: string): Promise<Deployed> {
  const body = deploymentOf(id, tenantId);
  const answer = await done(program, '/v2/deployments', { as, method: 'POST', body });
  const [first] = answer.deployments as { processDefinition: Deployed }[];
  if (first === undefined) throw new Error('nothing was deployed');
  return first.processDefinition;
}

/** Starts an instance of it: its key. */
export async function startInstance(program: Program, as: Credentials, deployed: Deployed): Promise<string> {
  const { processDefinitionKey } = deployed;
  const started = await done(program, '/v2/process-instances', { as, method: 'POST', body: { processDefinitionKey } });
  return String(started.processInstanceKey);
}
