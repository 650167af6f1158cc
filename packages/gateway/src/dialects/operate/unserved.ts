import { permission } from '@stagedoor/access';
import type { Operation } from '../../operation.ts';
import { unservedRows } from '../../unserved.ts';

/** What Operate v1 has beside definitions and instances of processes (facts, section 7.1). Wildcard grants, as everywhere in v1. */
export const unservedOperations: readonly Operation[] = [
  ...unservedRows(permission('PROCESS_DEFINITION', 'READ_PROCESS_INSTANCE', 'everything'), {
    getProcessInstanceStatisticsV1: 'GET /v1/process-instances/{key}/statistics',
    getProcessInstanceSequenceFlowsV1: 'GET /v1/process-instances/{key}/sequence-flows',
    searchFlownodeInstancesV1: 'POST /v1/flownode-instances/search',
    getFlownodeInstanceV1: 'GET /v1/flownode-instances/{key}',
    searchIncidentsV1: 'POST /v1/incidents/search',
    getIncidentV1: 'GET /v1/incidents/{key}',
    searchVariablesV1: 'POST /v1/variables/search',
    getVariableV1: 'GET /v1/variables/{key}',
  }),
  ...unservedRows(permission('PROCESS_DEFINITION', 'DELETE_PROCESS_INSTANCE', 'everything'), {
    deleteProcessInstanceV1: 'DELETE /v1/process-instances/{key}',
  }),
  ...unservedRows(permission('DECISION_DEFINITION', 'READ_DECISION_DEFINITION', 'everything'), {
    searchDecisionDefinitionsV1: 'POST /v1/decision-definitions/search',
    getDecisionDefinitionV1: 'GET /v1/decision-definitions/{key}',
  }),
  ...unservedRows(permission('DECISION_DEFINITION', 'READ_DECISION_INSTANCE', 'everything'), {
    searchDecisionInstancesV1: 'POST /v1/decision-instances/search',
    getDecisionInstanceV1: 'GET /v1/decision-instances/{id}',
  }),
  ...unservedRows(permission('DECISION_REQUIREMENTS_DEFINITION', 'READ', 'everything'), {
    searchDecisionRequirementsV1: 'POST /v1/drd/search',
    getDecisionRequirementsV1: 'GET /v1/drd/{key}',
    getDecisionRequirementsXmlV1: 'GET /v1/drd/{key}/xml',
  }),
];
