import { type CamundaClient, TenantId, Username } from '@camunda8/orchestration-cluster-api';
import { AT_ONCE } from '../official-clients/strict-client.ts';
import type { Found } from './records.ts';

/** What can be a member of what, and what the official client has for it. */
export type MembershipKind = {
  readonly container: 'role' | 'group' | 'tenant';
  readonly member: 'user' | 'client' | 'group' | 'role' | 'mapping rule';
  /** What a member found in a search is known by. */
  readonly id: string;
  assign(camunda: CamundaClient, container: string, member: string): Promise<unknown>;
  unassign(camunda: CamundaClient, container: string, member: string): Promise<unknown>;
  members(camunda: CamundaClient, container: string): Promise<Found>;
};

const user = Username.assumeExists;
const tenant = TenantId.assumeExists;

export const MEMBERSHIP_KINDS: readonly MembershipKind[] = [
  {
    container: 'role',
    member: 'user',
    id: 'username',
    assign: (camunda, roleId, id) => camunda.assignRoleToUser({ roleId, username: user(id) }),
    unassign: (camunda, roleId, id) => camunda.unassignRoleFromUser({ roleId, username: user(id) }),
    members: (camunda, roleId) => camunda.searchUsersForRole({ roleId }, AT_ONCE),
  },
  {
    container: 'role',
    member: 'client',
    id: 'clientId',
    assign: (camunda, roleId, clientId) => camunda.assignRoleToClient({ roleId, clientId }),
    unassign: (camunda, roleId, clientId) => camunda.unassignRoleFromClient({ roleId, clientId }),
    members: (camunda, roleId) => camunda.searchClientsForRole({ roleId }, AT_ONCE),
  },
  {
    container: 'role',
    member: 'group',
    id: 'groupId',
    assign: (camunda, roleId, groupId) => camunda.assignRoleToGroup({ roleId, groupId }),
    unassign: (camunda, roleId, groupId) => camunda.unassignRoleFromGroup({ roleId, groupId }),
    members: (camunda, roleId) => camunda.searchGroupsForRole({ roleId }, AT_ONCE),
  },
  {
    container: 'role',
    member: 'mapping rule',
    id: 'mappingRuleId',
    assign: (camunda, roleId, mappingRuleId) => camunda.assignRoleToMappingRule({ roleId, mappingRuleId }),
    unassign: (camunda, roleId, mappingRuleId) => camunda.unassignRoleFromMappingRule({ roleId, mappingRuleId }),
    members: (camunda, roleId) => camunda.searchMappingRulesForRole({ roleId }, AT_ONCE),
  },
  {
    container: 'group',
    member: 'user',
    id: 'username',
    assign: (camunda, groupId, id) => camunda.assignUserToGroup({ groupId, username: user(id) }),
    unassign: (camunda, groupId, id) => camunda.unassignUserFromGroup({ groupId, username: user(id) }),
    members: (camunda, groupId) => camunda.searchUsersForGroup({ groupId }, AT_ONCE),
  },
  {
    container: 'group',
    member: 'client',
    id: 'clientId',
    assign: (camunda, groupId, clientId) => camunda.assignClientToGroup({ groupId, clientId }),
    unassign: (camunda, groupId, clientId) => camunda.unassignClientFromGroup({ groupId, clientId }),
    members: (camunda, groupId) => camunda.searchClientsForGroup({ groupId }, AT_ONCE),
  },
  {
    container: 'group',
    member: 'mapping rule',
    id: 'mappingRuleId',
    assign: (camunda, groupId, mappingRuleId) => camunda.assignMappingRuleToGroup({ groupId, mappingRuleId }),
    unassign: (camunda, groupId, mappingRuleId) => camunda.unassignMappingRuleFromGroup({ groupId, mappingRuleId }),
    members: (camunda, groupId) => camunda.searchMappingRulesForGroup({ groupId }, AT_ONCE),
  },
  {
    container: 'tenant',
    member: 'user',
    id: 'username',
    assign: (camunda, id, name) => camunda.assignUserToTenant({ tenantId: tenant(id), username: user(name) }),
    unassign: (camunda, id, name) => camunda.unassignUserFromTenant({ tenantId: tenant(id), username: user(name) }),
    members: (camunda, id) => camunda.searchUsersForTenant({ tenantId: tenant(id) }, AT_ONCE),
  },
  {
    container: 'tenant',
    member: 'client',
    id: 'clientId',
    assign: (camunda, id, clientId) => camunda.assignClientToTenant({ tenantId: tenant(id), clientId }),
    unassign: (camunda, id, clientId) => camunda.unassignClientFromTenant({ tenantId: tenant(id), clientId }),
    members: (camunda, id) => camunda.searchClientsForTenant({ tenantId: tenant(id) }, AT_ONCE),
  },
  {
    container: 'tenant',
    member: 'group',
    id: 'groupId',
    assign: (camunda, id, groupId) => camunda.assignGroupToTenant({ tenantId: tenant(id), groupId }),
    unassign: (camunda, id, groupId) => camunda.unassignGroupFromTenant({ tenantId: tenant(id), groupId }),
    members: (camunda, id) => camunda.searchGroupIdsForTenant({ tenantId: tenant(id) }, AT_ONCE),
  },
  {
    container: 'tenant',
    member: 'role',
    id: 'roleId',
    assign: (camunda, id, roleId) => camunda.assignRoleToTenant({ tenantId: tenant(id), roleId }),
    unassign: (camunda, id, roleId) => camunda.unassignRoleFromTenant({ tenantId: tenant(id), roleId }),
    members: (camunda, id) => camunda.searchRolesForTenant({ tenantId: tenant(id) }, AT_ONCE),
  },
  {
    container: 'tenant',
    member: 'mapping rule',
    id: 'mappingRuleId',
    assign: (camunda, id, mappingRuleId) => camunda.assignMappingRuleToTenant({ tenantId: tenant(id), mappingRuleId }),
    unassign: (camunda, id, mappingRuleId) =>
      camunda.unassignMappingRuleFromTenant({ tenantId: tenant(id), mappingRuleId }),
    members: (camunda, id) => camunda.searchMappingRulesForTenant({ tenantId: tenant(id) }, AT_ONCE),
  },
];
