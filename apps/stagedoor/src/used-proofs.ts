import { type DpopProofs, openDpopProofs, proofFiles } from '@stagedoor/tokens';
import type { Configuration } from './configuration/index.ts';
import type { House } from './house.ts';
import type { ProgramLog } from './log.ts';
import { OperatorError } from './operator-error.ts';

/**
 * Takes DPoP proofs for the issuer and for the APIs, each once. In memory nothing outlives the process: neither do the keys that
 * tokens of its own issuer are signed with. To be called only while the records of the same directory are open, whose lock keeps
 * a second process out.
 */
export async function openUsedProofs(parts: {
  readonly configuration: Pick<Configuration, 'data'>;
  readonly house: Pick<House, 'clock' | 'directory'>;
  readonly log: Pick<ProgramLog, 'fault'>;
}): Promise<DpopProofs> {
  const { clock, directory } = parts.house;
  const store = parts.configuration.data.kind === 'memory' ? null : proofFiles(directory.usedProofs, () => clock.now());
  const onFault = (error: unknown) => parts.log.fault(error, 'a DPoP proof could not be written down');
  try {
    return await openDpopProofs({ clock, store, onFault });
  } catch (cause) {
    throw new OperatorError(
      'USED_PROOFS_UNREADABLE',
      `the DPoP proofs in ${directory.usedProofs} cannot be read: restore it, or remove it two minutes after the last request`,
      { cause },
    );
  }
}
