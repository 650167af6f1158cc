import type { Missing } from '@stagedoor/access';
import { problemDetails } from '../../answering/problem-details.ts';
import type { Dialect } from '../../dialect.ts';
import type { Operation } from '../../operation.ts';
import { clusterOperations } from './cluster.ts';
import { clusterAdminOperations } from './cluster-admin.ts';
import { auditLogOperations } from './identity/audit-logs.ts';
import { authenticationOperations } from './identity/authentication.ts';
import { authorizationOperations } from './identity/authorizations.ts';
import { groupOperations } from './identity/groups.ts';
import { mappingRuleOperations } from './identity/mapping-rules.ts';
import { memberOperations } from './identity/members.ts';
import { recordsParts } from './identity/records-parts.ts';
import { roleOperations } from './identity/roles.ts';
import { setupOperations } from './identity/setup.ts';
import { tenantOperations } from './identity/tenants.ts';
import { userOperations } from './identity/users.ts';
import type { OrchestrationParts } from './orchestration-parts.ts';
import { deploymentOperations } from './processes/deployments.ts';
import { processDefinitionOperations } from './processes/process-definitions.ts';
import { processInstanceOperations } from './processes/process-instances.ts';
import { systemOperations } from './system.ts';
import { unservedOperations } from './unserved/unserved.ts';

/** Orchestration Cluster REST v2, as 8.10 speaks it. */
export function orchestrationDialect(parts: OrchestrationParts): Dialect {
  const records = recordsParts(parts.identity, parts.cursors, parts.idPattern);
  return {
    name: 'orchestration',
    api: 'orchestration',
    credentials: 'as-configured',
    challenges: true,
    operations: [
      ...clusterOperations(parts.cluster),
      ...authenticationOperations(parts.door, records),
      ...userOperations(records),
      ...roleOperations(records),
      ...groupOperations(records),
      ...tenantOperations(records),
      ...mappingRuleOperations(records),
      ...memberOperations(records),
      ...authorizationOperations(records),
      ...auditLogOperations(records),
      ...systemOperations(parts),
      ...deploymentOperations(parts.cluster),
      ...processDefinitionOperations(parts.cluster, parts.cursors),
      ...processInstanceOperations(parts.cluster, parts.cursors),
      ...setupOperations(parts),
      ...clusterAdminOperations(parts.cluster),
      ...unservedOperations,
    ],
    alsoBelow: [],
    territory: ['/v2', '/cluster/v2'],
    forbidden,
    problem: problemDetails,
  };
}

/** Camunda words a denied command and a denied read differently (facts, section 2.2). */
function forbidden(missing: readonly Missing[], operation: Operation): string {
  const [first] = missing;
  if (first === undefined) return 'Unauthorized to perform this operation';
  const { permissionType, resourceType, resourceIds } = first;
  if (operation.command === undefined)
    return `Unauthorized to perform operation '${permissionType}' on resource '${resourceType}'`;
  const ids =
    resourceIds.length === 0
      ? ''
      : `, required resource identifiers are one of '[${['*', ...resourceIds].join(', ')}]'`;
  return `Command '${operation.command}' rejected with code 'FORBIDDEN': Insufficient permissions to perform operation '${permissionType}' on resource '${resourceType}'${ids}`;
}
