import type { Key, ProcessInstance, ProcessInstanceState } from '@stagedoor/cluster';
import { flag, integer, integerOrNull, text, textOrNull } from './read-row.ts';
import type { Run } from './run-process.ts';
import { type Searchable, searchable } from './searchable.ts';
import type { Row, Statements } from './statements.ts';

const COLUMNS =
  'key, process_definition_key, bpmn_process_id, process_name, process_version, process_version_tag, parent_key, ' +
  'parent_flow_node_instance_key, root_key, start_date, end_date, state, incident, tenant_id';

export const PROCESS_INSTANCES: Searchable<ProcessInstance> = searchable({
  table: 'process_instance',
  select: COLUMNS,
  read: readProcessInstance,
  columns: {
    key: { name: 'key', kind: 'number', nullable: false },
    processDefinitionKey: { name: 'process_definition_key', kind: 'number', nullable: false },
    bpmnProcessId: { name: 'bpmn_process_id', kind: 'text', nullable: false },
    processName: { name: 'process_name', kind: 'text', nullable: true },
    processVersion: { name: 'process_version', kind: 'number', nullable: false },
    processVersionTag: { name: 'process_version_tag', kind: 'text', nullable: true },
    parentKey: { name: 'parent_key', kind: 'number', nullable: true },
    parentFlowNodeInstanceKey: { name: 'parent_flow_node_instance_key', kind: 'number', nullable: true },
    rootKey: { name: 'root_key', kind: 'number', nullable: false },
    startDate: { name: 'start_date', kind: 'date', nullable: false },
    endDate: { name: 'end_date', kind: 'date', nullable: true },
    state: { name: 'state', kind: 'text', nullable: false },
    incident: { name: 'incident', kind: 'flag', nullable: false },
    tenantId: { name: 'tenant_id', kind: 'text', nullable: false },
  },
});

export type Variable = { readonly key: Key; readonly name: string /** JSON. */; readonly value: string };

export function findProcessInstance(statements: Statements, key: Key): ProcessInstance | null {
  const row = statements.get(`SELECT ${COLUMNS} FROM process_instance WHERE key = ?`, key);
  return row ? readProcessInstance(row) : null;
}

/** Writes an instance with its variables and all that it did and waits for. */
export function insertProcessInstance(
  statements: Statements,
  instance: ProcessInstance,
  { variables, run }: { readonly variables: readonly Variable[]; readonly run: Run },
): void {
  insertRow(statements, instance);
  for (const { key, name, value } of variables) {
    const sql = 'INSERT INTO variable (key, process_instance_key, scope_key, name, value) VALUES (?, ?, ?, ?, ?)';
    statements.run(sql, key, instance.key, instance.key, name, value);
  }
  for (const { key, elementId, type, completed, jobKey } of run.elements) {
    const sql =
      'INSERT INTO element_instance (key, process_instance_key, element_id, element_type, state, start_date, end_date, job_key) ' +
      'VALUES (?, ?, ?, ?, ?, ?, ?, ?)';
    const state: ProcessInstanceState = completed ? 'COMPLETED' : 'ACTIVE';
    const endDate = completed ? instance.startDate : null;
    statements.run(sql, key, instance.key, elementId, type, state, instance.startDate, endDate, jobKey);
  }
  for (const { key, elementId, sequenceFlowId } of run.waitingTokens) {
    const sql =
      'INSERT INTO waiting_token (key, process_instance_key, element_id, sequence_flow_id) VALUES (?, ?, ?, ?)';
    statements.run(sql, key, instance.key, elementId, sequenceFlowId);
  }
}

function insertRow(statements: Statements, instance: ProcessInstance): void {
  statements.run(
    `INSERT INTO process_instance (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    instance.key,
    instance.processDefinitionKey,
    instance.bpmnProcessId,
    instance.processName,
    instance.processVersion,
    instance.processVersionTag,
    instance.parentKey,
    instance.parentFlowNodeInstanceKey,
    instance.rootKey,
    instance.startDate,
    instance.endDate,
    instance.state,
    instance.incident ? 1 : 0,
    instance.tenantId,
  );
}

function readProcessInstance(row: Row): ProcessInstance {
  return {
    key: integer(row, 'key'),
    processDefinitionKey: integer(row, 'process_definition_key'),
    bpmnProcessId: text(row, 'bpmn_process_id'),
    processName: textOrNull(row, 'process_name'),
    processVersion: integer(row, 'process_version'),
    processVersionTag: textOrNull(row, 'process_version_tag'),
    parentKey: integerOrNull(row, 'parent_key'),
    parentFlowNodeInstanceKey: integerOrNull(row, 'parent_flow_node_instance_key'),
    rootKey: integer(row, 'root_key'),
    startDate: integer(row, 'start_date'),
    endDate: integerOrNull(row, 'end_date'),
    state: readState(row),
    incident: flag(row, 'incident'),
    tenantId: text(row, 'tenant_id'),
  };
}

function readState(row: Row): ProcessInstanceState {
  const state = text(row, 'state');
  if (state === 'ACTIVE' || state === 'COMPLETED' || state === 'CANCELED') return state;
  throw new TypeError('column state is not a state of a process instance');
}
