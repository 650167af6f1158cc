import type { UseCaseName, UseCases } from '../use-cases.ts';
import { type Inputs, USE_CASE_INPUTS } from './use-case-inputs.ts';

export type Outputs = { readonly [N in UseCaseName]: Awaited<ReturnType<UseCases[N]>> };
type ByName = { readonly [N in UseCaseName]: (input: Inputs[N]) => Promise<Outputs[N]> };

/** Parses the input of one use case and runs it: the one way through, whoever asks. */
export async function runUseCase<N extends UseCaseName>(
  useCases: UseCases,
  name: N,
  input: unknown,
): Promise<Outputs[N]> {
  const byName: ByName = useCases;
  return byName[name](USE_CASE_INPUTS[name](input));
}
