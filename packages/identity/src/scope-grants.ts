import type { PermissionOf, PermissionType, ResourceType, Scope } from '@stagedoor/access';

type Grants = { readonly [R in ResourceType]?: readonly PermissionOf<R>[] };

const READING = {
  PROCESS_DEFINITION: ['READ_PROCESS_DEFINITION', 'READ_PROCESS_INSTANCE'],
  DECISION_DEFINITION: ['READ_DECISION_DEFINITION', 'READ_DECISION_INSTANCE'],
  DECISION_REQUIREMENTS_DEFINITION: ['READ'],
} as const satisfies Grants;

const WORKING = {
  RESOURCE: ['CREATE', 'READ'],
  PROCESS_DEFINITION: [
    'CREATE_PROCESS_INSTANCE',
    'READ_PROCESS_DEFINITION',
    'READ_PROCESS_INSTANCE',
    'UPDATE_PROCESS_INSTANCE',
    'CANCEL_PROCESS_INSTANCE',
    'MODIFY_PROCESS_INSTANCE',
  ],
  MESSAGE: ['CREATE', 'READ'],
  DECISION_DEFINITION: ['CREATE_DECISION_INSTANCE', 'READ_DECISION_DEFINITION', 'READ_DECISION_INSTANCE'],
  DECISION_REQUIREMENTS_DEFINITION: ['READ'],
} as const satisfies Grants;

const TASKS = {
  PROCESS_DEFINITION: [
    'READ_PROCESS_DEFINITION',
    'READ_USER_TASK',
    'UPDATE_USER_TASK',
    'CLAIM_USER_TASK',
    'COMPLETE_USER_TASK',
  ],
  USER_TASK: ['READ', 'UPDATE', 'CLAIM', 'COMPLETE'],
} as const satisfies Grants;

/** What a scope grants at a client's creation, on every resource of the type (contract, "Clients, scopes, audiences"). */
const SCOPE_GRANTS: { readonly [S in Scope]: readonly Grants[] } = {
  operate: [READING],
  zeebe: [WORKING],
  tasklist: [TASKS],
  orchestration: [READING, WORKING, TASKS],
  administration: [{ SYSTEM: ['READ', 'READ_USAGE_METRIC', 'UPDATE'] }],
};

/** The permissions of several scopes together, each resource type once. */
export function grantsOfScopes(scopes: readonly Scope[]): Map<ResourceType, Set<PermissionType>> {
  const joined = new Map<ResourceType, Set<PermissionType>>();
  for (const grants of scopes.flatMap((scope) => SCOPE_GRANTS[scope])) {
    for (const [resourceType, permissions] of Object.entries(grants) as [ResourceType, readonly PermissionType[]][]) {
      const present = joined.get(resourceType) ?? new Set();
      for (const permission of permissions) present.add(permission);
      joined.set(resourceType, present);
    }
  }
  return joined;
}
