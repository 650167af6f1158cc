import { type AuditSink, type Caller, type Clock, OPERATOR } from '@stagedoor/access';
import { type ExplainQuestion, type Explanation, parseExplainInput } from '@stagedoor/gateway';
import { UseCaseError, type UseCases } from '../use-cases.ts';

export type ExplainParts = {
  readonly door: { readonly audit: AuditSink; readonly clock: Clock };
  readonly explain: (question: ExplainQuestion) => Promise<Explanation>;
};

/** A place of its own for the limits on guessing: what is tried here locks nobody out who calls from this machine. */
const OPERATORS_PLACE: Caller = { address: 'control-socket', onGone: () => () => undefined };

/** Whoever may open the data directory may ask. That he did is a line of the audit log; what he asked about is not. */
export function explainUseCase({ door, explain }: ExplainParts): UseCases['explain'] {
  return async (input) => {
    const parsed = parseExplainInput(input, OPERATORS_PLACE);
    if (!parsed.ok) throw new UseCaseError('INVALID_ARGUMENT', parsed.problem);
    door.audit.note({
      at: door.clock.now(),
      actor: OPERATOR,
      operation: 'explain',
      entityType: 'RESOURCE',
      entityKey: null,
      outcome: 'SUCCESS',
      code: null,
      count: 1,
    });
    return explain(parsed.value);
  };
}

/** Without a running program there are no keys, no sessions and no cluster: an answer would be a guess. */
export async function nobodyToAsk(): Promise<never> {
  throw new UseCaseError('NOT_RUNNING', 'no program runs on this data directory: start it, and ask again');
}
