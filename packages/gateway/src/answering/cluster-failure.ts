import { ClusterError, type ClusterErrorCode } from '@stagedoor/cluster';
import { Failure, type FailureKind } from '../failure.ts';

const KINDS: Readonly<Record<ClusterErrorCode, FailureKind>> = {
  INVALID_ARGUMENT: 'invalid-argument',
  NOT_FOUND: 'not-found',
  ALREADY_EXISTS: 'conflict',
  INVALID_STATE: 'invalid-state',
  RESOURCE_EXHAUSTED: 'unavailable',
  UNAVAILABLE: 'unavailable',
};

/** Asks the cluster, and puts its refusals into the gateway's words; they may be read by the caller. */
export async function askCluster<T>(question: T | Promise<T>): Promise<T> {
  try {
    return await question;
  } catch (error) {
    if (error instanceof ClusterError) throw new Failure(KINDS[error.code], error.message, { cause: error });
    throw error;
  }
}
