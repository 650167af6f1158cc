export type ClientRecordErrorCode = 'INVALID_ARGUMENT' | 'ALREADY_EXISTS' | 'NOT_FOUND';

/** A command on clients that cannot be done, in words for the person who asked. No secret is in them. */
export class ClientRecordError extends Error {
  override readonly name = 'ClientRecordError';
  readonly code: ClientRecordErrorCode;

  constructor(code: ClientRecordErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
