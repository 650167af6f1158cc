import { IdentityError } from '@stagedoor/identity';
import { ClientRecordError } from '@stagedoor/issuer';
import { UseCaseError } from '../use-cases.ts';

/** Puts a package's own refusal into the one that the command line prints; anything else is a fault and stays one. */
export async function inWords<T>(command: Promise<T>): Promise<T> {
  try {
    return await command;
  } catch (error) {
    if (error instanceof IdentityError || error instanceof ClientRecordError)
      throw new UseCaseError(error.code, error.message, { cause: error });
    throw error;
  }
}
