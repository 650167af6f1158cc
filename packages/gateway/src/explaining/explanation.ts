import type { RefusalCode, Step } from '@stagedoor/access';

/** The steps of a request's way, and the two on which nothing is refused but everything else stands. */
export type ExplainedStepName = Step | 'principal' | 'memberships';

export type ExplainedStep = {
  readonly step: ExplainedStepName;
  readonly result: 'passed' | 'refused' | 'failed' | 'open';
  /** No secret, no token, and no value of a claim but the ids of the principal. */
  readonly says: string;
};

/** What a request would meet. `depends`: on its body, which is not replayed. */
export type Explanation = {
  readonly outcome: 'allowed' | 'refused' | 'failed' | 'depends';
  readonly code: RefusalCode | null;
  /** The step that ended it; null where nothing did. */
  readonly step: ExplainedStepName | null;
  readonly steps: readonly ExplainedStep[];
  /** What to do about it: a command that can be run, or a sentence. */
  readonly fix: string | null;
};
