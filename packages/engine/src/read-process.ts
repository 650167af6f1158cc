import type { ModdleElement } from 'bpmn-moddle';
import { checkExtensions, checkFlowNode, notExecuted } from './check-flow-node.ts';
import { type FlowNodeType, flowNodeTypeOf } from './flow-node-type.ts';
import { elementIn, elementsIn, named, tagOf, textIn, zeebeExtensions } from './moddle-element.ts';
import type { ProcessModel, SequenceFlow } from './process-model.ts';
import { type Reading, readable, unreadable } from './reading.ts';

/** Ids, names and tags are copied into rows, answers and messages. */
const MAX_TEXT_LENGTH = 255;

/** What a process holds beside flow nodes and flows: data that Camunda does not execute either. */
const DATA = new Set(['bpmn:DataObject', 'bpmn:DataObjectReference', 'bpmn:DataStoreReference']);

type Title = { readonly bpmnProcessId: string; readonly name: string | null; readonly versionTag: string | null };

export type ReadProcess = Title & { readonly model: ProcessModel };

type Draft = { readonly element: ModdleElement; readonly node: DraftNode };
type DraftNode = {
  readonly id: string;
  readonly type: FlowNodeType;
  readonly incoming: string[];
  readonly outgoing: SequenceFlow[];
};

/** Reads one executable process, or says everything that keeps it from being executed here. */
export function readProcess(process: ModdleElement): Reading<ReadProcess> {
  const elements = elementsIn(process.flowElements);
  const flows = elements.filter((element) => element.$type === 'bpmn:SequenceFlow');
  const nodes = elements.filter((element) => element.$type !== 'bpmn:SequenceFlow' && !DATA.has(element.$type));
  const drafts = draftsOf(nodes);
  connect(flows, drafts);
  const executed = [...drafts.values()];
  const starts = executed.filter(({ node }) => node.type === 'START_EVENT');
  const problems = [
    ...checkTitle(process),
    ...[...flows, ...nodes].flatMap(checkId),
    ...nodes.flatMap(checkType),
    ...checkEnds(process, flows, nodes),
    ...flows.flatMap(checkCondition),
    ...executed.flatMap(({ element, node }) => checkFlowNode(element, node.type)),
    ...executed.flatMap(({ element, node }) => checkConnections(element, node)),
    ...(starts.length === 1 ? [] : [`${named(process)} must have one start event, and has ${starts.length}`]),
  ];
  const [start] = starts;
  if (!start || problems.length > 0) return unreadable(problems);
  const flowNodes = new Map([...drafts].map(([id, { node }]) => [id, node]));
  return readable({ ...titleOf(process), model: { start: start.node, flowNodes } });
}

function draftsOf(nodes: readonly ModdleElement[]): ReadonlyMap<string, Draft> {
  const drafts = new Map<string, Draft>();
  for (const element of nodes) {
    const type = flowNodeTypeOf(element.$type);
    const id = textIn(element.id);
    if (type && id) drafts.set(id, { element, node: { id, type, incoming: [], outgoing: [] } });
  }
  return drafts;
}

/** Ties the nodes together by the flows' own ends; what nodes list as incoming and outgoing says nothing more. */
function connect(flows: readonly ModdleElement[], drafts: ReadonlyMap<string, Draft>): void {
  for (const flow of flows) {
    const id = textIn(flow.id);
    const source = drafts.get(idOf(flow.sourceRef));
    const target = drafts.get(idOf(flow.targetRef));
    if (!id || !source || !target) continue;
    source.node.outgoing.push({ id, target: target.node.id });
    target.node.incoming.push(id);
  }
}

function checkEnds(
  process: ModdleElement,
  flows: readonly ModdleElement[],
  nodes: readonly ModdleElement[],
): readonly string[] {
  const own = new Set<unknown>(nodes);
  return flows.flatMap((flow) =>
    ['sourceRef', 'targetRef']
      .filter((end) => !own.has(flow[end]))
      .map((end) => `${named(flow)} points nowhere: its ${end} must be the id of a flow node of ${named(process)}`),
  );
}

function checkCondition(flow: ModdleElement): readonly string[] {
  return elementIn(flow.conditionExpression) ? [notExecuted(flow, 'a conditionExpression')] : [];
}

function checkType(node: ModdleElement): readonly string[] {
  if (flowNodeTypeOf(node.$type)) return [];
  return [`element '${textIn(node.id) ?? ''}' is a ${tagOf(node)}, which this engine does not execute`];
}

function checkConnections(element: ModdleElement, { type, incoming, outgoing }: DraftNode): readonly string[] {
  if (type === 'START_EVENT' && incoming.length > 0) return [`${named(element)} must have no incoming sequence flow`];
  if (type === 'END_EVENT' && outgoing.length > 0) return [`${named(element)} must have no outgoing sequence flow`];
  if (type === 'EXCLUSIVE_GATEWAY' && outgoing.length > 1) {
    return [notExecuted(element, `${outgoing.length} outgoing sequence flows to choose from`)];
  }
  return [];
}

function checkTitle(process: ModdleElement): readonly string[] {
  const { name, versionTag } = titleOf(process);
  const problems = [...checkId(process), ...checkExtensions(process)];
  if (isTooLong(name)) problems.push(`${named(process)} has a name of more than ${MAX_TEXT_LENGTH} characters`);
  if (isTooLong(versionTag))
    problems.push(`${named(process)} has a version tag of more than ${MAX_TEXT_LENGTH} characters`);
  return problems;
}

function checkId(element: ModdleElement): readonly string[] {
  const id = textIn(element.id);
  if (!id) return [`every ${tagOf(element)} must have an id`];
  return isTooLong(id) ? [`a ${tagOf(element)} has an id of more than ${MAX_TEXT_LENGTH} characters`] : [];
}

function titleOf(process: ModdleElement): Title {
  const tag = zeebeExtensions(process).find((extension) => extension.$type === 'zeebe:VersionTag');
  return {
    bpmnProcessId: textIn(process.id) ?? '',
    name: textIn(process.name),
    versionTag: textIn(tag?.value),
  };
}

function idOf(reference: unknown): string {
  return textIn(elementIn(reference)?.id) ?? '';
}

function isTooLong(text: string | null): boolean {
  return text !== null && text.length > MAX_TEXT_LENGTH;
}
