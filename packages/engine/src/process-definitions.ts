import type { CreateProcessInstance, Key, ProcessDefinition } from '@stagedoor/cluster';
import { integer, text, textOrNull } from './read-row.ts';
import { type Searchable, searchable } from './searchable.ts';
import type { Row, Statements } from './statements.ts';

const COLUMNS = 'key, bpmn_process_id, name, version, version_tag, resource_name, tenant_id';

const IS_LATEST =
  'version = (SELECT max(other.version) FROM process_definition other ' +
  'WHERE other.tenant_id = process_definition.tenant_id AND other.bpmn_process_id = process_definition.bpmn_process_id)';

export const PROCESS_DEFINITIONS: Searchable<ProcessDefinition> = searchable({
  table: 'process_definition',
  select: COLUMNS,
  read: readProcessDefinition,
  columns: {
    key: { name: 'key', kind: 'number', nullable: false },
    bpmnProcessId: { name: 'bpmn_process_id', kind: 'text', nullable: false },
    name: { name: 'name', kind: 'text', nullable: true },
    version: { name: 'version', kind: 'number', nullable: false },
    versionTag: { name: 'version_tag', kind: 'text', nullable: true },
    resourceName: { name: 'resource_name', kind: 'text', nullable: false },
    tenantId: { name: 'tenant_id', kind: 'text', nullable: false },
  },
  filters: { isLatestVersion: { name: `(${IS_LATEST})`, kind: 'flag', nullable: false } },
});

const BY_KEY = `SELECT ${COLUMNS} FROM process_definition WHERE key = ?`;
const BY_PROCESS_ID = `SELECT ${COLUMNS} FROM process_definition WHERE tenant_id = ? AND bpmn_process_id = ?`;
const BY_VERSION = `${BY_PROCESS_ID} AND version = ?`;
const LATEST = `${BY_PROCESS_ID} ORDER BY version DESC LIMIT 1`;
const OF_DEFINITION = 'FROM process_definition d JOIN resource r ON r.id = d.resource_id WHERE d.key = ?';

export function findProcessDefinition(statements: Statements, key: Key): ProcessDefinition | null {
  const row = statements.get(BY_KEY, key);
  return row ? readProcessDefinition(row) : null;
}

/** The definition that a tenant's creation would start. A key of another tenant's definition names none. */
export function resolveProcess(
  statements: Statements,
  process: CreateProcessInstance['process'],
  tenantId: string,
): ProcessDefinition | null {
  const row = resolveRow(statements, process, tenantId);
  return row ? readProcessDefinition(row) : null;
}

export function readProcessDefinitionXml(statements: Statements, key: Key): string | null {
  const row = statements.get(`SELECT r.xml ${OF_DEFINITION}`, key);
  return row ? text(row, 'xml') : null;
}

/** SHA-256 of the resource that a definition came with, in hex. */
export function readChecksum(statements: Statements, key: Key): string | null {
  const row = statements.get(`SELECT r.checksum ${OF_DEFINITION}`, key);
  return row ? text(row, 'checksum') : null;
}

/** @throws TypeError where there is no such definition. */
export function readProcessModel(statements: Statements, key: Key): string {
  const row = statements.get('SELECT model FROM process_definition WHERE key = ?', key);
  if (!row) throw new TypeError(`there is no process definition ${key}`);
  return text(row, 'model');
}

export function insertResource(
  statements: Statements,
  resource: { deploymentKey: Key; checksum: string; xml: string },
): number {
  const { deploymentKey, checksum, xml } = resource;
  return statements.run(
    'INSERT INTO resource (deployment_key, checksum, xml) VALUES (?, ?, ?)',
    deploymentKey,
    checksum,
    xml,
  );
}

export function insertProcessDefinition(
  statements: Statements,
  definition: ProcessDefinition,
  source: { readonly resourceId: number; readonly model: string },
): void {
  const { key, bpmnProcessId, name, version, versionTag, resourceName, tenantId } = definition;
  const sql = `INSERT INTO process_definition (${COLUMNS}, resource_id, model) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;
  const { resourceId, model } = source;
  statements.run(sql, key, bpmnProcessId, name, version, versionTag, resourceName, tenantId, resourceId, model);
}

function resolveRow(
  statements: Statements,
  process: CreateProcessInstance['process'],
  tenantId: string,
): Row | undefined {
  if ('key' in process) return statements.get(`${BY_KEY} AND tenant_id = ?`, process.key, tenantId);
  if (process.version === null) return statements.get(LATEST, tenantId, process.bpmnProcessId);
  return statements.get(BY_VERSION, tenantId, process.bpmnProcessId, process.version);
}

function readProcessDefinition(row: Row): ProcessDefinition {
  return {
    key: integer(row, 'key'),
    bpmnProcessId: text(row, 'bpmn_process_id'),
    name: textOrNull(row, 'name'),
    version: integer(row, 'version'),
    versionTag: textOrNull(row, 'version_tag'),
    resourceName: text(row, 'resource_name'),
    tenantId: text(row, 'tenant_id'),
  };
}
