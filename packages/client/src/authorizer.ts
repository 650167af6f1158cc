import type { TokenNeed } from './renewed-token.ts';

/** What a call carries: headers, and where to say that they were not taken. */
export type Authorization = {
  readonly headers: Readonly<Record<string, string>>;
  /** Told when the API answered 401; true where another attempt would carry something else. */
  readonly rejected: () => boolean;
};

/**
 * Gives calls what they carry, each time anew: what a call carries is decided when it leaves, not when it was made. What is
 * there already is given at once, without a promise, which would cost a call more than all the rest of this.
 */
export type Authorizer = { readonly authorize: (need?: TokenNeed) => Authorization | Promise<Authorization> };
