import { anyOf, permission } from '@stagedoor/access';
import type { Operation } from '../../../operation.ts';
import { unservedRows } from '../../../unserved.ts';

/** Backup, Recovery, Exporting, Clock: rows of v2 without a handler. */
export const recovery: readonly Operation[] = [
  ...unservedRows(permission('BACKUP', 'CREATE', 'everything'), {
    takeRuntimeBackup: 'POST /v2/backups/runtime',
    syncRuntimeBackupState: 'POST /v2/backups/runtime/state/sync',
    takeHistoryBackup: 'POST /v2/backups/history',
  }),
  ...unservedRows(permission('BACKUP', 'READ', 'everything'), {
    listRuntimeBackups: 'GET /v2/backups/runtime',
    getRuntimeBackupState: 'GET /v2/backups/runtime/state',
    getRuntimeBackup: 'GET /v2/backups/runtime/{backupId}',
    listHistoryBackups: 'GET /v2/backups/history',
    getHistoryBackup: 'GET /v2/backups/history/{backupId}',
  }),
  ...unservedRows(permission('BACKUP', 'DELETE', 'everything'), {
    deleteRuntimeBackupState: 'DELETE /v2/backups/runtime/state',
    deleteRuntimeBackup: 'DELETE /v2/backups/runtime/{backupId}',
    deleteHistoryBackup: 'DELETE /v2/backups/history/{backupId}',
  }),
  ...unservedRows(permission('SYSTEM', 'UPDATE', 'everything'), {
    pinClock: 'PUT /v2/clock PIN',
    resetClock: 'POST /v2/clock/reset RESET',
  }),
  ...unservedRows(permission('EXPORTER', 'PAUSE', 'everything'), {
    getExportingStatus: 'GET /v2/exporting',
    pauseExporting: 'POST /v2/exporting/pause',
    resumeExporting: 'POST /v2/exporting/resume',
  }),
  ...unservedRows(anyOf(permission('SYSTEM', 'UPDATE', 'everything'), permission('BACKUP', 'RESTORE', 'everything')), {
    changeClusterMode: 'PATCH /v2/mode',
  }),
  ...unservedRows(permission('BACKUP', 'RESTORE', 'everything'), {
    restore: 'POST /v2/restore',
    getRestoreStatus: 'GET /v2/restore',
  }),
];
