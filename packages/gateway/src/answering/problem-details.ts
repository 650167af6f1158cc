import { REFUSALS } from '@stagedoor/access';
import type { Problem, Where, Wire } from '../dialect.ts';
import type { FailureKind } from '../failure.ts';
import { reasonOf } from './boot-error.ts';

// Two vocabularies, as in the original (facts, section 0.4): the filter chain says the reason phrase, services the enum name.
const TITLES: Partial<Record<FailureKind, string>> = {
  'invalid-argument': 'INVALID_ARGUMENT',
  'data-invalid': 'INVALID_ARGUMENT',
  'not-found': 'NOT_FOUND',
  conflict: 'ALREADY_EXISTS',
  'invalid-state': 'INVALID_STATE',
  unavailable: 'UNAVAILABLE',
  'deadline-exceeded': 'DEADLINE_EXCEEDED',
};

/** RFC 9457 problem details as the v2 API writes them; a refusal also carries its stable code. */
export function problemDetails(problem: Problem, where: Where): Wire {
  return {
    type: 'application/problem+json',
    body: problem.kind === 'refusal' ? ofRefusal(problem, where) : ofFailure(problem, where),
  };
}

function ofRefusal({ refusal, status }: Extract<Problem, { kind: 'refusal' }>, { path }: Where): object {
  // Answers of a decision come from the service, the others from the filter chain.
  const { step } = REFUSALS[refusal.code];
  const title = step === 'decision' || step === 'tenant' ? 'FORBIDDEN' : reasonOf(status);
  return { type: 'about:blank', title, status, detail: refusal.detail, instance: path, code: refusal.code };
}

function ofFailure({ failure }: Extract<Problem, { kind: 'failure' }>, { path }: Where): object {
  const title = TITLES[failure.kind] ?? reasonOf(failure.status);
  return { type: 'about:blank', title, status: failure.status, detail: failure.message, instance: path };
}
