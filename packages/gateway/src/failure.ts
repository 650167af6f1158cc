import type { Refusal } from '@stagedoor/access';

/** What can go wrong with a request apart from being refused, in words of no particular dialect. */
export const FAILURES = {
  malformed: 400,
  'invalid-argument': 400,
  'data-invalid': 400,
  'not-found': 404,
  'unknown-path': 404,
  'method-not-allowed': 405,
  'not-acceptable': 406,
  conflict: 409,
  'invalid-state': 409,
  'too-large': 413,
  'unsupported-media-type': 415,
  'headers-too-large': 431,
  fault: 500,
  'not-implemented': 501,
  unavailable: 503,
  'deadline-exceeded': 504,
} as const;

export type FailureKind = keyof typeof FAILURES;

/** A request that cannot be served, with words for its caller. `cause` is the operator's face and is never sent. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly kind: FailureKind;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    kind: FailureKind,
    detail: string,
    options: ErrorOptions & { headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(detail, options.cause === undefined ? {} : { cause: options.cause });
    this.kind = kind;
    this.headers = options.headers ?? {};
  }

  get status(): (typeof FAILURES)[FailureKind] {
    return FAILURES[this.kind];
  }
}

/** A handler's own refusal: a login that failed, a set-up that is closed. Answered where every refusal is. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.operator);
    this.refusal = refusal;
  }
}
