/** The port to a cluster: what can be asked of it, in Stagedoor's own words. It never sees principals and decides no rights. */

/** A 64-bit key of Camunda; below 2^53 here, so that v1 can write it as a JSON number. */
export type Key = number;

export type Partition = {
  readonly partitionId: number;
  readonly role: 'leader' | 'follower' | 'inactive';
  readonly health: 'healthy' | 'unhealthy' | 'dead';
  readonly state: 'active';
};

export type Broker = {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
  readonly version: string;
  readonly partitions: readonly Partition[];
};

export type Topology = {
  readonly clusterId: string;
  readonly brokers: readonly Broker[];
  readonly clusterSize: number;
  readonly partitionsCount: number;
  readonly replicationFactor: number;
  readonly gatewayVersion: string;
  readonly lastCompletedChangeId: string;
};

export type ProcessDefinition = {
  readonly key: Key;
  readonly bpmnProcessId: string;
  readonly name: string | null;
  readonly version: number;
  readonly versionTag: string | null;
  readonly resourceName: string;
  readonly tenantId: string;
};

export type ProcessInstanceState = 'ACTIVE' | 'COMPLETED' | 'CANCELED';

export type ProcessInstance = {
  readonly key: Key;
  readonly processDefinitionKey: Key;
  readonly bpmnProcessId: string;
  readonly processVersion: number;
  readonly processVersionTag: string | null;
  readonly parentKey: Key | null;
  readonly parentFlowNodeInstanceKey: Key | null;
  /** Milliseconds since the epoch. */
  readonly startDate: number;
  readonly endDate: number | null;
  readonly state: ProcessInstanceState;
  readonly incident: boolean;
  readonly tenantId: string;
};

export type Resource = { readonly name: string; readonly content: Uint8Array };

export type Deployment = {
  readonly deploymentKey: Key;
  readonly tenantId: string;
  readonly processDefinitions: readonly ProcessDefinition[];
};

export type CreateProcessInstance = {
  /** Either the key of one version, or a process id with a version (the latest where `version` is null). */
  readonly process: { readonly key: Key } | { readonly bpmnProcessId: string; readonly version: number | null };
  readonly variables: Readonly<Record<string, unknown>>;
};

/** Which process ids a caller may see: decided outside, pushed into the query before paging. */
export type ProcessesVisible =
  | { readonly kind: 'all' }
  | { readonly kind: 'ids'; readonly ids: readonly string[] }
  | { readonly kind: 'none' };

/** Values of one record's sortable fields, by field name. */
export type SortValue = string | number | boolean | null;

export type Search<Item> = {
  /** Fields that must equal. A date is given as an inclusive start and an exclusive end, in milliseconds. */
  readonly equals: Partial<{ readonly [F in keyof Item]: Item[F] }>;
  readonly between: readonly { readonly field: keyof Item & string; readonly from: number; readonly until: number }[];
  /** Sorted by these, then by `key` ascending. */
  readonly sort: readonly { readonly field: keyof Item & string; readonly order: 'ASC' | 'DESC' }[];
  /** 1 to 1000. */
  readonly size: number;
  /** The sort values of the last item of the page before, `key` last; null for the first page. */
  readonly after: readonly SortValue[] | null;
  readonly visible: ProcessesVisible;
};

export type Page<Item> = {
  readonly items: readonly Item[];
  /** The sort values of the last item, `key` last; empty where the page is. */
  readonly sortValues: readonly SortValue[];
  readonly total: number;
};

/** Every method rejects with a `ClusterError` where the cluster refuses; anything else that is thrown is a fault. */
export type ClusterPort = {
  /** Answers at once where it knows: it is what probes ask for all day. */
  topology(): Topology | Promise<Topology>;
  /** True where every partition has a healthy leader. */
  healthy(): Promise<boolean>;
  deploy(resources: readonly Resource[]): Promise<Deployment>;
  createProcessInstance(command: CreateProcessInstance): Promise<ProcessInstance>;
  /** The definition that a creation would start: what a decision about it asks for. `null` where there is none. */
  resolveProcess(process: CreateProcessInstance['process']): Promise<ProcessDefinition | null>;
  processDefinition(key: Key): Promise<ProcessDefinition | null>;
  processDefinitionXml(key: Key): Promise<string | null>;
  processInstance(key: Key): Promise<ProcessInstance | null>;
  searchProcessDefinitions(search: Search<ProcessDefinition>): Promise<Page<ProcessDefinition>>;
  searchProcessInstances(search: Search<ProcessInstance>): Promise<Page<ProcessInstance>>;
};
