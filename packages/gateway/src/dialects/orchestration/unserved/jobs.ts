import { anyOf, permission } from '@stagedoor/access';
import type { Operation } from '../../../operation.ts';
import { unservedRows } from '../../../unserved.ts';

/** Job, Global listener, Secret: rows of v2 without a handler. */
export const jobs: readonly Operation[] = [
  ...unservedRows(permission('GLOBAL_LISTENER', 'CREATE_TASK_LISTENER', 'everything'), {
    createGlobalTaskListener: 'POST /v2/global-task-listeners CREATE',
  }),
  ...unservedRows(permission('GLOBAL_LISTENER', 'READ_TASK_LISTENER', 'found'), {
    getGlobalTaskListener: 'GET /v2/global-task-listeners/{id}',
  }),
  ...unservedRows(permission('GLOBAL_LISTENER', 'UPDATE_TASK_LISTENER', 'found'), {
    updateGlobalTaskListener: 'PUT /v2/global-task-listeners/{id} UPDATE',
  }),
  ...unservedRows(permission('GLOBAL_LISTENER', 'DELETE_TASK_LISTENER', 'found'), {
    deleteGlobalTaskListener: 'DELETE /v2/global-task-listeners/{id} DELETE',
  }),
  ...unservedRows(permission('GLOBAL_LISTENER', 'READ_TASK_LISTENER', 'visible'), {
    searchGlobalTaskListeners: 'POST /v2/global-task-listeners/search',
  }),
  ...unservedRows(permission('PROCESS_DEFINITION', 'UPDATE_PROCESS_INSTANCE', 'visible'), {
    activateJobs: 'POST /v2/jobs/activation',
  }),
  ...unservedRows(permission('PROCESS_DEFINITION', 'READ_PROCESS_INSTANCE', 'visible'), {
    searchJobs: 'POST /v2/jobs/search',
    getJobErrorStatistics: 'POST /v2/jobs/statistics/errors',
  }),
  ...unservedRows(permission('PROCESS_DEFINITION', 'UPDATE_PROCESS_INSTANCE', 'found'), {
    updateJob: 'PATCH /v2/jobs/{jobKey} UPDATE',
    completeJob: 'POST /v2/jobs/{jobKey}/completion COMPLETE',
    throwJobError: 'POST /v2/jobs/{jobKey}/error THROW_ERROR',
    failJob: 'POST /v2/jobs/{jobKey}/failure FAIL',
  }),
  ...unservedRows(
    anyOf(
      permission('BATCH', 'CREATE', 'everything'),
      permission('BATCH', 'CREATE_BATCH_OPERATION_UPDATE_JOB', 'everything'),
    ),
    {
      updateJobsBatchOperation: 'POST /v2/jobs/batch-update CREATE',
    },
  ),
  ...unservedRows(permission('SYSTEM', 'READ_JOB_METRIC', 'visible'), {
    getGlobalJobStatistics: 'GET /v2/jobs/statistics/global',
    getJobTypeStatistics: 'POST /v2/jobs/statistics/by-types',
    getJobWorkerStatistics: 'POST /v2/jobs/statistics/by-workers',
    getJobTimeSeriesStatistics: 'POST /v2/jobs/statistics/time-series',
  }),
  ...unservedRows(permission('SECRET', 'REVEAL', 'visible'), {
    resolveSecrets: 'POST /v2/secrets/resolve',
  }),
  ...unservedRows(permission('SECRET', 'READ', 'visible'), {
    listSecrets: 'POST /v2/secrets/list',
  }),
];
