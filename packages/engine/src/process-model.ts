import { type FlowNodeType, isFlowNodeType } from './flow-node-type.ts';

export type SequenceFlow = {
  readonly id: string /** Id of the flow node that it leads to. */;
  readonly target: string;
};

export type FlowNode = {
  readonly id: string;
  readonly type: FlowNodeType;
  /** Ids of the sequence flows that lead here. */
  readonly incoming: readonly string[];
  readonly outgoing: readonly SequenceFlow[];
};

/** A process as the engine runs it: what is left of the BPMN once drawing and documentation are gone. */
export type ProcessModel = { readonly start: FlowNode; readonly flowNodes: ReadonlyMap<string, FlowNode> };

/** The model as it is stored beside its definition, so that starting an instance reads no XML. The start event comes first. */
export function encodeProcessModel(model: ProcessModel): string {
  const others = [...model.flowNodes.values()].filter((node) => node !== model.start);
  return JSON.stringify([model.start, ...others]);
}

/** @throws TypeError where the text is not one that `encodeProcessModel` wrote. */
export function decodeProcessModel(json: string): ProcessModel {
  const nodes = list(JSON.parse(json)).map(decodeFlowNode);
  const [start] = nodes;
  if (!start) throw damaged();
  const flowNodes = new Map(nodes.map((node) => [node.id, node]));
  const dangling = nodes.some((node) => node.outgoing.some((flow) => !flowNodes.has(flow.target)));
  if (dangling) throw damaged();
  return { start, flowNodes };
}

function decodeFlowNode(value: unknown): FlowNode {
  const { id, type, incoming, outgoing } = members(value);
  if (!isFlowNodeType(type)) throw damaged();
  return {
    id: string(id),
    type,
    incoming: list(incoming).map(string),
    outgoing: list(outgoing).map(decodeSequenceFlow),
  };
}

function decodeSequenceFlow(value: unknown): SequenceFlow {
  const { id, target } = members(value);
  return { id: string(id), target: string(target) };
}

function members(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw damaged();
  return { ...value };
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw damaged();
  return value;
}

function string(value: unknown): string {
  if (typeof value !== 'string') throw damaged();
  return value;
}

function damaged(): TypeError {
  return new TypeError('a stored process model is damaged');
}
