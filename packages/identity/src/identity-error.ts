/** Stable codes. `SETUP_CLOSED` is what Camunda calls FORBIDDEN at the set-up of the first administrator. */
export type IdentityErrorCode = 'INVALID_ARGUMENT' | 'NOT_FOUND' | 'ALREADY_EXISTS' | 'SETUP_CLOSED';

/** What Camunda's engine calls the command that it rejected. Input that never reached the engine has none. */
export type RejectedCommand = 'CREATE' | 'UPDATE' | 'DELETE' | 'ADD_ENTITY' | 'REMOVE_ENTITY';

/** An expected refusal of a command. `message` is for the person at a command line; no secret is in it. */
export class IdentityError extends Error {
  override readonly name = 'IdentityError';
  readonly code: IdentityErrorCode;
  /** The text of Camunda's problem detail (facts, section 2.2). */
  readonly detail: string;

  constructor(code: IdentityErrorCode, message: string, command?: RejectedCommand) {
    super(message);
    this.code = code;
    this.detail = command === undefined ? message : `Command '${command}' rejected with code '${code}': ${message}`;
  }
}

/** Input that broke rules: all of them in one text, each a sentence, as Camunda joins them. */
export function invalidArgument(problems: readonly string[]): IdentityError {
  return new IdentityError('INVALID_ARGUMENT', `${problems.join('. ')}.`);
}
