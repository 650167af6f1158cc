import type { Outcome, TokenIssuance } from './token-request.ts';

export type Phase<In, Out> = (request: In, issuance: TokenIssuance) => Outcome<Out> | Promise<Outcome<Out>>;

/** Runs phases in their order until one of them refuses. */
export async function runPhases(
  phases: readonly Phase<never, unknown>[],
  received: unknown,
  issuance: TokenIssuance,
): Promise<Outcome<unknown>> {
  let value: unknown = received;
  // The types of the lists say that each phase takes what the one before it made; a loop cannot say it once more.
  for (const phase of phases as readonly Phase<unknown, unknown>[]) {
    const outcome = await phase(value, issuance);
    if (!outcome.ok) return outcome;
    value = outcome.value;
  }
  return { ok: true, value };
}
