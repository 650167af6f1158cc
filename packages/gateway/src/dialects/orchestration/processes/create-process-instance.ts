import { permission, type TenantsReached } from '@stagedoor/access';
import type { ClusterPort, CreateProcessInstance, ProcessInstance } from '@stagedoor/cluster';
import { askCluster } from '../../../answering/cluster-failure.ts';
import { Failure } from '../../../failure.ts';
import { type Operation, ok, operation } from '../../../operation.ts';
import { readKey } from '../../../read-key.ts';
import {
  anything,
  flag,
  integer,
  listOf,
  mapOf,
  nothing,
  nullableText,
  object,
  objectWith,
  type TypeOf,
  text,
} from '../../../schema.ts';
import { hideForeignTenant, readTenant } from './tenant.ts';

const CREATE = objectWith(
  {
    processDefinitionId: { ...text, minLength: 1 },
    processDefinitionKey: { ...text, pattern: '^-?[0-9]{1,19}$' },
    processDefinitionVersion: { ...integer, minimum: -1 },
    variables: mapOf(anything),
    tenantId: text,
    awaitCompletion: flag,
    fetchVariables: { ...listOf(text), maxItems: 1000 },
    requestTimeout: integer,
    operationReference: { ...integer, minimum: 1 },
    startInstructions: listOf(anything),
    runtimeInstructions: listOf(anything),
    tags: listOf(text),
    businessId: nullableText,
  },
  [],
);
type Create = TypeOf<typeof CREATE>;

const CREATED = object({
  processDefinitionId: text,
  processDefinitionVersion: integer,
  tenantId: text,
  variables: mapOf(anything),
  processDefinitionKey: text,
  processInstanceKey: text,
  tags: listOf(text),
  businessId: nothing,
});

const COMMAND = { command: 'CREATE', permission: 'CREATE_PROCESS_INSTANCE', resource: 'PROCESS_DEFINITION' } as const;

/** The tenant is part of what is looked up: in a tenant that the caller does not reach there is nothing to start. */
export function createProcessInstance(cluster: ClusterPort): Operation {
  return operation({
    id: 'createProcessInstance',
    method: 'POST',
    path: '/v2/process-instances',
    summary: 'Starts an instance of a process',
    requirement: permission('PROCESS_DEFINITION', 'CREATE_PROCESS_INSTANCE', 'found'),
    command: 'CREATE',
    query: object({}),
    body: { kind: 'json', schema: CREATE },
    responses: { 200: CREATED, 504: null },
    find: async ({ body, tenants }) => {
      const { process, tenantId } = readCommand(body, tenants);
      hideForeignTenant(tenants, tenantId, COMMAND);
      const definition = await askCluster(cluster.resolveProcess(process, tenantId));
      if (definition !== null) return [{ resourceId: definition.bpmnProcessId }];
      throw new Failure('not-found', notFoundText(process));
    },
    handle: async ({ body, tenants }) => {
      const instance = await askCluster(cluster.createProcessInstance(readCommand(body, tenants)));
      if (body.awaitCompletion && instance.state !== 'COMPLETED') {
        throw new Failure(
          'deadline-exceeded',
          `Process instance ${instance.key} was started and has not completed: this cluster does not wait for it`,
        );
      }
      return ok(writeInstance(instance, body.awaitCompletion ? fetched(body) : {}));
    },
  });
}

function readCommand(body: Create, tenants: TenantsReached): CreateProcessInstance {
  const { processDefinitionId: id, processDefinitionKey: key, processDefinitionVersion: version } = body;
  if (id === undefined && key === undefined) {
    throw new Failure('invalid-argument', 'At least one of [processDefinitionId, processDefinitionKey] is required.');
  }
  if (id !== undefined && key !== undefined) {
    throw new Failure('invalid-argument', 'Only one of [processDefinitionId, processDefinitionKey] is allowed.');
  }
  const tenantId = readTenant('Create Process Instance', body.tenantId, tenants);
  refuseUnserved(body);
  const variables = body.variables ?? {};
  if (key !== undefined) return { process: { key: readKey(key) ?? -1 }, variables, tenantId };
  return {
    process: { bpmnProcessId: id ?? '', version: version === undefined || version === -1 ? null : version },
    variables,
    tenantId,
  };
}

/** What this cluster does not do yet is refused, not dropped. */
function refuseUnserved(body: Create): void {
  for (const name of ['startInstructions', 'runtimeInstructions', 'tags'] as const) {
    if ((body[name]?.length ?? 0) > 0)
      throw new Failure('invalid-argument', `This cluster does not serve ${name} yet: leave it out.`);
  }
  if (body.businessId != null)
    throw new Failure('invalid-argument', 'This cluster does not serve businessId yet: leave it out.');
}

function notFoundText(process: CreateProcessInstance['process']): string {
  const what =
    'key' in process
      ? `process definition with key '${process.key}'`
      : `process definition with process ID '${printable(process.bpmnProcessId)}'${process.version === null ? '' : ` and version '${process.version}'`}`;
  return `Command 'CREATE' rejected with code 'NOT_FOUND': Expected to find ${what}, but none found`;
}

function printable(id: string): string {
  return id.replace(/[^\x20-\x7e]/g, '?').slice(0, 256);
}

function fetched({ variables = {}, fetchVariables }: Create): Record<string, unknown> {
  if (fetchVariables === undefined || fetchVariables.length === 0) return variables;
  const wanted = new Set(fetchVariables);
  return Object.fromEntries(Object.entries(variables).filter(([name]) => wanted.has(name)));
}

function writeInstance(instance: ProcessInstance, variables: Record<string, unknown>): object {
  return {
    processDefinitionId: instance.bpmnProcessId,
    processDefinitionVersion: instance.processVersion,
    tenantId: instance.tenantId,
    variables,
    processDefinitionKey: String(instance.processDefinitionKey),
    processInstanceKey: String(instance.key),
    tags: [],
    businessId: null,
  };
}
