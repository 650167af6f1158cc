import type { ClusterPort } from '@stagedoor/cluster';
import type { Identity } from '@stagedoor/identity';
import type { Door } from '../../door.ts';
import type { IdentityRecords } from './identity/identity-port.ts';
import type { Cursors } from './search/cursors.ts';

/** What the dialect is fitted with in the composition root. */
export type OrchestrationParts = {
  readonly cluster: ClusterPort;
  readonly door: Pick<Door, 'snapshot' | 'method' | 'policy'>;
  readonly identity: IdentityRecords;
  /** Seals the cursors of searches. */
  readonly cursors: Cursors;
  /** `camunda.security.id-validation-pattern` */
  readonly idPattern: RegExp;
  readonly setUpFirstAdministrator: Identity['setUpFirstAdministrator'];
  /** The one-time code of the first set-up, printed at the start. */
  readonly setupCode: string;
};
