import { Failure } from '../../../failure.ts';

/** A read of what is not there. */
export function notFound(text: string): Failure {
  return new Failure('not-found', text);
}

/** A command on what is not there, in the words of Camunda's engine. */
export function rejectedAsUnknown(
  command: 'UPDATE' | 'DELETE' | 'ADD_ENTITY' | 'REMOVE_ENTITY',
  text: string,
): Failure {
  return new Failure('not-found', `Command '${command}' rejected with code 'NOT_FOUND': ${text}`);
}
