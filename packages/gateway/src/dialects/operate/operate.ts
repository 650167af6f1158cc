import { permission, reachesTenant, type TenantsReached } from '@stagedoor/access';
import type { ClusterPort, ProcessDefinition, ProcessInstance, RecordPage } from '@stagedoor/cluster';
import { askCluster } from '../../answering/cluster-failure.ts';
import type { Dialect } from '../../dialect.ts';
import { Failure } from '../../failure.ts';
import { type Operation, ok, operation } from '../../operation.ts';
import { readKey } from '../../read-key.ts';
import { anything, flag, integer, listOf, type ObjectSchema, object, objectWith, text, xml } from '../../schema.ts';
import { writeDate } from './date-time.ts';
import { operateError, operateForbidden } from './operate-error.ts';
import { type Entity, readSearch } from './search.ts';
import { unservedOperations } from './unserved.ts';

const READ_DEFINITIONS = permission('PROCESS_DEFINITION', 'READ_PROCESS_DEFINITION', 'everything');
const READ_INSTANCES = permission('PROCESS_DEFINITION', 'READ_PROCESS_INSTANCE', 'everything');
const KEY_PARAMS = object({ key: text });
/** Who passes may see every process; of other tenants there is nothing for him. */
const EVERY_PROCESS = { kind: 'all' } as const;

const DEFINITION = objectWith(
  {
    key: integer,
    name: text,
    version: integer,
    versionTag: text,
    bpmnProcessId: text,
    tenantId: text,
  },
  ['key', 'version', 'bpmnProcessId', 'tenantId'],
);
const INSTANCE = objectWith(
  {
    key: integer,
    processVersion: integer,
    processVersionTag: text,
    bpmnProcessId: text,
    parentKey: integer,
    parentFlowNodeInstanceKey: integer,
    startDate: text,
    endDate: text,
    state: text,
    incident: flag,
    processDefinitionKey: integer,
    tenantId: text,
  },
  ['key', 'processVersion', 'bpmnProcessId', 'startDate', 'state', 'incident', 'processDefinitionKey', 'tenantId'],
);

const DEFINITIONS: Entity<ProcessDefinition> = {
  fields: {
    key: 'number',
    name: 'text',
    version: 'number',
    versionTag: 'text',
    bpmnProcessId: 'text',
    tenantId: 'text',
  },
  aliases: {},
};
const INSTANCES: Entity<ProcessInstance> = {
  fields: {
    key: 'number',
    processVersion: 'number',
    processVersionTag: 'text',
    bpmnProcessId: 'text',
    parentKey: 'number',
    parentFlowNodeInstanceKey: 'number',
    startDate: 'date',
    endDate: 'date',
    state: 'text',
    incident: 'boolean',
    processDefinitionKey: 'number',
    tenantId: 'text',
  },
  aliases: { parentProcessInstanceKey: 'parentKey' },
};

/** Operate v1 as 8.6 was recorded, with the wildcard grants that 8.8 asks for. It answers below `/operate` too. */
export function operateDialect(cluster: ClusterPort, { rfc3339Dates = false } = {}): Dialect {
  return {
    name: 'operate',
    api: 'operate',
    credentials: 'as-configured',
    challenges: true,
    operations: [...definitionOperations(cluster), ...instanceOperations(cluster, rfc3339Dates), ...unservedOperations],
    alsoBelow: ['/operate'],
    territory: ['/v1', '/operate/v1'],
    forbidden: operateForbidden,
    problem: operateError,
  };
}

function pageOf(item: ObjectSchema): ObjectSchema {
  return object({ items: listOf(item), sortValues: listOf(anything), total: integer });
}

