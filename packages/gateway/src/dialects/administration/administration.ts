import type { ClusterPort } from '@stagedoor/cluster';
import type { Dialect } from '../../dialect.ts';
import { problemDetails } from '../../problem-details.ts';
import type { ClientRegistry } from './client-registry.ts';
import { clientOperations } from './clients.ts';
import { clusterListOperations } from './clusters.ts';

export type AdministrationParts = {
  readonly cluster: ClusterPort;
  readonly clusterId: string;
  readonly clusterName: string;
  /** Null where a foreign issuer registers the clients. */
  readonly registry: ClientRegistry | null;
  readonly addresses: () => { readonly rest: string; readonly issuer: string | null };
};

/** Administration Self-Managed, and registering clients as the SaaS Administration API does. A token is asked for in every method. */
export function administrationDialect(parts: AdministrationParts): Dialect {
  return {
    name: 'administration',
    api: 'administration',
    credentials: 'bearer',
    challenges: true,
    operations: [
      ...clusterListOperations(parts),
      ...(parts.registry === null ? [] : clientOperations({ ...parts, registry: parts.registry })),
    ],
    alsoBelow: [],
    territory: ['/admin-api', '/clusters'],
    forbidden: ([first]) =>
      `Unauthorized to perform operation '${first?.permissionType}' on resource '${first?.resourceType}'`,
    problem: problemDetails,
  };
}
