import { authenticated } from '@stagedoor/access';
import type { ClusterPort, Topology } from '@stagedoor/cluster';
import { askCluster } from '../../answering/cluster-failure.ts';
import { problemDetails } from '../../answering/problem-details.ts';
import type { Dialect } from '../../dialect.ts';
import { ok, operation } from '../../operation.ts';
import { integer, listOf, object, text } from '../../schema.ts';
import { userTaskOperations } from './user-tasks.ts';

const PARTITION = object({ partitionId: integer, role: text, health: text });
const TOPOLOGY = object({
  brokers: listOf(object({ nodeId: integer, host: text, port: integer, partitions: listOf(PARTITION), version: text })),
  clusterSize: integer,
  partitionsCount: integer,
  replicationFactor: integer,
  gatewayVersion: text,
});

/** Zeebe REST v1, with the members that 8.6 was recorded with. */
export function zeebeDialect(cluster: ClusterPort): Dialect {
  return {
    name: 'zeebe',
    api: 'zeebe',
    credentials: 'as-configured',
    challenges: true,
    operations: [
      operation({
        id: 'getTopologyV1',
        method: 'GET',
        path: '/v1/topology',
        summary: 'The topology of the cluster',
        requirement: authenticated,
        responses: { 200: TOPOLOGY },
        handle: async () => ok(writeTopology(await askCluster(cluster.topology()))),
      }),
      ...userTaskOperations,
    ],
    alsoBelow: [],
    territory: [],
    forbidden: ([first]) =>
      `Unauthorized to perform operation '${first?.permissionType}' on resource '${first?.resourceType}'`,
    problem: problemDetails,
  };
}

function writeTopology(topology: Topology): object {
  const brokers = topology.brokers.map(({ nodeId, host, port, partitions, version }) => ({
    nodeId,
    host,
    port,
    partitions: partitions.map(({ partitionId, role, health }) => ({ partitionId, role, health })),
    version,
  }));
  const { clusterSize, partitionsCount, replicationFactor, gatewayVersion } = topology;
  return { brokers, clusterSize, partitionsCount, replicationFactor, gatewayVersion };
}
