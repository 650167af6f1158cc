import { anonymous, authenticated } from '@stagedoor/access';
import type { ClusterPort, Topology } from '@stagedoor/cluster';
import { askCluster } from '../../answering/cluster-failure.ts';
import { Failure } from '../../failure.ts';
import { noContent, type Operation, ok, operation, type Reply } from '../../operation.ts';
import { flag, integer, listOf, nullableText, object, text } from '../../schema.ts';

const NO_QUERY = object({});

const PARTITION = object({ partitionId: integer, role: text, health: text, state: text });
const BROKER = object({
  nodeId: integer,
  brokerId: text,
  host: text,
  port: integer,
  partitions: listOf(PARTITION),
  version: text,
});
const TOPOLOGY = object({
  brokers: listOf(BROKER),
  clusterId: text,
  clusterSize: integer,
  partitionsCount: integer,
  replicationFactor: integer,
  gatewayVersion: text,
  lastCompletedChangeId: text,
});
const LICENSE = object({
  validLicense: flag,
  licenseType: text,
  isCommercial: flag,
  expiresAt: nullableText,
});

/** Topology needs authentication and no permission; status and license are public (facts, sections 0.1 and 0.2). */
export function clusterOperations(cluster: ClusterPort): readonly Operation[] {
  return [
    operation({
      id: 'getTopology',
      method: 'GET',
      path: '/v2/topology',
      summary: 'The topology of the cluster',
      requirement: authenticated,
      query: NO_QUERY,
      responses: { 200: TOPOLOGY },
      handle: () => {
        const topology = cluster.topology();
        return topology instanceof Promise ? askCluster(topology).then(answer) : answer(topology);
      },
    }),
    operation({
      id: 'getStatus',
      method: 'GET',
      path: '/v2/status',
      summary: 'Whether the cluster has a healthy leader for every partition',
      requirement: anonymous,
      query: NO_QUERY,
      responses: { 204: null },
      handle: async () => {
        if (await askCluster(cluster.healthy())) return noContent;
        throw new Failure('unavailable', 'The cluster has no healthy leader for one of its partitions');
      },
    }),
    operation({
      id: 'getLicense',
      method: 'GET',
      path: '/v2/license',
      summary: 'The license of the cluster; there is none to have',
      requirement: anonymous,
      query: NO_QUERY,
      responses: { 200: LICENSE },
      handle: () => ok({ validLicense: false, licenseType: 'unknown', isCommercial: false, expiresAt: null }),
    }),
  ];
}

function answer(topology: Topology): Reply {
  return { status: 200, type: 'application/json', body: written(topology) };
}

const texts = new WeakMap<Topology, string>();

/** A cluster says the same object for as long as it says the same; its text is made once. */
function written(topology: Topology): string {
  const known = texts.get(topology);
  if (known !== undefined) return known;
  const text = JSON.stringify(writeTopology(topology));
  texts.set(topology, text);
  return text;
}

function writeTopology(topology: Topology): object {
  const brokers = topology.brokers.map(({ nodeId, host, port, partitions, version }) => ({
    nodeId,
    brokerId: String(nodeId),
    host,
    port,
    partitions,
    version,
  }));
  return { ...topology, brokers };
}
