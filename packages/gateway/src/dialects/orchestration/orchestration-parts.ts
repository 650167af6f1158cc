import type { ClusterPort } from '@stagedoor/cluster';
import type { Identity } from '@stagedoor/identity';
import type { Door } from '../../door.ts';

/** What the dialect is fitted with in the composition root. */
export type OrchestrationParts = {
  readonly cluster: ClusterPort;
  readonly door: Pick<Door, 'snapshot' | 'method'>;
  readonly setUpFirstAdministrator: Identity['setUpFirstAdministrator'];
  /** The one-time code of the first set-up, printed at the start. */
  readonly setupCode: string;
};
