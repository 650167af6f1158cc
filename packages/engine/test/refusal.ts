import { ClusterError } from '@stagedoor/cluster';

/** The cluster's refusal of a command. Anything else fails the test. */
export async function refusalOf(command: Promise<unknown>): Promise<ClusterError> {
  const outcome = await command.catch((error: unknown) => error);
  if (outcome instanceof ClusterError) return outcome;
  throw new Error('the command was not refused', { cause: outcome });
}
