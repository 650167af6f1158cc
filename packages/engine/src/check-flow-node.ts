import type { ModdleElement } from 'bpmn-moddle';
import type { FlowNodeType } from './flow-node-type.ts';
import { elementIn, elementsIn, named, tagOf, textIn, zeebeExtensions } from './moddle-element.ts';

/** Extensions that describe work to whoever does it, and change nothing of how the process runs up to there. */
const DESCRIPTIVE = new Set([
  'zeebe:AssignmentDefinition',
  'zeebe:CalledDecision',
  'zeebe:FormDefinition',
  'zeebe:LinkedResources',
  'zeebe:PriorityDefinition',
  'zeebe:Properties',
  'zeebe:Script',
  'zeebe:TaskDefinition',
  'zeebe:TaskHeaders',
  'zeebe:TaskSchedule',
  'zeebe:UserTask',
  'zeebe:UserTaskForm',
  'zeebe:VersionTag',
]);

/** Which extension says what a task's work is; one of them must be there. */
const WORK: Partial<Record<FlowNodeType, readonly string[]>> = {
  SERVICE_TASK: ['zeebe:TaskDefinition'],
  SEND_TASK: ['zeebe:TaskDefinition'],
  SCRIPT_TASK: ['zeebe:Script', 'zeebe:TaskDefinition'],
  BUSINESS_RULE_TASK: ['zeebe:CalledDecision', 'zeebe:TaskDefinition'],
};

/** What keeps this engine from executing a flow node of a type that it knows: nothing is skipped in silence. */
export function checkFlowNode(element: ModdleElement, type: FlowNodeType): readonly string[] {
  const loop = elementIn(element.loopCharacteristics);
  const unknown = [
    ...elementsIn(element.eventDefinitions).map(tagOf),
    ...elementsIn(element.eventDefinitionRef).map(tagOf),
    ...(loop ? [tagOf(loop)] : []),
    ...(element.isForCompensation === true ? ['isForCompensation'] : []),
  ];
  return [
    ...unknown.map((what) => notExecuted(element, what)),
    ...checkExtensions(element),
    ...checkWork(element, type),
  ];
}

/** Extensions of a process or a flow node that would change how it runs. */
export function checkExtensions(element: ModdleElement): readonly string[] {
  const others = zeebeExtensions(element).filter((extension) => !DESCRIPTIVE.has(extension.$type));
  return others.map((extension) => notExecuted(element, tagOf(extension)));
}

export function notExecuted(element: ModdleElement, what: string): string {
  return `${named(element)} has ${what}, which this engine does not execute`;
}

function checkWork(element: ModdleElement, type: FlowNodeType): readonly string[] {
  if (type === 'RECEIVE_TASK') {
    return elementIn(element.messageRef) ? [] : [`${named(element)} must have a messageRef that names a message`];
  }
  const wanted = WORK[type];
  if (!wanted) return [];
  const work = zeebeExtensions(element).filter((extension) => wanted.includes(extension.$type));
  if (work.length !== 1) return [`${named(element)} must have one ${wanted.map(tagOfType).join(' or ')}`];
  const blank = work.some((one) => one.$type === 'zeebe:TaskDefinition' && !textIn(one.type)?.trim());
  return blank ? [`${named(element)} must have a zeebe:taskDefinition with a type`] : [];
}

function tagOfType($type: string): string {
  return tagOf({ $type });
}
