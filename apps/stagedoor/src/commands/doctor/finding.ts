/** The chain from the names to the answers, in the order in which it is walked. */
export const STEPS = [
  'names',
  'files',
  'addresses',
  'certificates',
  'discovery',
  'token',
  'claims',
  'principal',
  'authorizations',
  'calls',
] as const;

export type Step = (typeof STEPS)[number];

/** What was found at one step, in sentences. None holds a secret or a token. */
export type Finding = {
  readonly step: Step;
  /** `noted` is no failure, and may be the reason for one. */
  readonly result: 'passed' | 'noted' | 'failed' | 'skipped';
  readonly says: readonly string[];
  /** What helps, for what failed or was noted. */
  readonly fix: string | null;
  /** True where it may pass by itself: nobody answers, or too much is asked. */
  readonly passing: boolean;
};

/** A step that failed. Whoever finds it out throws it, however deep. */
export class Wrong extends Error {
  override readonly name = 'Wrong';
  readonly fix: string;
  readonly passing: boolean;

  constructor(message: string, fix: string, passing = false) {
    super(message);
    this.fix = fix;
    this.passing = passing;
  }
}

/** Sentences of a step that did not fail; those that are noted come with what helps. */
export type Said = { readonly says: readonly string[]; readonly notes?: readonly Note[]; readonly skipped?: true };
export type Note = { readonly says: string; readonly fix: string | null };

export function findingOf(step: Step, { says, notes = [], skipped }: Said): Finding {
  const fixes = notes.flatMap(({ fix }) => (fix === null ? [] : [fix]));
  return {
    step,
    result: notes.length > 0 ? 'noted' : skipped ? 'skipped' : 'passed',
    says: [...says, ...notes.map((note) => note.says)],
    fix: fixes.length === 0 ? null : fixes.join('\n'),
    passing: false,
  };
}
