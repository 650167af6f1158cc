import type { Key } from '@stagedoor/cluster';
import { BEHAVIOURS, type FlowNodeType } from './flow-node-type.ts';
import type { FlowNode, ProcessModel } from './process-model.ts';
import type { NextKey } from './transaction.ts';

/** Tasks that do nothing can be drawn in a circle, and forks in a circle double with each round. */
export const MAX_FLOWS_TAKEN = 10_000;

type ElementInstance = {
  readonly key: Key;
  readonly elementId: string;
  readonly type: FlowNodeType;
  readonly completed: boolean;
  readonly jobKey: Key | null;
};

/** A token that waits at a joining gateway for those of its other incoming flows. */
type WaitingToken = { readonly key: Key; readonly elementId: string; readonly sequenceFlowId: string };

export type Run = { readonly elements: readonly ElementInstance[]; readonly waitingTokens: readonly WaitingToken[] };

/**
 * Runs a new instance until everything in it waits or has ended: one queue of flow nodes to enter, first in, first out.
 * Pure but for the keys, which are taken in the recorded order: each element instance, then its job, then each flow taken.
 * Null where more than `MAX_FLOWS_TAKEN` flows are taken.
 */
export function runProcess(model: ProcessModel, nextKey: NextKey): Run | null {
  const elements: ElementInstance[] = [];
  const joins = new Joins();
  const queue: FlowNode[] = [model.start];
  let taken = 0;
  for (const node of queue) {
    const element = enter(node, nextKey);
    elements.push(element);
    for (const flow of element.completed ? node.outgoing : []) {
      if (++taken > MAX_FLOWS_TAKEN) return null;
      const target = flowNode(model, flow.target);
      const token = { key: nextKey(), elementId: target.id, sequenceFlowId: flow.id };
      if (BEHAVIOURS[target.type] !== 'join' || joins.arrive(target, token)) queue.push(target);
    }
  }
  return { elements, waitingTokens: joins.waiting() };
}

function enter(node: FlowNode, nextKey: NextKey): ElementInstance {
  const behaviour = BEHAVIOURS[node.type];
  const key = nextKey();
  const completed = behaviour === 'pass' || behaviour === 'join';
  return { key, elementId: node.id, type: node.type, completed, jobKey: behaviour === 'job' ? nextKey() : null };
}

/** Joining gateways are entered with one token of each incoming flow; a second token of one flow waits for the next round. */
class Joins {
  /** Tokens by gateway, then by flow; a flow without a token has no entry. */
  readonly #waiting = new Map<string, Map<string, WaitingToken[]>>();

  /** True where this token was the last that the gateway waited for. */
  arrive(gateway: FlowNode, token: WaitingToken): boolean {
    const byFlow = this.#waiting.get(gateway.id) ?? new Map<string, WaitingToken[]>();
    this.#waiting.set(gateway.id, byFlow);
    const queue = byFlow.get(token.sequenceFlowId);
    if (queue) queue.push(token);
    else byFlow.set(token.sequenceFlowId, [token]);
    if (byFlow.size < gateway.incoming.length) return false;
    for (const [flow, [, ...later]] of byFlow) {
      if (later.length > 0) byFlow.set(flow, later);
      else byFlow.delete(flow);
    }
    return true;
  }

  waiting(): readonly WaitingToken[] {
    return [...this.#waiting.values()].flatMap((byFlow) => [...byFlow.values()].flat());
  }
}

function flowNode(model: ProcessModel, id: string): FlowNode {
  const node = model.flowNodes.get(id);
  if (!node) throw new TypeError(`the model has no flow node '${id}'`);
  return node;
}
