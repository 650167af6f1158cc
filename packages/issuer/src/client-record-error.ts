/** What of a client an error is about, by its name in `NewClient` or beside it. */
export type ClientField =
  | 'id'
  | 'name'
  | 'scopes'
  | 'audiences'
  | 'claims'
  | 'expires'
  | 'tokenLifetimeSeconds'
  | 'bindTokens'
  | 'redirectUris'
  | 'postLogoutRedirectUris'
  | 'secret'
  | 'keys'
  | 'registration';

export type ClientRecordErrorCode = 'INVALID_ARGUMENT' | 'ALREADY_EXISTS' | 'NOT_FOUND';

/** A command on clients that cannot be done, in words for the person who asked. No secret is in them. */
export class ClientRecordError extends Error {
  override readonly name = 'ClientRecordError';
  readonly code: ClientRecordErrorCode;
  /** Null where it is about the client as a whole. */
  readonly field: ClientField | null;

  constructor(code: ClientRecordErrorCode, message: string, field: ClientField | null = null) {
    super(message);
    this.code = code;
    this.field = field;
  }
}
