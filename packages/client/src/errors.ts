/**
 * What can go wrong between a caller and its credentials. `code` is stable and is what programs compare; the message is for
 * people. None holds a secret, a token or an assertion.
 */
export abstract class CredentialError extends Error {
  abstract readonly code: string;
}

/** The credentials contradict themselves or cannot be used as they are; asking again changes nothing. */
export class UnusableCredentialsError extends CredentialError {
  readonly code = 'CREDENTIALS_UNUSABLE';
  override readonly name = 'UnusableCredentialsError';
}

/** RFC 6749 section 5.2: the issuer says no, and will say it again until the credentials or its records change. */
export class TokenRefusedError extends CredentialError {
  readonly code = 'TOKEN_REFUSED';
  override readonly name = 'TokenRefusedError';
  /** The issuer's own code, such as `invalid_client`. */
  readonly error: string;
  readonly errorDescription: string | undefined;
  readonly status: number;
  readonly endpoint: string;
  readonly clientId: string;

  constructor(about: {
    clientId: string;
    endpoint: string;
    status: number;
    error: string;
    errorDescription: string | undefined;
  }) {
    const words = about.errorDescription === undefined ? '' : `: ${about.errorDescription}`;
    super(`${about.endpoint} gives client \`${about.clientId}\` no token: ${about.error}${words}`);
    this.error = about.error;
    this.errorDescription = about.errorDescription;
    this.status = about.status;
    this.endpoint = about.endpoint;
    this.clientId = about.clientId;
  }
}

/** No token for now: the issuer cannot be reached, is overloaded, or wants fewer requests. The cause says which. */
export class TokenUnavailableError extends CredentialError {
  readonly code = 'TOKEN_UNAVAILABLE';
  override readonly name = 'TokenUnavailableError';
  /** Milliseconds after which asking again may help; undefined where nobody said. */
  readonly retryAfter: number | undefined;

  constructor(message: string, options: { retryAfter?: number; cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.retryAfter = options.retryAfter;
  }
}

/** What answered is no token endpoint: not JSON, no token in it, a redirect, too long. */
export class TokenAnswerError extends CredentialError {
  readonly code = 'TOKEN_ANSWER_UNREADABLE';
  override readonly name = 'TokenAnswerError';
}

/** A call to an origin that these credentials are not for, or an answer that would lead them there. Nothing was sent. */
export class ForeignOriginError extends CredentialError {
  readonly code = 'ORIGIN_FOREIGN';
  override readonly name = 'ForeignOriginError';
}

/** More calls wait for their turn than may. Nothing was sent. */
export class QueueFullError extends CredentialError {
  readonly code = 'QUEUE_FULL';
  override readonly name = 'QueueFullError';
}

/** The API does not take this name and password for a session. */
export class LoginRefusedError extends CredentialError {
  readonly code = 'LOGIN_REFUSED';
  override readonly name = 'LoginRefusedError';
}

/** No session for now. */
export class LoginUnavailableError extends CredentialError {
  readonly code = 'LOGIN_UNAVAILABLE';
  override readonly name = 'LoginUnavailableError';
  /** Milliseconds after which asking again may help; undefined where nobody said. */
  readonly retryAfter: number | undefined;

  constructor(message: string, options: { retryAfter?: number | undefined; cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.retryAfter = options.retryAfter;
  }
}
