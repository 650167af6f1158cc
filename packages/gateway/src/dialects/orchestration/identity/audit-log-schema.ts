import type { AuditEntityType } from '@stagedoor/access';
import { AUDIT_OPERATION_TYPES, type AuditField, type StoredAuditEntry } from '@stagedoor/identity';
import { nothing, nullableText, object, oneOf, text } from '../../../schema.ts';
import type { SearchDescription, SearchField } from '../search/search-description.ts';

const ENTITY_TYPES = [
  'AUTHORIZATION',
  'BATCH',
  'CLIENT',
  'DECISION',
  'GROUP',
  'INCIDENT',
  'JOB',
  'MAPPING_RULE',
  'PROCESS_INSTANCE',
  'RESOURCE',
  'ROLE',
  'TENANT',
  'USER',
  'USER_TASK',
  'VARIABLE',
] as const satisfies readonly AuditEntityType[];
const ACTOR_TYPES = [
  'ANONYMOUS',
  'CLIENT',
  'UNKNOWN',
  'USER',
] as const satisfies readonly StoredAuditEntry['actorType'][];
const CATEGORIES = [
  'ADMIN',
  'DEPLOYED_RESOURCES',
  'USER_TASKS',
] as const satisfies readonly StoredAuditEntry['category'][];
const RESULTS = ['FAIL', 'SUCCESS'] as const;

/** What Camunda keeps of the process around an entry. There is none around what is logged here. */
const UNKNOWN_HERE = [
  'batchOperationKey',
  'batchOperationType',
  'agentElementId',
  'tenantId',
  'processDefinitionId',
  'processDefinitionKey',
  'processInstanceKey',
  'rootProcessInstanceKey',
  'elementInstanceKey',
  'jobKey',
  'userTaskKey',
  'decisionRequirementsId',
  'decisionRequirementsKey',
  'decisionDefinitionId',
  'decisionDefinitionKey',
  'decisionEvaluationKey',
  'deploymentKey',
  'formKey',
  'resourceKey',
] as const;
const NOT_FILTERED: readonly string[] = ['batchOperationKey', 'rootProcessInstanceKey'];
const NOT_SORTED: readonly string[] = [
  'agentElementId',
  'rootProcessInstanceKey',
  'deploymentKey',
  'formKey',
  'resourceKey',
];

export const AUDIT_ENTRY = object({
  auditLogKey: text,
  entityKey: text,
  entityType: oneOf(...ENTITY_TYPES),
  operationType: oneOf(...AUDIT_OPERATION_TYPES),
  timestamp: { ...text, format: 'date-time' },
  actorId: nullableText,
  actorType: oneOf(...ACTOR_TYPES),
  result: oneOf(...RESULTS),
  category: oneOf(...CATEGORIES),
  relatedEntityKey: nullableText,
  relatedEntityType: { anyOf: [oneOf(...ENTITY_TYPES), nothing] },
  entityDescription: text,
  ...Object.fromEntries(UNKNOWN_HERE.map((name) => [name, nothing])),
});

/** `entityDescription` says how and why in words that are made when they are shown, so that nothing is found by it. */
export const AUDIT_LOG: SearchDescription<AuditField> = {
  fields: {
    auditLogKey: { type: 'key', of: 'auditLogKey', filter: 'advanced', sort: true },
    timestamp: { type: 'date', of: 'timestamp', filter: 'advanced', sort: true },
    actorId: { type: 'text', of: 'actorId', filter: 'advanced', sort: true },
    actorType: { type: { oneOf: ACTOR_TYPES }, of: 'actorType', filter: 'advanced', sort: true },
    operationType: { type: { oneOf: AUDIT_OPERATION_TYPES }, of: 'operationType', filter: 'advanced', sort: true },
    entityType: { type: { oneOf: ENTITY_TYPES }, of: 'entityType', filter: 'advanced', sort: true },
    entityKey: { type: 'text', of: 'entityKey', filter: 'advanced', sort: true },
    category: { type: { oneOf: CATEGORIES }, of: 'category', filter: 'advanced', sort: true },
    result: { type: { oneOf: RESULTS }, of: 'result', filter: 'advanced', sort: true },
    relatedEntityKey: { type: 'text', of: 'relatedEntityKey', filter: 'advanced' },
    relatedEntityType: { type: { oneOf: ENTITY_TYPES }, of: 'relatedEntityType', filter: 'advanced' },
    ...Object.fromEntries(UNKNOWN_HERE.map((name) => [name, unknownHere(name)])),
  },
};

function unknownHere(name: string): SearchField<AuditField> {
  return {
    type: name.endsWith('Key') ? 'key' : 'text',
    of: null,
    ...(NOT_FILTERED.includes(name) ? {} : { filter: 'advanced' }),
    ...(NOT_SORTED.includes(name) ? {} : { sort: true }),
  };
}

export function writeAuditEntry(entry: StoredAuditEntry): object {
  const { auditLogKey, entityKey, entityType, operationType, actor, actorType, category } = entry;
  return {
    auditLogKey,
    entityKey: entityKey ?? '',
    entityType,
    operationType,
    timestamp: new Date(entry.at).toISOString(),
    actorId: 'id' in actor ? actor.id : null,
    actorType,
    result: entry.outcome,
    category,
    relatedEntityKey: entry.relatedEntityKey,
    relatedEntityType: entry.relatedEntityType,
    entityDescription: describe(entry),
    ...Object.fromEntries(UNKNOWN_HERE.map((name) => [name, null])),
  };
}

/** What the official schema has no member for: the operation, the kind of credential, the reason, how often. */
function describe({ operation, actor, code, count }: StoredAuditEntry): string {
  const parts = [operation, `with ${actor.credential}`];
  if (code !== null) parts.push(`refused as ${code}`);
  if (count > 1) parts.push(`${count} times`);
  return parts.join(', ');
}
