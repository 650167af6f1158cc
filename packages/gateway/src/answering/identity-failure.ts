import { refuse } from '@stagedoor/access';
import { IdentityError } from '@stagedoor/identity';
import { Failure, Refused } from '../failure.ts';

/** Asks for a change of identity records, and puts a refusal of it into the gateway's words. */
export async function askIdentity<T>(command: Promise<T>): Promise<T> {
  try {
    return await command;
  } catch (error) {
    if (!(error instanceof IdentityError)) throw error;
    switch (error.code) {
      case 'INVALID_ARGUMENT':
        throw new Failure('invalid-argument', error.detail, { cause: error });
      case 'NOT_FOUND':
        throw new Failure('not-found', error.detail, { cause: error });
      case 'ALREADY_EXISTS':
        throw new Failure('conflict', error.detail, { cause: error });
      case 'SETUP_CLOSED':
        throw new Refused(refuse('SETUP_CLOSED', { detail: error.detail, operator: error.code }));
    }
  }
}
