import type { Operation } from '../../../operation.ts';
import { agents } from './agents.ts';
import { batchOperations } from './batch-operations.ts';
import { clusterVariables } from './cluster-variables.ts';
import { decisions } from './decisions.ts';
import { documents } from './documents.ts';
import { elements } from './elements.ts';
import { events } from './events.ts';
import { jobs } from './jobs.ts';
import { processes } from './processes.ts';
import { recovery } from './recovery.ts';
import { userTasks } from './user-tasks.ts';
import { wholeCluster } from './whole-cluster.ts';

/** Every row of v2 that is guarded and has no handler yet. A row that gets one leaves its table. */
export const unservedOperations: readonly Operation[] = [
  ...agents,
  ...batchOperations,
  ...clusterVariables,
  ...decisions,
  ...documents,
  ...elements,
  ...events,
  ...jobs,
  ...processes,
  ...recovery,
  ...userTasks,
  ...wholeCluster,
];
