/** What this engine executes: an element's type in BPMN, and its name in Camunda's APIs. Anything else is refused at deployment. */
const FLOW_NODE_TYPES = {
  'bpmn:StartEvent': 'START_EVENT',
  'bpmn:EndEvent': 'END_EVENT',
  'bpmn:Task': 'TASK',
  'bpmn:ManualTask': 'MANUAL_TASK',
  'bpmn:ServiceTask': 'SERVICE_TASK',
  'bpmn:SendTask': 'SEND_TASK',
  'bpmn:ScriptTask': 'SCRIPT_TASK',
  'bpmn:BusinessRuleTask': 'BUSINESS_RULE_TASK',
  'bpmn:UserTask': 'USER_TASK',
  'bpmn:ReceiveTask': 'RECEIVE_TASK',
  'bpmn:ExclusiveGateway': 'EXCLUSIVE_GATEWAY',
  'bpmn:ParallelGateway': 'PARALLEL_GATEWAY',
} as const;

export type FlowNodeType = (typeof FLOW_NODE_TYPES)[keyof typeof FLOW_NODE_TYPES];

/** `pass`: done at once. `join`: one token of each incoming flow, then done at once. `job`: waits, with a key for its job. `wait`: waits. */
export const BEHAVIOURS = {
  START_EVENT: 'pass',
  END_EVENT: 'pass',
  TASK: 'pass',
  MANUAL_TASK: 'pass',
  SERVICE_TASK: 'job',
  SEND_TASK: 'job',
  SCRIPT_TASK: 'job',
  BUSINESS_RULE_TASK: 'job',
  USER_TASK: 'job',
  RECEIVE_TASK: 'wait',
  EXCLUSIVE_GATEWAY: 'pass',
  PARALLEL_GATEWAY: 'join',
} as const satisfies Record<FlowNodeType, 'pass' | 'join' | 'job' | 'wait'>;

export function isFlowNodeType(text: unknown): text is FlowNodeType {
  return typeof text === 'string' && Object.hasOwn(BEHAVIOURS, text);
}

export function flowNodeTypeOf(bpmnType: string): FlowNodeType | null {
  return isExecuted(bpmnType) ? FLOW_NODE_TYPES[bpmnType] : null;
}

function isExecuted(bpmnType: string): bpmnType is keyof typeof FLOW_NODE_TYPES {
  return Object.hasOwn(FLOW_NODE_TYPES, bpmnType);
}
