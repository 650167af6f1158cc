import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FlowNodeType } from '../src/flow-node-type.ts';
import { decodeProcessModel, encodeProcessModel, type FlowNode, type ProcessModel } from '../src/process-model.ts';
import { MAX_FLOWS_TAKEN, runProcess } from '../src/run-process.ts';

type Block =
  | { readonly kind: 'task'; readonly type: 'TASK' | 'MANUAL_TASK' | 'SERVICE_TASK' }
  | { readonly kind: 'sequence'; readonly blocks: readonly Block[] }
  | { readonly kind: 'parallel'; readonly blocks: readonly Block[] };

const { block } = fc.letrec<{ block: Block }>((tie) => ({
  block: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.record({
      kind: fc.constant('task' as const),
      type: fc.constantFrom('TASK' as const, 'MANUAL_TASK' as const, 'SERVICE_TASK' as const),
    }),
    fc.record({
      kind: fc.constant('sequence' as const),
      blocks: fc.array(tie('block'), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({
      kind: fc.constant('parallel' as const),
      blocks: fc.array(tie('block'), { minLength: 2, maxLength: 3 }),
    }),
  ),
}));

type Mutable = { id: string; type: FlowNodeType; incoming: string[]; outgoing: { id: string; target: string }[] };

/** Well-formed by construction: what forks is joined. */
class ModelBuilder {
  readonly nodes: Mutable[] = [];
  #flows = 0;

  node(type: FlowNodeType): Mutable {
    const node = { id: `n${this.nodes.length}`, type, incoming: [], outgoing: [] };
    this.nodes.push(node);
    return node;
  }

  connect(from: Mutable, to: Mutable): void {
    const id = `f${this.#flows++}`;
    from.outgoing.push({ id, target: to.id });
    to.incoming.push(id);
  }

  /** Puts a block behind a node, and gives the block's last node. */
  append(block: Block, after: Mutable): Mutable {
    if (block.kind === 'sequence') return block.blocks.reduce((last, one) => this.append(one, last), after);
    if (block.kind === 'task') {
      const task = this.node(block.type);
      this.connect(after, task);
      return task;
    }
    const fork = this.node('PARALLEL_GATEWAY');
    this.connect(after, fork);
    const ends = block.blocks.map((one) => this.append(one, fork));
    const join = this.node('PARALLEL_GATEWAY');
    for (const end of ends) this.connect(end, join);
    return join;
  }
}

function modelOf(block: Block): ProcessModel {
  const builder = new ModelBuilder();
  const start = builder.node('START_EVENT');
  builder.connect(builder.append(block, start), builder.node('END_EVENT'));
  return { start, flowNodes: new Map<string, FlowNode>(builder.nodes.map((node) => [node.id, node])) };
}

/** How many nodes of a block are entered, and whether its end is reached: the slow and obvious way. */
function expected(block: Block): { readonly entered: number; readonly waiting: number; readonly done: boolean } {
  if (block.kind === 'task') {
    const waits = block.type === 'SERVICE_TASK';
    return { entered: 1, waiting: waits ? 1 : 0, done: !waits };
  }
  if (block.kind === 'parallel') {
    const inside = block.blocks.map(expected);
    const done = inside.every((one) => one.done);
    const entered = 1 + sum(inside.map((one) => one.entered)) + (done ? 1 : 0);
    return { entered, waiting: sum(inside.map((one) => one.waiting)), done };
  }
  let entered = 0;
  for (const one of block.blocks.map(expected)) {
    entered += one.entered;
    if (!one.done) return { entered, waiting: one.waiting, done: false };
  }
  return { entered, waiting: 0, done: true };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

function keys(): () => number {
  let last = 0;
  return () => ++last;
}

describe('runProcess', () => {
  it('enters every node that tokens reach exactly once, and leaves tokens only where something waits', () => {
    fc.assert(
      fc.property(block, (drawn) => {
        const run = runProcess(modelOf(drawn), keys());
        const { entered, waiting, done } = expected(drawn);
        expect(run?.elements).toHaveLength(1 + entered + (done ? 1 : 0));
        expect(new Set(run?.elements.map(({ elementId }) => elementId)).size).toBe(run?.elements.length);
        expect(run?.elements.filter(({ completed }) => !completed)).toHaveLength(waiting);
        if (done) expect(run?.waitingTokens).toEqual([]);
      }),
    );
  });

  it('gives every element, job and waiting token a key of its own', () => {
    fc.assert(
      fc.property(block, (drawn) => {
        const run = runProcess(modelOf(drawn), keys());
        const taken = [
          ...(run?.elements.flatMap(({ key, jobKey }) => (jobKey === null ? [key] : [key, jobKey])) ?? []),
          ...(run?.waitingTokens.map(({ key }) => key) ?? []),
        ];
        expect(new Set(taken).size).toBe(taken.length);
      }),
    );
  });

  it('runs a stored model as it ran before it was stored', () => {
    fc.assert(
      fc.property(block, (drawn) => {
        const model = modelOf(drawn);
        expect(runProcess(decodeProcessModel(encodeProcessModel(model)), keys())).toEqual(runProcess(model, keys()));
      }),
    );
  });

  it('runs as many flows as it may, and gives up one more', () => {
    const line = (tasks: number): Block => ({
      kind: 'sequence',
      blocks: Array(tasks).fill({ kind: 'task', type: 'TASK' }),
    });
    expect(runProcess(modelOf(line(MAX_FLOWS_TAKEN - 1)), keys())?.elements).toHaveLength(MAX_FLOWS_TAKEN + 1);
    expect(runProcess(modelOf(line(MAX_FLOWS_TAKEN)), keys())).toBeNull();
  });
});

describe('decodeProcessModel', () => {
  it.each([
    ['no list', '{}'],
    ['an empty list', '[]'],
    ['a node that is no object', '[1]'],
    ['a node of a type that is not executed', '[{"id":"a","type":"CALL_ACTIVITY","incoming":[],"outgoing":[]}]'],
    ['an id that is no text', '[{"id":1,"type":"TASK","incoming":[],"outgoing":[]}]'],
    ['a flow that leads nowhere', '[{"id":"a","type":"TASK","incoming":[],"outgoing":[{"id":"f","target":"b"}]}]'],
  ])('refuses %s', (_title, json) => {
    expect(() => decodeProcessModel(json)).toThrow(TypeError);
  });
});
