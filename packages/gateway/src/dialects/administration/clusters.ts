import { permission } from '@stagedoor/access';
import { askCluster } from '../../answering/cluster-failure.ts';
import { type Operation, ok, operation } from '../../operation.ts';
import { listOf, object, oneOf, text } from '../../schema.ts';
import type { AdministrationParts } from './administration-parts.ts';

const APP = object({ type: text, id: text, status: text, url: text, generation: text });
const CLUSTER = object({
  uuid: text,
  name: text,
  namespace: text,
  status: oneOf('healthy', 'unhealthy', 'unknown'),
  generation: text,
  type: oneOf('automation', 'management'),
  apps: listOf(APP),
});

/** `GET /admin-api/clusters` (facts, section 8.1): the truth about this process, which is the whole cluster. */
export function clusterListOperations(parts: AdministrationParts): readonly Operation[] {
  return [
    operation({
      id: 'getClusters',
      method: 'GET',
      path: '/admin-api/clusters',
      summary: 'The clusters that are administered here',
      requirement: permission('SYSTEM', 'READ', 'everything'),
      responses: { 200: listOf(CLUSTER) },
      handle: async () => ok([await describeCluster(parts)]),
    }),
  ];
}

async function describeCluster({ cluster, clusterId, clusterName, addresses }: AdministrationParts): Promise<object> {
  const [topology, healthy] = await askCluster(Promise.all([cluster.topology(), cluster.healthy()]));
  const status = healthy ? 'healthy' : 'unhealthy';
  const generation = topology.gatewayVersion;
  const { rest, issuer } = addresses();
  const app = (type: string, url: string) => ({ type, id: `${type}-${clusterId}`, status, url, generation });
  return {
    uuid: clusterId,
    name: clusterName,
    namespace: clusterId,
    status,
    generation,
    type: 'automation',
    apps: [
      app('zeebe-broker', rest),
      app('zeebe-gateway', rest),
      app('operate', rest),
      app('console', rest),
      ...(issuer === null ? [] : [app('identity', issuer)]),
    ],
  };
}
