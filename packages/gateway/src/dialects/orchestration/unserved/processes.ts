import { anyOf, type PermissionOf, permission } from '@stagedoor/access';
import type { Operation } from '../../../operation.ts';
import { unservedRows } from '../../../unserved.ts';

/** A batch over many items asks for the right to make any batch, or this one. */
function batch(permissionType: PermissionOf<'BATCH'>) {
  return anyOf(permission('BATCH', 'CREATE', 'everything'), permission('BATCH', permissionType, 'everything'));
}

/** Process definition, Process instance: rows of v2 without a handler. */
export const processes: readonly Operation[] = [
  ...unservedRows(permission('PROCESS_DEFINITION', 'READ_PROCESS_INSTANCE', 'visible'), {
    getProcessDefinitionMessageSubscriptionStatistics: 'POST /v2/process-definitions/statistics/message-subscriptions',
    getProcessDefinitionInstanceStatistics: 'POST /v2/process-definitions/statistics/process-instances',
    getProcessDefinitionStatistics: 'POST /v2/process-definitions/{processDefinitionKey}/statistics/element-instances',
    searchProcessDefinitionVariableNames: 'POST /v2/process-definitions/{processDefinitionKey}/variable-names/search',
    getProcessDefinitionInstanceVersionStatistics:
      'POST /v2/process-definitions/statistics/process-instances-by-version',
    getProcessInstanceStatistics: 'GET /v2/process-instances/{processInstanceKey}/statistics/element-instances',
    getProcessInstanceWaitStateStatistics: 'GET /v2/process-instances/{processInstanceKey}/statistics/wait-states',
  }),
  ...unservedRows(permission('PROCESS_DEFINITION', 'READ_PROCESS_DEFINITION', 'found'), {
    getStartProcessForm: 'GET /v2/process-definitions/{processDefinitionKey}/form',
  }),
  ...unservedRows(batch('CREATE_BATCH_OPERATION_CANCEL_PROCESS_INSTANCE'), {
    cancelProcessInstancesBatchOperation: 'POST /v2/process-instances/cancellation CREATE',
  }),
  ...unservedRows(batch('CREATE_BATCH_OPERATION_DELETE_PROCESS_INSTANCE'), {
    deleteProcessInstancesBatchOperation: 'POST /v2/process-instances/deletion CREATE',
  }),
  ...unservedRows(batch('CREATE_BATCH_OPERATION_RESOLVE_INCIDENT'), {
    resolveIncidentsBatchOperation: 'POST /v2/process-instances/incident-resolution CREATE',
  }),
  ...unservedRows(batch('CREATE_BATCH_OPERATION_MIGRATE_PROCESS_INSTANCE'), {
    migrateProcessInstancesBatchOperation: 'POST /v2/process-instances/migration CREATE',
  }),
  ...unservedRows(batch('CREATE_BATCH_OPERATION_MODIFY_PROCESS_INSTANCE'), {
    modifyProcessInstancesBatchOperation: 'POST /v2/process-instances/modification CREATE',
  }),
  ...unservedRows(batch('CREATE_BATCH_OPERATION_SUSPEND_PROCESS_INSTANCE'), {
    resumeProcessInstancesBatchOperation: 'POST /v2/process-instances/resumption CREATE',
    suspendProcessInstancesBatchOperation: 'POST /v2/process-instances/suspension CREATE',
  }),
  ...unservedRows(permission('PROCESS_DEFINITION', 'UPDATE_PROCESS_INSTANCE', 'found'), {
    assignProcessInstanceBusinessId: 'POST /v2/process-instances/{processInstanceKey}/business-id-assignment ASSIGN',
    resolveProcessInstanceIncidents: 'POST /v2/process-instances/{processInstanceKey}/incident-resolution CREATE',
    migrateProcessInstance: 'POST /v2/process-instances/{processInstanceKey}/migration MIGRATE',
  }),
  ...unservedRows(permission('PROCESS_DEFINITION', 'READ_PROCESS_INSTANCE', 'found'), {
    getProcessInstanceCallHierarchy: 'GET /v2/process-instances/{processInstanceKey}/call-hierarchy',
    searchProcessInstanceIncidents: 'POST /v2/process-instances/{processInstanceKey}/incidents/search',
    getProcessInstanceSequenceFlows: 'GET /v2/process-instances/{processInstanceKey}/sequence-flows',
  }),
  ...unservedRows(permission('PROCESS_DEFINITION', 'CANCEL_PROCESS_INSTANCE', 'found'), {
    cancelProcessInstance: 'POST /v2/process-instances/{processInstanceKey}/cancellation CANCEL',
  }),
  ...unservedRows(permission('PROCESS_DEFINITION', 'DELETE_PROCESS_INSTANCE', 'found'), {
    deleteProcessInstance: 'POST /v2/process-instances/{processInstanceKey}/deletion DELETE',
  }),
  ...unservedRows(permission('PROCESS_DEFINITION', 'MODIFY_PROCESS_INSTANCE', 'found'), {
    modifyProcessInstance: 'POST /v2/process-instances/{processInstanceKey}/modification MODIFY',
  }),
  ...unservedRows(permission('PROCESS_DEFINITION', 'SUSPEND_PROCESS_INSTANCE', 'found'), {
    resumeProcessInstance: 'POST /v2/process-instances/{processInstanceKey}/resumption RESUME',
    suspendProcessInstance: 'POST /v2/process-instances/{processInstanceKey}/suspension SUSPEND',
  }),
];
