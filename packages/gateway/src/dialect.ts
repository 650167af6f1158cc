import type { Api, Missing, Refusal } from '@stagedoor/access';
import type { Failure } from './failure.ts';
import type { Operation } from './operation.ts';

/** A refusal or a failure on its way out. */
export type Problem =
  | { readonly kind: 'refusal'; readonly refusal: Refusal; readonly status: number }
  | { readonly kind: 'failure'; readonly failure: Failure };

/** A body that is a text is sent as it is: a page. Anything else is sent as JSON. */
export type Wire = { readonly type: string; readonly body: unknown };

/** Where a problem happened, for error bodies that say so. */
export type Where = { readonly path: string; readonly now: number; readonly instance: () => string };

/** An API in the words that its clients know: its rows, and the one place that puts problems into its error body. */
export type Dialect = {
  readonly name: 'orchestration' | 'operate' | 'zeebe' | 'administration' | 'login' | 'front' | 'stagedoor';
  /** The audience group that opens it. */
  readonly api: Api;
  /** `bearer` where a token is asked for in every method (Administration); otherwise as the method says. */
  readonly credentials: 'as-configured' | 'bearer';
  /** False where a 401 carries no challenge: a browser would answer the login's with a dialog of its own. */
  readonly challenges: boolean;
  readonly operations: readonly Operation[];
  /** Other places below which the same rows answer: Operate's also below `/operate`, where its official client looks. */
  readonly alsoBelow: readonly string[];
  /** Paths below which an unknown one is this dialect's matter. */
  readonly territory: readonly string[];
  /** The original's words for a decision that denied. */
  readonly forbidden: (missing: readonly Missing[], operation: Operation) => string;
  readonly problem: (problem: Problem, where: Where) => Wire;
};