function definitionOperations(cluster: ClusterPort): readonly Operation[] {
  return [
    operation({
      id: 'searchProcessDefinitionsV1',
      method: 'POST',
      path: '/v1/process-definitions/search',
      summary: 'Searches process definitions',
      requirement: READ_DEFINITIONS,
      body: { kind: 'json', optional: true },
      responses: { 200: pageOf(DEFINITION) },
      handle: async ({ body, tenants }) => {
        const search = readSearch(DEFINITIONS, body, { visible: EVERY_PROCESS, tenants });
        const page = await askCluster(cluster.searchProcessDefinitions(search));
        return ok(writePage(page, writeDefinition));
      },
    }),
    operation({
      id: 'getProcessDefinitionV1',
      method: 'GET',
      path: '/v1/process-definitions/{key}',
      summary: 'One process definition',
      requirement: READ_DEFINITIONS,
      params: KEY_PARAMS,
      responses: { 200: DEFINITION },
      handle: async ({ params, tenants }) => ok(writeDefinition(await findDefinition(cluster, params.key, tenants))),
    }),
    operation({
      id: 'getProcessDefinitionXmlV1',
      method: 'GET',
      path: '/v1/process-definitions/{key}/xml',
      summary: 'The BPMN of a process definition',
      requirement: READ_DEFINITIONS,
      params: KEY_PARAMS,
      responses: { 200: xml, 406: null },
      handle: async ({ params, headers, tenants }) => {
        if (!takesXml(headers.accept))
          throw new Failure('not-acceptable', 'The BPMN comes as text/xml', { headers: { accept: 'text/xml' } });
        const { key } = await findDefinition(cluster, params.key, tenants);
        const body = (await askCluster(cluster.processDefinitionXml(key))) ?? noneFor('process definition', key);
        return { status: 200, type: 'text/xml;charset=UTF-8', body };
      },
    }),
  ];
}

async function findDefinition(cluster: ClusterPort, text: string, tenants: TenantsReached): Promise<ProcessDefinition> {
  const key = keyOf(text);
  const definition = await askCluster(cluster.processDefinition(key));
  if (definition === null || !reachesTenant(tenants, definition.tenantId)) return noneFor('process definition', key);
  return definition;
}

function instanceOperations(cluster: ClusterPort, rfc3339: boolean): readonly Operation[] {
  const written = (instance: ProcessInstance) => writeInstance(instance, rfc3339);
  return [
    operation({
      id: 'searchProcessInstancesV1',
      method: 'POST',
      path: '/v1/process-instances/search',
      summary: 'Searches process instances',
      requirement: READ_INSTANCES,
      body: { kind: 'json', optional: true },
      responses: { 200: pageOf(INSTANCE) },
      handle: async ({ body, tenants }) => {
        const search = readSearch(INSTANCES, body, { visible: EVERY_PROCESS, tenants });
        const page = await askCluster(cluster.searchProcessInstances(search));
        return ok(writePage(page, written));
      },
    }),
    operation({
      id: 'getProcessInstanceV1',
      method: 'GET',
      path: '/v1/process-instances/{key}',
      summary: 'One process instance',
      requirement: READ_INSTANCES,
      params: KEY_PARAMS,
      responses: { 200: INSTANCE },
      handle: async ({ params, tenants }) => {
        const key = keyOf(params.key);
        const instance = await askCluster(cluster.processInstance(key));
        if (instance === null || !reachesTenant(tenants, instance.tenantId)) return noneFor('process instances', key);
        return ok(written(instance));
      },
    }),
  ];
}

function keyOf(text: string): number {
  const key = readKey(text);
  if (key === null) throw new Failure('invalid-argument', 'the key in the path should be a whole number');
  return key;
}

function noneFor(what: string, key: number): never {
  throw new Failure('not-found', `No ${what} found for key ${key}`);
}

function takesXml(accept: string | undefined): boolean {
  return accept === undefined || /(?:^|[\s,])(?:\*\/\*|text\/(?:\*|xml)|application\/xml)/i.test(accept);
}

function writePage<Item>(page: RecordPage<Item>, write: (item: Item) => object): object {
  return { items: page.items.map(write), sortValues: page.last ?? [], total: page.total };
}

/** Members without a value are left out, as recorded. */
function withoutNulls(record: Record<string, unknown>): object {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null));
}

function writeDefinition({ key, name, version, versionTag, bpmnProcessId, tenantId }: ProcessDefinition): object {
  return withoutNulls({ key, name, version, versionTag, bpmnProcessId, tenantId });
}

function writeInstance(instance: ProcessInstance, rfc3339: boolean): object {
  const { key, processVersion, processVersionTag, bpmnProcessId, parentKey, parentFlowNodeInstanceKey } = instance;
  const { startDate, endDate, state, incident, processDefinitionKey, tenantId } = instance;
  return withoutNulls({
    key,
    processVersion,
    processVersionTag,
    bpmnProcessId,
    parentKey,
    parentFlowNodeInstanceKey,
    startDate: writeDate(startDate, rfc3339),
    endDate: endDate === null ? null : writeDate(endDate, rfc3339),
    state,
    incident,
    processDefinitionKey,
    tenantId,
  });
}
