import { permission } from '@stagedoor/access';
import type { Operation } from '../../../operation.ts';
import { unservedRows } from '../../../unserved.ts';

/** Cluster Variable: rows of v2 without a handler. */
export const clusterVariables: readonly Operation[] = [
  ...unservedRows(permission('CLUSTER_VARIABLE', 'CREATE', 'everything'), {
    createGlobalClusterVariable: 'POST /v2/cluster-variables/global CREATE',
    createTenantClusterVariable: 'POST /v2/cluster-variables/tenants/{tenantId} CREATE',
  }),
  ...unservedRows(permission('CLUSTER_VARIABLE', 'READ', 'found'), {
    getGlobalClusterVariable: 'GET /v2/cluster-variables/global/{name}',
    getTenantClusterVariable: 'GET /v2/cluster-variables/tenants/{tenantId}/{name}',
  }),
  ...unservedRows(permission('CLUSTER_VARIABLE', 'UPDATE', 'found'), {
    updateGlobalClusterVariable: 'PUT /v2/cluster-variables/global/{name} UPDATE',
    updateTenantClusterVariable: 'PUT /v2/cluster-variables/tenants/{tenantId}/{name} UPDATE',
  }),
  ...unservedRows(permission('CLUSTER_VARIABLE', 'DELETE', 'found'), {
    deleteGlobalClusterVariable: 'DELETE /v2/cluster-variables/global/{name} DELETE',
    deleteTenantClusterVariable: 'DELETE /v2/cluster-variables/tenants/{tenantId}/{name} DELETE',
  }),
  ...unservedRows(permission('CLUSTER_VARIABLE', 'READ', 'visible'), {
    searchClusterVariables: 'POST /v2/cluster-variables/search',
  }),
];
