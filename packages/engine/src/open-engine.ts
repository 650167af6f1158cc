import type { ClusterPort } from '@stagedoor/cluster';
import { createProcessInstance } from './create-process-instance.ts';
import { deploy } from './deploy.ts';
import { ObservedHealth } from './observed-health.ts';
import { openDatabase } from './open-database.ts';
import {
  findProcessDefinition,
  PROCESS_DEFINITIONS,
  readProcessDefinitionXml,
  resolveProcess,
} from './process-definitions.ts';
import { findProcessInstance, PROCESS_INSTANCES } from './process-instances.ts';
import { ProcessModels } from './process-models.ts';
import { ResourceReader } from './resource-reader.ts';
import { search } from './search.ts';
import { withVariables } from './search-variables.ts';
import { Statements } from './statements.ts';
import { topologyOf } from './topology.ts';
import { transactionsOn } from './transaction.ts';

/** Time, in milliseconds since the epoch. */
export type Clock = { now(): number };

export type EngineOptions = {
  /** Path of the database, in a directory that exists, or `:memory:`. Nothing but the engine may keep tables in it. */
  readonly file: string;
  /** What the topology says of this process. */
  readonly clusterId: string;
  readonly host: string;
  readonly port: number;
  readonly version: string;
  readonly clock: Clock;
};

/** A cluster in this process. Once closed, it answers `UNAVAILABLE`; what was acknowledged is in the file. */
export type Engine = ClusterPort & { close(): void };

/**
 * Opens the cluster that is kept in a file, or makes a new one.
 * Not checked: that no other process uses the file, which the owner of the directory sees to.
 *
 * @throws EngineFileError where the file cannot hold an engine.
 */
export function openEngine({ file, clock, ...broker }: EngineOptions): Engine {
  const db = openDatabase(file);
  const statements = new Statements(db);
  const transact = transactionsOn(statements);
  const reader = new ResourceReader();
  const models = new ProcessModels(statements);
  const now = () => clock.now();
  const health = new ObservedHealth(clock, () => isAnswering(statements));
  const healthy = topologyOf(broker, true);
  const unhealthy = topologyOf(broker, false);
  return {
    topology: () => (health.isGood() ? healthy : unhealthy),
    healthy: async () => health.isGood(),
    deploy: (resources, tenantId) => deploy({ statements, transact, reader }, resources, tenantId),
    createProcessInstance: async (command) => createProcessInstance({ statements, transact, models, now }, command),
    resolveProcess: async (process, tenantId) => resolveProcess(statements, process, tenantId),
    processDefinition: async (key) => findProcessDefinition(statements, key),
    processDefinitionXml: async (key) => readProcessDefinitionXml(statements, key),
    processInstance: async (key) => findProcessInstance(statements, key),
    searchProcessDefinitions: async (asked) => search(statements, PROCESS_DEFINITIONS, asked),
    searchProcessInstances: async (asked) =>
      search(statements, PROCESS_INSTANCES, asked, withVariables(asked.variables)),
    close: () => {
      health.forget();
      reader.close();
      if (db.isOpen) db.close();
    },
  };
}

/** Reads and never writes: a full disk is no reason to be restarted. */
function isAnswering(statements: Statements): boolean {
  try {
    return statements.get('SELECT last FROM key_counter') !== undefined;
  } catch {
    return false;
  }
}
