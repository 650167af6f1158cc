import { type Actor, type AuditEntityType, assertNever } from '@stagedoor/access';

/** Camunda's words (AuditLogOperationTypeEnum of 8.10). */
export const AUDIT_OPERATION_TYPES = [
  'ASSIGN',
  'CANCEL',
  'COMPLETE',
  'CREATE',
  'DELETE',
  'EVALUATE',
  'MIGRATE',
  'MODIFY',
  'RESOLVE',
  'RESUME',
  'SUSPEND',
  'UNASSIGN',
  'UNKNOWN',
  'UPDATE',
] as const;
export type AuditOperationType = (typeof AUDIT_OPERATION_TYPES)[number];
export type AuditCategory = 'ADMIN' | 'DEPLOYED_RESOURCES' | 'USER_TASKS';

/** Read from the verb that an operation's name begins with: `createUser`, `client.delete`. */
export function operationTypeOf(operation: string): AuditOperationType {
  const verb = /^(?:[a-z-]+\.)?([a-z]+)/.exec(operation)?.[1]?.toUpperCase();
  if (verb === 'ROTATE' || verb === 'PASSWD') return 'UPDATE';
  return AUDIT_OPERATION_TYPES.find((type) => type === verb) ?? 'UNKNOWN';
}

export function categoryOf(entityType: AuditEntityType): AuditCategory {
  switch (entityType) {
    case 'AUTHORIZATION':
    case 'CLIENT':
    case 'GROUP':
    case 'MAPPING_RULE':
    case 'ROLE':
    case 'TENANT':
    case 'USER':
      return 'ADMIN';
    case 'USER_TASK':
      return 'USER_TASKS';
    case 'BATCH':
    case 'DECISION':
    case 'INCIDENT':
    case 'JOB':
    case 'PROCESS_INSTANCE':
    case 'RESOURCE':
    case 'VARIABLE':
      return 'DEPLOYED_RESOURCES';
    default:
      return assertNever(entityType);
  }
}

/** Camunda has no word for the command line and the configuration: its `UNKNOWN` stands for both. */
export type AuditActorType = 'ANONYMOUS' | 'CLIENT' | 'UNKNOWN' | 'USER';

export function actorTypeOf(actor: Actor): AuditActorType {
  switch (actor.kind) {
    case 'user':
      return 'USER';
    case 'client':
      return 'CLIENT';
    case 'anonymous':
      return 'ANONYMOUS';
    case 'operator':
    case 'configuration':
      return 'UNKNOWN';
    default:
      return assertNever(actor);
  }
}
