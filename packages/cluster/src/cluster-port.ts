/** The port to a cluster: what can be asked of it, in Stagedoor's own words. It never sees principals and decides no rights. */

import type { Comparison, RecordPage, RecordSearch } from './record-search.ts';

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
  readonly processName: string | null;
  readonly processVersion: number;
  readonly processVersionTag: string | null;
  readonly parentKey: Key | null;
  readonly parentFlowNodeInstanceKey: Key | null;
  /** The instance at the top of the hierarchy: its own key where no other called it. */
  readonly rootKey: Key;
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
  /** The tenant whose process it is, and whose instance it becomes. */
  readonly tenantId: string;
};

/** `isLatestVersion`: of its process id in its tenant, whatever else is asked for. It can be filtered by, and not sorted by. */
export type ProcessDefinitionField = keyof ProcessDefinition | 'isLatestVersion';
export type ProcessInstanceField = keyof ProcessInstance;

export type ProcessDefinitionSearch = RecordSearch<ProcessDefinitionField>;

/**
 * Instances can be found by variables of their own scope as well, whose values compare as the JSON texts they are kept as.
 * A cluster may leave long values out of `like`.
 */
export type ProcessInstanceSearch = RecordSearch<ProcessInstanceField> & {
  readonly variables?: readonly { readonly name: string; readonly comparisons: readonly Comparison[] }[];
};

/** Every method rejects with a `ClusterError` where the cluster refuses; anything else that is thrown is a fault. */
export type ClusterPort = {
  /** Answers at once where it knows: it is what probes ask for all day. */
  topology(): Topology | Promise<Topology>;
  /** True where every partition has a healthy leader. */
  healthy(): Promise<boolean>;
  /** Versions are counted in each tenant apart. */
  deploy(resources: readonly Resource[], tenantId: string): Promise<Deployment>;
  createProcessInstance(command: CreateProcessInstance): Promise<ProcessInstance>;
  /** The definition that a creation would start: what a decision about it asks for. `null` where the tenant has none. */
  resolveProcess(process: CreateProcessInstance['process'], tenantId: string): Promise<ProcessDefinition | null>;
  /** By key whatever the tenant: who may see it is for the caller of the port to decide. */
  processDefinition(key: Key): Promise<ProcessDefinition | null>;
  processDefinitionXml(key: Key): Promise<string | null>;
  processInstance(key: Key): Promise<ProcessInstance | null>;
  searchProcessDefinitions(search: ProcessDefinitionSearch): Promise<RecordPage<ProcessDefinition>>;
  searchProcessInstances(search: ProcessInstanceSearch): Promise<RecordPage<ProcessInstance>>;
};
