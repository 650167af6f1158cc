import { problemDetails } from '../../answering/problem-details.ts';
import type { Dialect } from '../../dialect.ts';
import type { AdministrationParts } from './administration-parts.ts';
import { clientOperations } from './clients.ts';
import { clusterListOperations } from './clusters.ts';
import { usageMetricsOperations } from './usage-metrics.ts';

/** Administration Self-Managed, and registering clients as the SaaS Administration API does. A token is asked for in every method. */
export function administrationDialect(parts: AdministrationParts): Dialect {
  return {
    name: 'administration',
    api: 'administration',
    credentials: 'bearer',
    challenges: true,
    operations: [
      ...clusterListOperations(parts),
      ...usageMetricsOperations(parts),
      ...(parts.registry === null ? [] : clientOperations({ ...parts, registry: parts.registry })),
    ],
    alsoBelow: [],
    territory: ['/admin-api', '/clusters'],
    forbidden: ([first]) =>
      `Unauthorized to perform operation '${first?.permissionType}' on resource '${first?.resourceType}'`,
    problem: problemDetails,
  };
}
