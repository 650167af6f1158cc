import type { ProcessInstance, ProcessInstanceState } from '@stagedoor/cluster';
import { flag, integer, listOf, nullableText, object, oneOf, text } from '../../../schema.ts';

/** States as v2 calls them; Operate v1 says CANCELED for the last one, and so does the port. */
export const STATES = {
  ACTIVE: 'ACTIVE',
  COMPLETED: 'COMPLETED',
  TERMINATED: 'CANCELED',
} as const satisfies Record<string, ProcessInstanceState>;
export type State = keyof typeof STATES;
export const STATE_NAMES = Object.keys(STATES) as readonly State[];

/** `ProcessInstanceResult` of 8.10. */
export const PROCESS_INSTANCE = object({
  processDefinitionId: text,
  processDefinitionName: nullableText,
  processDefinitionVersion: integer,
  processDefinitionVersionTag: nullableText,
  startDate: text,
  endDate: nullableText,
  state: oneOf(...STATE_NAMES),
  hasIncident: flag,
  tenantId: text,
  processInstanceKey: text,
  processDefinitionKey: text,
  parentProcessInstanceKey: nullableText,
  parentElementInstanceKey: nullableText,
  rootProcessInstanceKey: nullableText,
  tags: listOf(text),
  businessId: nullableText,
});

/** Tags and a business id are refused where an instance is created, so that none has any. */
export function writeProcessInstance(instance: ProcessInstance): object {
  return {
    processDefinitionId: instance.bpmnProcessId,
    processDefinitionName: instance.processName,
    processDefinitionVersion: instance.processVersion,
    processDefinitionVersionTag: instance.processVersionTag,
    startDate: writeDate(instance.startDate),
    endDate: instance.endDate === null ? null : writeDate(instance.endDate),
    state: STATE_NAMES.find((name) => STATES[name] === instance.state) ?? instance.state,
    hasIncident: instance.incident,
    tenantId: instance.tenantId,
    processInstanceKey: String(instance.key),
    processDefinitionKey: String(instance.processDefinitionKey),
    parentProcessInstanceKey: writeKey(instance.parentKey),
    parentElementInstanceKey: writeKey(instance.parentFlowNodeInstanceKey),
    rootProcessInstanceKey: String(instance.rootKey),
    tags: [],
    businessId: null,
  };
}

function writeDate(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

function writeKey(key: number | null): string | null {
  return key === null ? null : String(key);
}
