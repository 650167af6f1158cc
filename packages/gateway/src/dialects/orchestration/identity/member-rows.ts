import type { MemberType } from '@stagedoor/access';
import type { IdName } from './read-path-id.ts';

/** A kind of member of a role, group or tenant, as v2 names it in operations and paths. */
export type MemberKind = { readonly noun: string; readonly idName: IdName; readonly segment: string };

export const MEMBER_KINDS = {
  user: { noun: 'User', idName: 'username', segment: 'users' },
  client: { noun: 'Client', idName: 'clientId', segment: 'clients' },
  group: { noun: 'Group', idName: 'groupId', segment: 'groups' },
  role: { noun: 'Role', idName: 'roleId', segment: 'roles' },
  'mapping-rule': { noun: 'MappingRule', idName: 'mappingRuleId', segment: 'mapping-rules' },
} as const satisfies Record<MemberType, MemberKind>;

/** What has members, and which kinds of them can be assigned to it (facts, section 6.2). */
export const CONTAINERS = {
  role: {
    noun: 'Role',
    idName: 'roleId',
    path: '/v2/roles/{roleId}',
    resourceType: 'ROLE',
    members: ['user', 'client', 'group', 'mapping-rule'],
    absent: (id: string) => `Expected to update role with ID '${id}', but a role with this ID does not exist.`,
  },
  group: {
    noun: 'Group',
    idName: 'groupId',
    path: '/v2/groups/{groupId}',
    resourceType: 'GROUP',
    members: ['user', 'client', 'mapping-rule'],
    absent: (id: string) => `Expected to update group with ID '${id}', but a group with this ID does not exist.`,
  },
  tenant: {
    noun: 'Tenant',
    idName: 'tenantId',
    path: '/v2/tenants/{tenantId}',
    resourceType: 'TENANT',
    members: ['user', 'client', 'group', 'role', 'mapping-rule'],
    absent: (id: string) => `Expected to update tenant with id '${id}', but no tenant with this id exists.`,
  },
} as const satisfies Record<
  'role' | 'group' | 'tenant',
  {
    readonly noun: string;
    readonly idName: IdName;
    readonly path: string;
    readonly resourceType: string;
    readonly members: readonly MemberType[];
    readonly absent: (id: string) => string;
  }
>;

export type ContainerName = keyof typeof CONTAINERS;

/** Camunda says `assignRoleToUser`, but `assignUserToGroup`. */
export function assignmentId(verb: 'assign' | 'unassign', container: ContainerName, member: MemberType): string {
  const preposition = verb === 'assign' ? 'To' : 'From';
  const { noun } = MEMBER_KINDS[member];
  return container === 'role'
    ? `${verb}Role${preposition}${noun}`
    : `${verb}${noun}${preposition}${CONTAINERS[container].noun}`;
}

export function memberSearchId(container: ContainerName, member: MemberType): string {
  const { noun } = MEMBER_KINDS[member];
  const plural = container === 'tenant' && member === 'group' ? 'GroupIds' : `${noun}s`;
  return `search${plural}For${CONTAINERS[container].noun}`;
}
