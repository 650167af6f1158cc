import type { AuditEntityType, PermissionRequirement, Requirement } from '@stagedoor/access';
import type { Operation } from '../operation.ts';
import { isSafe } from '../passage/origin-guard.ts';

/** What the audit log says of one row of a dialect. */
export type AuditedRow = {
  readonly entityType: AuditEntityType;
  /** The path parameter that has the id or key; null where the path has none. */
  readonly keyParam: string | null;
  /**
   * `refused`: it reads, so that only being turned away is told. `failed`: what it changes writes its own line in its own
   * transaction, so that only what came to nothing is told here. `completed`: told however it ends.
   */
  readonly told: 'refused' | 'failed' | 'completed';
};

/** Rows whose success is told elsewhere: changes of identities by their own transaction, log-ins where the user is known. */
const TELLS_ITSELF: ReadonlySet<AuditEntityType> = new Set([
  'AUTHORIZATION',
  'CLIENT',
  'GROUP',
  'MAPPING_RULE',
  'ROLE',
  'TENANT',
  'USER',
]);

/** The first segment of a path behind its version, and what the audit log calls it. */
const ENTITY_OF_SEGMENT: Readonly<Record<string, AuditEntityType>> = {
  authorizations: 'AUTHORIZATION',
  'batch-operations': 'BATCH',
  'batch-operation-items': 'BATCH',
  clients: 'CLIENT',
  'decision-definitions': 'DECISION',
  'decision-instances': 'DECISION',
  'decision-requirements': 'DECISION',
  drd: 'DECISION',
  deployments: 'RESOURCE',
  'element-instances': 'PROCESS_INSTANCE',
  'flownode-instances': 'PROCESS_INSTANCE',
  forms: 'RESOURCE',
  groups: 'GROUP',
  incidents: 'INCIDENT',
  jobs: 'JOB',
  login: 'USER',
  logout: 'USER',
  'mapping-rules': 'MAPPING_RULE',
  'process-definitions': 'RESOURCE',
  'process-instances': 'PROCESS_INSTANCE',
  resources: 'RESOURCE',
  roles: 'ROLE',
  setup: 'USER',
  tenants: 'TENANT',
  users: 'USER',
  'user-tasks': 'USER_TASK',
  variables: 'VARIABLE',
  'cluster-variables': 'VARIABLE',
};

const rows = new WeakMap<Operation, AuditedRow>();

/** Worked out once for each row. */
export function auditedRowOf(operation: Operation): AuditedRow {
  const known = rows.get(operation);
  if (known) return known;
  const row = workOut(operation);
  rows.set(operation, row);
  return row;
}

function workOut(operation: Operation): AuditedRow {
  const segments = operation.path.split('/').filter((segment) => segment !== '');
  const at = segments.findIndex((segment) => Object.hasOwn(ENTITY_OF_SEGMENT, segment));
  const entityType = ENTITY_OF_SEGMENT[segments[at] ?? ''] ?? 'RESOURCE';
  const keyParam = at === -1 ? null : (/^\{(\w+)\}$/.exec(segments[at + 1] ?? '')?.[1] ?? null);
  if (!changesSomething(operation)) return { entityType, keyParam, told: 'refused' };
  return { entityType, keyParam, told: TELLS_ITSELF.has(entityType) ? 'failed' : 'completed' };
}

/** Searches are posted too: what only reads, by its path or by its permissions, changes nothing. */
function changesSomething({ method, path, requirement }: Operation): boolean {
  if (isSafe(method) || path.endsWith('/search')) return false;
  const asked = permissionsOf(requirement);
  return asked.length === 0 || asked.some(({ permissionType }) => !permissionType.startsWith('READ'));
}

type Asked = Pick<PermissionRequirement, 'resourceType' | 'permissionType'>;

/** Every permission that a requirement may turn out to ask for. */
export function permissionsOf(requirement: Requirement): readonly Asked[] {
  if ('requirements' in requirement) return requirement.requirements.flatMap(permissionsOf);
  if ('from' in requirement) return requirement.from as readonly Asked[];
  return 'permissionType' in requirement ? [requirement] : [];
}
