import {
  ClusterError,
  type CreateProcessInstance,
  type Key,
  type ProcessDefinition,
  type ProcessInstance,
} from '@stagedoor/cluster';
import { resolveProcess } from './process-definitions.ts';
import { insertProcessInstance } from './process-instances.ts';
import type { ProcessModels } from './process-models.ts';
import { MAX_FLOWS_TAKEN, type Run, runProcess } from './run-process.ts';
import type { Statements } from './statements.ts';
import type { Transact } from './transaction.ts';

/** Of all variables of an instance together, in characters of JSON. */
const MAX_VARIABLES_LENGTH = 4 * 1024 * 1024;
/** Each is a row of its own, written in one go: more would make everybody wait. */
const MAX_VARIABLES = 1000;

export type CreateParts = {
  readonly statements: Statements;
  readonly transact: Transact;
  readonly models: ProcessModels;
  readonly now: () => number;
};

/**
 * Starts an instance and runs it until it waits or has ended, all of it in one transaction.
 *
 * @throws ClusterError `NOT_FOUND` where the tenant has no such definition, `INVALID_ARGUMENT` where a variable is no JSON, the
 * variables are too large, or the process does not come to rest.
 */
export function createProcessInstance(
  parts: CreateParts,
  { process, variables, tenantId }: CreateProcessInstance,
): ProcessInstance {
  const { statements, transact, models, now } = parts;
  const values = toJson(variables);
  const definition = resolveProcess(statements, process, tenantId);
  if (!definition)
    throw rejected('NOT_FOUND', `Expected to find process definition with ${described(process)}, but none found`);
  const model = models.of(definition.key);
  return transact((nextKey) => {
    const key = nextKey();
    const withKeys = values.map(([name, value]) => ({ key: nextKey(), name, value }));
    // The creation itself takes a key (recorded).
    nextKey();
    const run = runProcess(model, nextKey);
    if (!run) throw restless(definition);
    const instance = started({ key, now: now(), definition, run });
    insertProcessInstance(statements, instance, { variables: withKeys, run });
    return instance;
  });
}

type Started = { readonly key: Key; readonly now: number; readonly definition: ProcessDefinition; readonly run: Run };

function started({ key, now, definition, run }: Started): ProcessInstance {
  const completed = run.waitingTokens.length === 0 && run.elements.every((element) => element.completed);
  return {
    key,
    processDefinitionKey: definition.key,
    bpmnProcessId: definition.bpmnProcessId,
    processName: definition.name,
    processVersion: definition.version,
    processVersionTag: definition.versionTag,
    parentKey: null,
    parentFlowNodeInstanceKey: null,
    rootKey: key,
    startDate: now,
    endDate: completed ? now : null,
    state: completed ? 'COMPLETED' : 'ACTIVE',
    incident: false,
    tenantId: definition.tenantId,
  };
}

function toJson(variables: Readonly<Record<string, unknown>>): readonly (readonly [string, string])[] {
  const entries = Object.entries(variables);
  if (entries.length > MAX_VARIABLES) {
    throw rejected(
      'INVALID_ARGUMENT',
      `Expected at most ${MAX_VARIABLES} variables, but there are ${entries.length}: put them together into fewer`,
    );
  }
  const values = entries.map(([name, value]) => [name, jsonOf(name, value)] as const);
  const length = values.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (length <= MAX_VARIABLES_LENGTH) return values;
  throw rejected(
    'INVALID_ARGUMENT',
    `Expected variables of at most ${MAX_VARIABLES_LENGTH} characters, but they have ${length}`,
  );
}

function jsonOf(name: string, value: unknown): string {
  try {
    // The library's types leave out that nothing comes of a function or of undefined.
    const json: string | undefined = JSON.stringify(value);
    if (json !== undefined) return json;
  } catch (error) {
    throw rejected('INVALID_ARGUMENT', `Expected variable '${name}' to be JSON, but it is not`, { cause: error });
  }
  throw rejected('INVALID_ARGUMENT', `Expected variable '${name}' to be JSON, but it is not`);
}

function described(process: CreateProcessInstance['process']): string {
  if ('key' in process) return `key '${process.key}'`;
  const version = process.version === null ? '' : ` and version '${process.version}'`;
  return `process ID '${process.bpmnProcessId}'${version}`;
}

function restless({ bpmnProcessId }: ProcessDefinition): ClusterError {
  const reason =
    `Expected process '${bpmnProcessId}' to wait or to end after at most ${MAX_FLOWS_TAKEN} sequence flows, but it did not: ` +
    'it seems to run in a circle without a task that waits';
  return rejected('INVALID_ARGUMENT', reason);
}

function rejected(code: 'NOT_FOUND' | 'INVALID_ARGUMENT', reason: string, options?: ErrorOptions): ClusterError {
  return new ClusterError(code, `Command 'CREATE' rejected with code '${code}': ${reason}`, options);
}
