import { anyOf, permission } from '@stagedoor/access';
import type { Operation } from '../../../operation.ts';
import { unservedRows } from '../../../unserved.ts';

/** Decision definition, Decision instance, Decision requirements: rows of v2 without a handler. */
export const decisions: readonly Operation[] = [
  ...unservedRows(permission('DECISION_DEFINITION', 'CREATE_DECISION_INSTANCE', 'found'), {
    evaluateDecision: 'POST /v2/decision-definitions/evaluation EVALUATE',
  }),
  ...unservedRows(permission('DECISION_DEFINITION', 'READ_DECISION_DEFINITION', 'visible'), {
    searchDecisionDefinitions: 'POST /v2/decision-definitions/search',
  }),
  ...unservedRows(permission('DECISION_DEFINITION', 'READ_DECISION_DEFINITION', 'found'), {
    getDecisionDefinition: 'GET /v2/decision-definitions/{decisionDefinitionKey}',
    getDecisionDefinitionXML: 'GET /v2/decision-definitions/{decisionDefinitionKey}/xml',
  }),
  ...unservedRows(permission('DECISION_DEFINITION', 'READ_DECISION_INSTANCE', 'visible'), {
    searchDecisionInstances: 'POST /v2/decision-instances/search',
  }),
  ...unservedRows(permission('DECISION_DEFINITION', 'READ_DECISION_INSTANCE', 'found'), {
    getDecisionInstance: 'GET /v2/decision-instances/{decisionEvaluationInstanceKey}',
  }),
  ...unservedRows(permission('DECISION_DEFINITION', 'DELETE_DECISION_INSTANCE', 'found'), {
    deleteDecisionInstance: 'POST /v2/decision-instances/{decisionEvaluationKey}/deletion DELETE',
  }),
  ...unservedRows(
    anyOf(
      permission('BATCH', 'CREATE', 'everything'),
      permission('BATCH', 'CREATE_BATCH_OPERATION_DELETE_DECISION_INSTANCE', 'everything'),
    ),
    {
      deleteDecisionInstancesBatchOperation: 'POST /v2/decision-instances/deletion CREATE',
    },
  ),
  ...unservedRows(permission('DECISION_REQUIREMENTS_DEFINITION', 'READ', 'visible'), {
    searchDecisionRequirements: 'POST /v2/decision-requirements/search',
  }),
  ...unservedRows(permission('DECISION_REQUIREMENTS_DEFINITION', 'READ', 'found'), {
    getDecisionRequirements: 'GET /v2/decision-requirements/{decisionRequirementsKey}',
    getDecisionRequirementsXML: 'GET /v2/decision-requirements/{decisionRequirementsKey}/xml',
  }),
];
