import { type CamundaClient, TenantId, Username } from '@camunda8/orchestration-cluster-api';
import { AT_ONCE } from '../official-clients/strict-client.ts';

type Page = {
  readonly from?: number;
  readonly limit?: number;
  readonly after?: string;
  readonly before?: string;
};

export type Found = {
  readonly items: readonly Readonly<Record<string, unknown>>[];
  readonly page: {
    readonly totalItems: number;
    readonly hasMoreTotalItems: boolean;
    readonly startCursor: unknown;
    readonly endCursor: unknown;
  };
};

/** A kind of record, and what the official client has for it. All of them have a text of ours as their id. */
export type RecordKind = {
  readonly id: string;
  /** Its other fields: as they are first, and as they are after the change. */
  readonly first: Readonly<Record<string, string>>;
  readonly second: Readonly<Record<string, string>>;
  create(camunda: CamundaClient, id: string, name?: string): Promise<unknown>;
  show(camunda: CamundaClient, id: string): Promise<unknown>;
  change(camunda: CamundaClient, id: string): Promise<unknown>;
  remove(camunda: CamundaClient, id: string): Promise<unknown>;
  /** Those with this name, in the order of their ids. */
  find(camunda: CamundaClient, name: string, order: 'ASC' | 'DESC', page?: Page): Promise<Found>;
  /** Somebody sends a field that is not there. */
  findNonsense(camunda: CamundaClient, query: object): Promise<unknown>;
};

/** The cursors of the client are branded; whoever tests them wants to send others too. */
function query<Query>(value: object): Query {
  return value as Query;
}

export const RECORD_KINDS: Readonly<Record<string, RecordKind>> = {
  user: {
    id: 'username',
    first: { name: 'Tosca', email: 'tosca@example.com' },
    second: { name: 'Floria Tosca', email: 'floria@example.com' },
    create: (camunda, username, name = 'Tosca') =>
      camunda.createUser({ username, name, email: 'tosca@example.com', password: 'vissi d’arte' }),
    show: (camunda, id) => camunda.getUser({ username: Username.assumeExists(id) }, AT_ONCE),
    change: (camunda, id) =>
      camunda.updateUser({ username: Username.assumeExists(id), name: 'Floria Tosca', email: 'floria@example.com' }),
    remove: (camunda, id) => camunda.deleteUser({ username: Username.assumeExists(id) }),
    find: (camunda, name, order, page = {}) =>
      camunda.searchUsers(query({ filter: { name }, sort: [{ field: 'username', order }], page }), AT_ONCE),
    findNonsense: (camunda, nonsense) => camunda.searchUsers(query(nonsense), AT_ONCE),
  },
  role: {
    id: 'roleId',
    first: { name: 'Conductor', description: 'holds the stick' },
    second: { name: 'Second conductor', description: 'waits' },
    create: (camunda, roleId, name = 'Conductor') =>
      camunda.createRole({ roleId, name, description: 'holds the stick' }),
    show: (camunda, roleId) => camunda.getRole({ roleId }, AT_ONCE),
    change: (camunda, roleId) => camunda.updateRole({ roleId, name: 'Second conductor', description: 'waits' }),
    remove: (camunda, roleId) => camunda.deleteRole({ roleId }),
    find: (camunda, name, order, page = {}) =>
      camunda.searchRoles(query({ filter: { name }, sort: [{ field: 'roleId', order }], page }), AT_ONCE),
    findNonsense: (camunda, nonsense) => camunda.searchRoles(query(nonsense), AT_ONCE),
  },
  group: {
    id: 'groupId',
    first: { name: 'Choir', description: 'sings' },
    second: { name: 'Great choir', description: 'sings louder' },
    create: (camunda, groupId, name = 'Choir') => camunda.createGroup({ groupId, name, description: 'sings' }),
    show: (camunda, groupId) => camunda.getGroup({ groupId }, AT_ONCE),
    change: (camunda, groupId) => camunda.updateGroup({ groupId, name: 'Great choir', description: 'sings louder' }),
    remove: (camunda, groupId) => camunda.deleteGroup({ groupId }),
    find: (camunda, name, order, page = {}) =>
      camunda.searchGroups(query({ filter: { name }, sort: [{ field: 'groupId', order }], page }), AT_ONCE),
    findNonsense: (camunda, nonsense) => camunda.searchGroups(query(nonsense), AT_ONCE),
  },
  tenant: {
    id: 'tenantId',
    first: { name: 'Opera', description: 'the house' },
    second: { name: 'Ballet', description: 'the other house' },
    create: (camunda, tenantId, name = 'Opera') => camunda.createTenant({ tenantId, name, description: 'the house' }),
    show: (camunda, id) => camunda.getTenant({ tenantId: TenantId.assumeExists(id) }, AT_ONCE),
    change: (camunda, id) =>
      camunda.updateTenant({ tenantId: TenantId.assumeExists(id), name: 'Ballet', description: 'the other house' }),
    remove: (camunda, id) => camunda.deleteTenant({ tenantId: TenantId.assumeExists(id) }),
    find: (camunda, name, order, page = {}) =>
      camunda.searchTenants(query({ filter: { name }, sort: [{ field: 'tenantId', order }], page }), AT_ONCE),
    findNonsense: (camunda, nonsense) => camunda.searchTenants(query(nonsense), AT_ONCE),
  },
  'mapping rule': {
    id: 'mappingRuleId',
    first: { name: 'Sopranos', claimName: 'voice', claimValue: 'soprano' },
    second: { name: 'Altos', claimName: 'voices', claimValue: 'alto' },
    // No two rules have the same claim and value.
    create: (camunda, mappingRuleId, name = 'Sopranos') =>
      camunda.createMappingRule({
        mappingRuleId,
        name,
        claimName: 'voice',
        claimValue: name === 'Sopranos' ? 'soprano' : mappingRuleId,
      }),
    show: (camunda, mappingRuleId) => camunda.getMappingRule({ mappingRuleId }, AT_ONCE),
    change: (camunda, mappingRuleId) =>
      camunda.updateMappingRule({ mappingRuleId, name: 'Altos', claimName: 'voices', claimValue: 'alto' }),
    remove: (camunda, mappingRuleId) => camunda.deleteMappingRule({ mappingRuleId }),
    find: (camunda, name, order, page = {}) =>
      camunda.searchMappingRule(query({ filter: { name }, sort: [{ field: 'mappingRuleId', order }], page }), AT_ONCE),
    findNonsense: (camunda, nonsense) => camunda.searchMappingRule(query(nonsense), AT_ONCE),
  },
};
