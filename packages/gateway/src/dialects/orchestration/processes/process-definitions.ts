import { permission } from '@stagedoor/access';
import type { ClusterPort, ProcessDefinition, ProcessDefinitionField } from '@stagedoor/cluster';
import { askCluster } from '../../../answering/cluster-failure.ts';
import type { Failure } from '../../../failure.ts';
import { type Call, type Operation, ok, operation } from '../../../operation.ts';
import { readKey } from '../../../read-key.ts';
import { flag, integer, nullableText, object, oneOf, text, xml } from '../../../schema.ts';
import { foundOnce } from '../found-once.ts';
import { notFound } from '../identity/not-found.ts';
import { readPathKey } from '../read-path-key.ts';
import type { Cursors } from '../search/cursors.ts';
import type { SearchDescription } from '../search/search-description.ts';
import { readSearch } from '../search/search-query.ts';
import { pageOf, searchRequest } from '../search/search-schema.ts';
import { visibleIds } from '../search/visible-ids.ts';
import { isReached } from './tenant.ts';
import { refuseUnservedFilters, unservedFilters } from './unserved-filters.ts';

/** `ProcessDefinitionResult` of 8.10. */
const PROCESS_DEFINITION = object({
  name: nullableText,
  resourceName: text,
  version: integer,
  versionTag: nullableText,
  processDefinitionId: text,
  tenantId: text,
  processDefinitionKey: text,
  hasStartForm: flag,
  state: oneOf('ACTIVE'),
});

/** This cluster keeps no forms and deletes no definitions. */
const UNSERVED = ['hasStartForm', 'state'];

const PROCESS_DEFINITIONS: SearchDescription<ProcessDefinitionField> = {
  fields: {
    processDefinitionKey: { type: 'key', of: 'key', filter: 'plain', sort: true },
    name: { type: 'text', of: 'name', filter: 'advanced', sort: true },
    resourceName: { type: 'text', of: 'resourceName', filter: 'plain', sort: true },
    version: { type: 'number', of: 'version', filter: 'plain', sort: true },
    versionTag: { type: 'text', of: 'versionTag', filter: 'plain', sort: true },
    processDefinitionId: { type: 'text', of: 'bpmnProcessId', filter: 'advanced', sort: true },
    tenantId: { type: 'text', of: 'tenantId', filter: 'plain', sort: true },
    isLatestVersion: { type: 'flag', of: 'isLatestVersion', filter: 'plain' },
  },
  more: unservedFilters(UNSERVED),
};

const SEARCH = searchRequest(PROCESS_DEFINITIONS);
const NO_QUERY = object({});
const PATH = object({ processDefinitionKey: text });
type OnOne = Pick<Call<{ readonly processDefinitionKey: string }>, 'params' | 'tenants'>;

/** Rows on process definitions; grants name them by their process id, whatever the version. */
export function processDefinitionOperations(cluster: ClusterPort, cursors: Cursors): readonly Operation[] {
  return [getProcessDefinition(cluster), getProcessDefinitionXml(cluster), searchProcessDefinitions(cluster, cursors)];
}

function findIn(cluster: ClusterPort): (call: OnOne) => Promise<ProcessDefinition> {
  return foundOnce(async ({ params, tenants }) => {
    const key = readPathKey('processDefinitionKey', params.processDefinitionKey);
    const definition = await askCluster(cluster.processDefinition(readKey(key) ?? -1));
    if (definition !== null && isReached(tenants, definition)) return definition;
    throw absent(key);
  });
}

function absent(key: string): Failure {
  return notFound(`Process Definition with key '${key}' not found`);
}

function getProcessDefinition(cluster: ClusterPort): Operation {
  const found = findIn(cluster);
  return operation({
    id: 'getProcessDefinition',
    method: 'GET',
    path: '/v2/process-definitions/{processDefinitionKey}',
    summary: 'One process definition',
    requirement: permission('PROCESS_DEFINITION', 'READ_PROCESS_DEFINITION', 'found'),
    params: PATH,
    query: NO_QUERY,
    responses: { 200: PROCESS_DEFINITION },
    find: async (call) => [{ resourceId: (await found(call)).bpmnProcessId }],
    handle: async (call) => ok(write(await found(call))),
  });
}

function getProcessDefinitionXml(cluster: ClusterPort): Operation {
  const found = findIn(cluster);
  return operation({
    id: 'getProcessDefinitionXML',
    method: 'GET',
    path: '/v2/process-definitions/{processDefinitionKey}/xml',
    summary: 'The BPMN of a process definition',
    requirement: permission('PROCESS_DEFINITION', 'READ_PROCESS_DEFINITION', 'found'),
    params: PATH,
    query: NO_QUERY,
    responses: { 200: xml },
    find: async (call) => [{ resourceId: (await found(call)).bpmnProcessId }],
    handle: async (call) => {
      const { key } = await found(call);
      const body = await askCluster(cluster.processDefinitionXml(key));
      if (body === null) throw absent(String(key));
      return { status: 200, type: 'text/xml;charset=UTF-8', body };
    },
  });
}

function searchProcessDefinitions(cluster: ClusterPort, cursors: Cursors): Operation {
  return operation({
    id: 'searchProcessDefinitions',
    method: 'POST',
    path: '/v2/process-definitions/search',
    summary: 'The process definitions that the caller may read',
    requirement: permission('PROCESS_DEFINITION', 'READ_PROCESS_DEFINITION', 'visible'),
    query: NO_QUERY,
    body: { kind: 'json', schema: SEARCH, optional: true },
    responses: { 200: pageOf(PROCESS_DEFINITION) },
    handle: async ({ body, visibility, tenants }) => {
      refuseUnservedFilters(body, UNSERVED);
      const context = { cursors, visible: visibleIds(visibility), scope: ['searchProcessDefinitions'] };
      const query = readSearch(PROCESS_DEFINITIONS, body, context);
      const page = await askCluster(cluster.searchProcessDefinitions({ ...query.search, tenants }));
      return ok(query.page(page, write));
    },
  });
}

function write(definition: ProcessDefinition): object {
  return {
    name: definition.name,
    resourceName: definition.resourceName,
    version: definition.version,
    versionTag: definition.versionTag,
    processDefinitionId: definition.bpmnProcessId,
    tenantId: definition.tenantId,
    processDefinitionKey: String(definition.key),
    hasStartForm: false,
    state: 'ACTIVE',
  };
}
