import { permission } from '@stagedoor/access';
import type { Operation } from '../../../operation.ts';
import { unservedRows } from '../../../unserved.ts';

/** Batch operation: rows of v2 without a handler. */
export const batchOperations: readonly Operation[] = [
  ...unservedRows(permission('BATCH', 'READ', 'visible'), {
    searchBatchOperationItems: 'POST /v2/batch-operation-items/search',
    searchBatchOperations: 'POST /v2/batch-operations/search',
  }),
  ...unservedRows(permission('BATCH', 'READ', 'found'), {
    getBatchOperation: 'GET /v2/batch-operations/{batchOperationKey} CREATE',
  }),
  ...unservedRows(permission('BATCH', 'UPDATE', 'found'), {
    cancelBatchOperation: 'POST /v2/batch-operations/{batchOperationKey}/cancellation CANCEL',
    resumeBatchOperation: 'POST /v2/batch-operations/{batchOperationKey}/resumption RESUME',
    suspendBatchOperation: 'POST /v2/batch-operations/{batchOperationKey}/suspension SUSPEND',
  }),
];
