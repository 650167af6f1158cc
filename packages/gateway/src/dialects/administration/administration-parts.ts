import type { ClusterPort } from '@stagedoor/cluster';
import type { ClientRegistry } from './client-registry.ts';

/** What the dialect is fitted with in the composition root. */
export type AdministrationParts = {
  readonly cluster: ClusterPort;
  readonly clusterId: string;
  readonly clusterName: string;
  /** Null where a foreign issuer registers the clients. */
  readonly registry: ClientRegistry | null;
  readonly addresses: () => { readonly rest: string; readonly issuer: string | null };
};
