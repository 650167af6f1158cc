import { permission } from '@stagedoor/access';
import type { Operation } from '../../../operation.ts';
import { unservedRows } from '../../../unserved.ts';

/** Element instance, Ad-hoc sub-process, Incident, Variable: rows of v2 without a handler. */
export const elements: readonly Operation[] = [
  ...unservedRows(permission('PROCESS_DEFINITION', 'UPDATE_PROCESS_INSTANCE', 'found'), {
    activateAdHocSubProcessActivities:
      'POST /v2/element-instances/ad-hoc-activities/{adHocSubProcessInstanceKey}/activation ACTIVATE',
    createElementInstanceVariables: 'PUT /v2/element-instances/{elementInstanceKey}/variables UPDATE',
    resolveIncident: 'POST /v2/incidents/{incidentKey}/resolution RESOLVE',
  }),
  ...unservedRows(permission('PROCESS_DEFINITION', 'READ_PROCESS_INSTANCE', 'visible'), {
    searchElementInstanceWaitStates: 'POST /v2/element-instances/wait-states/search',
    searchElementInstances: 'POST /v2/element-instances/search',
    searchIncidents: 'POST /v2/incidents/search',
    searchVariables: 'POST /v2/variables/search',
  }),
  ...unservedRows(permission('PROCESS_DEFINITION', 'READ_PROCESS_INSTANCE', 'found'), {
    getElementInstance: 'GET /v2/element-instances/{elementInstanceKey}',
    searchElementInstanceIncidents: 'POST /v2/element-instances/{elementInstanceKey}/incidents/search',
    getIncident: 'GET /v2/incidents/{incidentKey}',
    getProcessInstanceStatisticsByDefinition: 'POST /v2/incidents/statistics/process-instances-by-definition',
    getProcessInstanceStatisticsByError: 'POST /v2/incidents/statistics/process-instances-by-error',
    getVariable: 'GET /v2/variables/{variableKey}',
  }),
];
