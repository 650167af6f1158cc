import type { IncomingMessage } from 'node:http';
import type { RefusalCode } from '@stagedoor/access';
import { nameOfParameter } from './known-parameters.ts';
import type { TokenProblem } from './token-problem.ts';

/** A refusal as its operator hears of it. Nothing of the request is in it: what people send as an id may be a secret. */
export type RefusedRequest = {
  readonly method: string;
  readonly path: string;
  readonly address: string;
  /** What kind of problem it was; where a token was presented, as the APIs have it. */
  readonly code: TokenProblem['kind'] | RefusalCode;
  readonly status: number;
  readonly reason: string;
};

export function refusedRequest(
  { method = '' }: Pick<IncomingMessage, 'method'>,
  about: { readonly path: string; readonly address: string; readonly status: number },
  problem: TokenProblem,
): RefusedRequest {
  return { method, ...about, code: problem.kind, reason: reasonOf(problem) };
}

/** Callers are told less: an unknown client and a wrong secret are one answer to them. */
function reasonOf(problem: TokenProblem): string {
  switch (problem.kind) {
    case 'client-refused':
      return `the client ${problem.why}`;
    case 'malformed':
    case 'resource-refused':
    case 'proof-refused':
      return problem.detail;
    case 'parameter-repeated':
      return `${nameOfParameter(problem.name)} is given more than once`;
    case 'attempts-limited':
      return 'too many attempts failed from this address, or for this client';
    default:
      return problem.kind.replaceAll('-', ' ');
  }
}
