import { permission } from '@stagedoor/access';
import type { ClusterPort, ProcessInstance } from '@stagedoor/cluster';
import { askCluster } from '../../../answering/cluster-failure.ts';
import { type Call, type Operation, ok, operation } from '../../../operation.ts';
import { readKey } from '../../../read-key.ts';
import { object, text } from '../../../schema.ts';
import { foundOnce } from '../found-once.ts';
import { notFound } from '../identity/not-found.ts';
import { readPathKey } from '../read-path-key.ts';
import type { Cursors } from '../search/cursors.ts';
import { pageOf, searchRequest } from '../search/search-schema.ts';
import { createProcessInstance } from './create-process-instance.ts';
import { PROCESS_INSTANCE, writeProcessInstance } from './process-instance.ts';
import { PROCESS_INSTANCES, readProcessInstanceSearch } from './process-instance-search.ts';
import { isReached } from './tenant.ts';

const SEARCH = searchRequest(PROCESS_INSTANCES);
const NO_QUERY = object({});
const PATH = object({ processInstanceKey: text });
type OnOne = Pick<Call<{ readonly processInstanceKey: string }>, 'params' | 'tenants'>;

/** Rows on process instances; grants name them by the id of their process. */
export function processInstanceOperations(cluster: ClusterPort, cursors: Cursors): readonly Operation[] {
  return [createProcessInstance(cluster), getProcessInstance(cluster), searchProcessInstances(cluster, cursors)];
}

function getProcessInstance(cluster: ClusterPort): Operation {
  const found = foundOnce(async ({ params, tenants }: OnOne): Promise<ProcessInstance> => {
    const key = readPathKey('processInstanceKey', params.processInstanceKey);
    const instance = await askCluster(cluster.processInstance(readKey(key) ?? -1));
    if (instance !== null && isReached(tenants, instance)) return instance;
    throw notFound(`Process Instance with key '${key}' not found`);
  });
  return operation({
    id: 'getProcessInstance',
    method: 'GET',
    path: '/v2/process-instances/{processInstanceKey}',
    summary: 'One process instance',
    requirement: permission('PROCESS_DEFINITION', 'READ_PROCESS_INSTANCE', 'found'),
    params: PATH,
    query: NO_QUERY,
    responses: { 200: PROCESS_INSTANCE },
    find: async (call) => [{ resourceId: (await found(call)).bpmnProcessId }],
    handle: async (call) => ok(writeProcessInstance(await found(call))),
  });
}

function searchProcessInstances(cluster: ClusterPort, cursors: Cursors): Operation {
  return operation({
    id: 'searchProcessInstances',
    method: 'POST',
    path: '/v2/process-instances/search',
    summary: 'The process instances that the caller may read',
    requirement: permission('PROCESS_DEFINITION', 'READ_PROCESS_INSTANCE', 'visible'),
    query: NO_QUERY,
    body: { kind: 'json', schema: SEARCH, optional: true },
    responses: { 200: pageOf(PROCESS_INSTANCE) },
    handle: async ({ body, visibility, tenants }) => {
      const { query, search } = readProcessInstanceSearch(body, { cursors, visibility, tenants });
      return ok(query.page(await askCluster(cluster.searchProcessInstances(search)), writeProcessInstance));
    },
  });
}
