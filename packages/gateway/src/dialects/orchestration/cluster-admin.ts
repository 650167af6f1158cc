import { anonymous } from '@stagedoor/access';
import type { ClusterPort } from '@stagedoor/cluster';
import { askCluster } from '../../answering/cluster-failure.ts';
import { Failure } from '../../failure.ts';
import { type Operation, operation } from '../../operation.ts';
import { object } from '../../schema.ts';
import { clusterOperations } from './cluster.ts';

/** What the whole cluster says below `/cluster/v2`: the same as the cluster says below `/v2`, which is all there is here. */
export function clusterAdminOperations(cluster: ClusterPort): readonly Operation[] {
  const topology = clusterOperations(cluster).filter(({ id }) => id === 'getTopology');
  return [
    ...topology.map((row) => ({ ...row, id: 'getClusterTopology', path: '/cluster/v2/topology' })),
    operation({
      id: 'getClusterStatus',
      method: 'GET',
      path: '/cluster/v2/status',
      summary: 'Whether the whole cluster is healthy',
      requirement: anonymous,
      query: object({}),
      responses: { 200: null },
      handle: async () => {
        if (await askCluster(cluster.healthy())) return { status: 200 };
        throw new Failure('unavailable', 'The cluster has no healthy leader for one of its partitions');
      },
    }),
  ];
}
