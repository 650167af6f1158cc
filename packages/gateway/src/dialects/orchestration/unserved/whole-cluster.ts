import { permission } from '@stagedoor/access';
import type { Operation } from '../../../operation.ts';
import { unservedRows } from '../../../unserved.ts';

/**
 * The rows for those who run the cluster. Camunda's table names no permission for them, although they reveal the cluster or
 * change it; nothing is open because a table is silent (contract, "Requests").
 */
export const wholeCluster: readonly Operation[] = [
  ...unservedRows(permission('SYSTEM', 'READ', 'everything'), {
    getClusterExportingStatus: 'GET /cluster/v2/exporting',
    listRuntimeBackupsAsClusterAdmin: 'GET /cluster/v2/backups/runtime',
    getRuntimeBackupStateAsClusterAdmin: 'GET /cluster/v2/backups/runtime/state',
    getRuntimeBackupAsClusterAdmin: 'GET /cluster/v2/backups/runtime/{backupId}',
    listHistoryBackupsAsClusterAdmin: 'GET /cluster/v2/backups/history',
    getHistoryBackupAsClusterAdmin: 'GET /cluster/v2/backups/history/{backupId}',
  }),
  ...unservedRows(permission('SYSTEM', 'UPDATE', 'everything'), {
    pauseClusterExporting: 'POST /cluster/v2/exporting/pause',
    resumeClusterExporting: 'POST /cluster/v2/exporting/resume',
    takeRuntimeBackupAsClusterAdmin: 'POST /cluster/v2/backups/runtime',
    deleteRuntimeBackupStateAsClusterAdmin: 'DELETE /cluster/v2/backups/runtime/state',
    syncRuntimeBackupStateAsClusterAdmin: 'POST /cluster/v2/backups/runtime/state/sync',
    deleteRuntimeBackupAsClusterAdmin: 'DELETE /cluster/v2/backups/runtime/{backupId}',
    takeHistoryBackupAsClusterAdmin: 'POST /cluster/v2/backups/history',
    deleteHistoryBackupAsClusterAdmin: 'DELETE /cluster/v2/backups/history/{backupId}',
    changeClusterModeAsClusterAdmin: 'PATCH /cluster/v2/mode',
    restoreAsClusterAdmin: 'POST /cluster/v2/restore',
  }),
];
