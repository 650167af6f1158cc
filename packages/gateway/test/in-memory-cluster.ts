import {
  ClusterError,
  type ClusterPort,
  type Page,
  type ProcessDefinition,
  type ProcessInstance,
  type Search,
  type SortValue,
  type Topology,
} from '@stagedoor/cluster';

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
  deployed: { name: string; content: string }[];
  search: Search<ProcessDefinition> | Search<ProcessInstance> | null;
};

export type InMemoryCluster = ClusterPort & { readonly asked: Asked };

/** A small cluster that keeps everything in this process; it deploys whatever it is given. */
export function inMemoryCluster(more: Partial<ClusterPort> = {}): InMemoryCluster {
  const definitions = [ORDER, PAYMENT];
  const instances: ProcessInstance[] = [
    { ...startOf(ORDER, 2251799813685252), state: 'COMPLETED', endDate: NOW },
    startOf(PAYMENT, 2251799813685258),
  ];
  const asked: Asked = { created: 0, deployed: [], search: null };
  const resolve = (process: Parameters<ClusterPort['resolveProcess']>[0]) =>
    definitions.find((one) =>
      'key' in process ? one.key === process.key : one.bpmnProcessId === process.bpmnProcessId,
    ) ?? null;
  return {
    asked,
    topology: async () => TOPOLOGY,
    healthy: async () => true,
    async deploy(resources) {
      asked.deployed = resources.map(({ name, content }) => ({ name, content: Buffer.from(content).toString() }));
      return { deploymentKey: 2251799813685299, tenantId: '<default>', processDefinitions: [ORDER] };
    },
    async createProcessInstance({ process }) {
      const definition = resolve(process);
      if (definition === null) throw new ClusterError('NOT_FOUND', 'there is no such process');
      asked.created += 1;
      const instance = startOf(definition, 2251799813685300 + asked.created);
      instances.push(instance);
      return instance;
    },
    resolveProcess: async (process) => resolve(process),
    processDefinition: async (key) => definitions.find((one) => one.key === key) ?? null,
    processDefinitionXml: async (key) => (definitions.some((one) => one.key === key) ? '<bpmn/>' : null),
    processInstance: async (key) => instances.find((one) => one.key === key) ?? null,
    async searchProcessDefinitions(search) {
      asked.search = search;
      return pageOf(definitions, search);
    },
    async searchProcessInstances(search) {
      asked.search = search;
      return pageOf(instances, search);
    },
    ...more,
  };
}

function startOf({ key, bpmnProcessId, version, tenantId }: ProcessDefinition, instanceKey: number): ProcessInstance {
  return {
    key: instanceKey,
    processDefinitionKey: key,
    bpmnProcessId,
    processVersion: version,
    processVersionTag: null,
    parentKey: null,
    parentFlowNodeInstanceKey: null,
    startDate: NOW,
    endDate: null,
    state: 'ACTIVE',
    incident: false,
    tenantId,
  };
}

type Row = ProcessDefinition | ProcessInstance;

function pageOf<Item extends Row>(all: readonly Item[], search: Search<Item>): Page<Item> {
  const fields = [...search.sort, { field: 'key' as const, order: 'ASC' as const }];
  const valuesOf = (item: Item): SortValue[] => fields.map(({ field }) => item[field as keyof Item] as SortValue);
  const compare = (left: readonly SortValue[], right: readonly SortValue[]): number => {
    for (const [index, { order }] of fields.entries()) {
      const [a, b] = [left[index] ?? '', right[index] ?? ''];
      if (a !== b) return (a < b ? -1 : 1) * (order === 'ASC' ? 1 : -1);
    }
    return 0;
  };
  const matching = all
    .filter((item) => Object.entries(search.equals).every(([name, value]) => item[name as keyof Item] === value))
    .filter((item) => search.between.every(({ field, from, until }) => isWithin(item[field], from, until)))
    .sort((left, right) => compare(valuesOf(left), valuesOf(right)));
  const { after } = search;
  const items = matching.filter((item) => after === null || compare(valuesOf(item), after) > 0).slice(0, search.size);
  const last = items.at(-1);
  return { items, sortValues: last === undefined ? [] : valuesOf(last), total: matching.length };
}

function isWithin(value: unknown, from: number, until: number): boolean {
  return typeof value === 'number' && value >= from && value < until;
}
