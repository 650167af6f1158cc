import type { Topology } from '@stagedoor/cluster';

export type Broker = {
  readonly clusterId: string;
  readonly host: string;
  readonly port: number;
  readonly version: string;
};

/** The truth about this process: one broker that leads the one partition there is. */
export function topologyOf({ clusterId, host, port, version }: Broker, healthy: boolean): Topology {
  const health = healthy ? 'healthy' : 'unhealthy';
  return {
    clusterId,
    brokers: [
      { nodeId: 0, host, port, version, partitions: [{ partitionId: 1, role: 'leader', health, state: 'active' }] },
    ],
    clusterSize: 1,
    partitionsCount: 1,
    replicationFactor: 1,
    gatewayVersion: version,
    // No change of the cluster was ever completed.
    lastCompletedChangeId: '-1',
  };
}
