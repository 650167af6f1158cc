import {
  ClusterError,
  type ClusterPort,
  type ProcessDefinition,
  type ProcessDefinitionSearch,
  type ProcessInstance,
  type ProcessInstanceSearch,
  type Topology,
} from '@stagedoor/cluster';
import { pageOf } from './in-memory-search.ts';

const NOW = Date.parse('2026-11-22T05:25:36.618Z');

const ORDER: ProcessDefinition = {
  key: 2251799813685250,
  bpmnProcessId: 'order',
  name: 'Order',
  version: 1,
  versionTag: null,
  resourceName: 'order.bpmn',
  tenantId: '<default>',
};
const PAYMENT: ProcessDefinition = { ...ORDER, key: 2251799813685251, bpmnProcessId: 'payment', name: null };

const TOPOLOGY: Topology = {
  clusterId: 'the-cluster',
  brokers: [
    {
      nodeId: 0,
      host: '127.0.0.1',
      port: 26501,
      version: '8.10.0',
      partitions: [{ partitionId: 1, role: 'leader', health: 'healthy', state: 'active' }],
    },
  ],
  clusterSize: 1,
  partitionsCount: 1,
  replicationFactor: 1,
  gatewayVersion: '8.10.0',
  lastCompletedChangeId: '-1',
};

/** What a test may ask about what was asked of the cluster. */
type Asked = {
  created: number;
  createdIn: string | null;
  deployed: { name: string; content: string }[];
  deployedTo: string | null;
  search: ProcessDefinitionSearch | ProcessInstanceSearch | null;
};

export type InMemoryCluster = ClusterPort & {
  readonly asked: Asked;
  readonly definitions: ProcessDefinition[];
  readonly instances: ProcessInstance[];
};

/** A small cluster that keeps everything in this process; it deploys whatever it is given. */
export function inMemoryCluster(more: Partial<ClusterPort> = {}): InMemoryCluster {
  const definitions = [ORDER, PAYMENT];
  const instances: ProcessInstance[] = [
    { ...startOf(ORDER, 2251799813685252), state: 'COMPLETED', endDate: NOW },
    startOf(PAYMENT, 2251799813685258),
  ];
  const asked: Asked = { created: 0, createdIn: null, deployed: [], deployedTo: null, search: null };
  const resolve = (process: Parameters<ClusterPort['resolveProcess']>[0], tenantId: string) =>
    definitions
      .filter((one) => one.tenantId === tenantId)
      .find((one) => ('key' in process ? one.key === process.key : one.bpmnProcessId === process.bpmnProcessId)) ??
    null;
  return {
    asked,
    definitions,
    instances,
    topology: async () => TOPOLOGY,
    healthy: async () => true,
    async deploy(resources, tenantId) {
      asked.deployed = resources.map(({ name, content }) => ({ name, content: Buffer.from(content).toString() }));
      asked.deployedTo = tenantId;
      return { deploymentKey: 2251799813685299, tenantId, processDefinitions: [{ ...ORDER, tenantId }] };
    },
    async createProcessInstance({ process, tenantId }) {
      const definition = resolve(process, tenantId);
      if (definition === null) throw new ClusterError('NOT_FOUND', 'there is no such process');
      asked.created += 1;
      asked.createdIn = tenantId;
      const instance = startOf(definition, 2251799813685300 + asked.created);
      instances.push(instance);
      return instance;
    },
    resolveProcess: async (process, tenantId) => resolve(process, tenantId),
    processDefinition: async (key) => definitions.find((one) => one.key === key) ?? null,
    processDefinitionXml: async (key) => (definitions.some((one) => one.key === key) ? '<bpmn/>' : null),
    processInstance: async (key) => instances.find((one) => one.key === key) ?? null,
    async searchProcessDefinitions(search) {
      asked.search = search;
      const isLatest = (item: ProcessDefinition) => definitions.every((other) => !isLater(other, item));
      return pageOf(definitions, search, (item, field) =>
        field === 'isLatestVersion' ? isLatest(item) : item[field as keyof ProcessDefinition],
      );
    },
    async searchProcessInstances(search) {
      asked.search = search;
      return pageOf(instances, search, (item, field) => item[field as keyof ProcessInstance]);
    },
    ...more,
  };
}

function isLater(one: ProcessDefinition, other: ProcessDefinition): boolean {
  const isSame = one.bpmnProcessId === other.bpmnProcessId && one.tenantId === other.tenantId;
  return isSame && one.version > other.version;
}

export function startOf(definition: ProcessDefinition, instanceKey: number): ProcessInstance {
  const { key, bpmnProcessId, name, version, tenantId } = definition;
  return {
    key: instanceKey,
    processDefinitionKey: key,
    bpmnProcessId,
    processName: name,
    processVersion: version,
    processVersionTag: null,
    parentKey: null,
    parentFlowNodeInstanceKey: null,
    rootKey: instanceKey,
    startDate: NOW,
    endDate: null,
    state: 'ACTIVE',
    incident: false,
    tenantId,
  };
}
